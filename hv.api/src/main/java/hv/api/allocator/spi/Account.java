package hv.api.allocator.spi;

/**
 * What a machine holds.
 *
 * @param ramBytes        promised
 * @param touchedRamBytes resident, as last reported by the engine's memory
 * @param vcpus           promised
 * @param startedVcpus    now started
 */
public record Account(String machine, long ramBytes, long touchedRamBytes, int vcpus, int startedVcpus) {
}
