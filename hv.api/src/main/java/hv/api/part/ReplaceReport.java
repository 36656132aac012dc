package hv.api.part;

/**
 * What a replacement did.
 *
 * @param path       the part
 * @param from       bundle that made the old instance
 * @param to         bundle that made the new one
 * @param stateKept  false if the tags differed and the new part started empty, told what is live
 * @param stopNanos  how long the vCPUs that can touch the part stood still
 * @param totalNanos from the request to its end, preparation included
 */
public record ReplaceReport(String path, Origin from, Origin to, boolean stateKept, long stopNanos, long totalNanos) {
}
