package hv.images.internal;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;

/**
 * The packages a Debian guest is made of, as the signed index named them. Kept beside the guest, so that it can be made again without the index.
 *
 * @param indexDate when the index was made (ISO 8601)
 * @param signers   fingerprints of the keys that signed the index, separated by blanks
 */
record Selection(String release, PackagesIndex.Entry kernel, PackagesIndex.Entry busybox, String indexDate, String signers) {

    /** The name of the guest's folder: a different selection has a different one. */
    String folder(String recipe) {
        String hash = Sha256.hex((recipe + kernel.sha256() + busybox.sha256()).getBytes(StandardCharsets.UTF_8));
        return kernel.version().replace(':', '_') + "-" + hash.substring(0, 12);
    }

    boolean matches(Optional<String> pin) {
        return pin.isEmpty() || pin.get().equals(kernel.version()) || pin.get().equals(release);
    }

    void store(Properties out) {
        out.setProperty("release", release);
        out.setProperty("index.date", indexDate);
        out.setProperty("index.signers", signers);
        store(out, "kernel", kernel);
        store(out, "busybox", busybox);
    }

    private static void store(Properties out, String key, PackagesIndex.Entry entry) {
        out.setProperty(key + ".package", entry.name());
        out.setProperty(key + ".version", entry.version());
        out.setProperty(key + ".filename", entry.filename());
        out.setProperty(key + ".size", Long.toString(entry.sizeBytes()));
        out.setProperty(key + ".sha256", entry.sha256());
    }

    /** Empty where something is missing: written by another version of ours, or damaged. */
    static Optional<Selection> load(Properties in) {
        Optional<PackagesIndex.Entry> kernel = load(in, "kernel");
        Optional<PackagesIndex.Entry> busybox = load(in, "busybox");
        String release = in.getProperty("release", "");
        if (kernel.isEmpty() || busybox.isEmpty() || release.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Selection(release, kernel.get(), busybox.get(), in.getProperty("index.date", ""), in.getProperty("index.signers", "")));
    }

    private static Optional<PackagesIndex.Entry> load(Properties in, String key) {
        String name = in.getProperty(key + ".package", "");
        String version = in.getProperty(key + ".version", "");
        String size = in.getProperty(key + ".size", "");
        String sha256 = in.getProperty(key + ".sha256", "");
        if (name.isEmpty() || version.isEmpty() || !size.matches("[0-9]{1,15}") || !sha256.matches("[0-9a-f]{64}")) {
            return Optional.empty();
        }
        return Optional.of(new PackagesIndex.Entry(name, version, "", in.getProperty(key + ".filename", ""), Long.parseLong(size), sha256));
    }
}
