package hv.api.part;

/**
 * Where a factory came from.
 *
 * @param symbolicName of the bundle, or of the code source where there is no framework
 * @param version      of the bundle, "" if unknown
 * @param bundleId     of the bundle, -1 without a framework
 */
public record Origin(String symbolicName, String version, long bundleId) {
    @Override
    public String toString() {
        return symbolicName + (version.isEmpty() ? "" : ":" + version) + (bundleId < 0 ? "" : " [" + bundleId + "]");
    }
}
