package hv.api.scheduler.spi;

/**
 * What a vCPU is entitled to.
 *
 * @param weight   relative, 1 .. 10000, 100 is usual
 * @param capPercent of one host CPU, 1 .. 100; 0 for no cap
 * @param priority 0 .. 31, higher is more urgent
 */
public record Share(int weight, int capPercent, int priority) {
    public static final Share USUAL = new Share(100, 0, 16);

    public Share {
        if (weight < 1 || weight > 10_000 || capPercent < 0 || capPercent > 100 || priority < 0 || priority > 31) {
            throw new IllegalArgumentException("weight " + weight + " (1 .. 10000), cap " + capPercent + " (0 .. 100), priority " + priority + " (0 .. 31)");
        }
    }
}
