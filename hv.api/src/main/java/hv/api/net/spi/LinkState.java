package hv.api.net.spi;

/**
 * Whether a network card's wire is plugged in.
 *
 * @param up          frames get through
 * @param reason      while down, one line on why; else what it is connected to
 * @param connections how many connections there were up to now, this one included: where it has risen, peers have forgotten what they knew
 */
public record LinkState(boolean up, String reason, long connections) {
}
