package hv.images;

import java.util.List;
import java.util.TreeSet;

/**
 * What a disk image is to be. Two equal recipes give a copy of the same image.
 *
 * @param sizeBytes of the disk, a multiple of 1 MiB, 512 MiB .. 1 TiB; what is not used takes no room on the host
 * @param hostname  1 .. 63 letters, digits and dashes (RFC 1123, 2.1)
 * @param packages  Debian packages beside those of every image; sorted, at most 200
 */
public record DiskRecipe(long sizeBytes, String hostname, List<String> packages) {
    public static final long MIB = 1L << 20;
    public static final long MIN_BYTES = 512 * MIB;
    public static final long MAX_BYTES = 1L << 40;
    public static final long DEFAULT_BYTES = 4L << 30;
    public static final String DEFAULT_HOSTNAME = "debian";
    private static final int MAX_PACKAGES = 200;

    /** @throws IllegalArgumentException one line for people */
    public DiskRecipe {
        if (sizeBytes < MIN_BYTES || sizeBytes > MAX_BYTES || sizeBytes % MIB != 0) {
            throw new IllegalArgumentException("a disk of " + sizeBytes + " bytes: use a multiple of 1M from 512M to 1T");
        }
        checkHostname(hostname);
        for (String name : packages) {
            if (!name.matches("[0-9a-z][0-9a-z.+-]{1,200}")) {
                throw new IllegalArgumentException("\"" + name.replaceAll("[^ -~]", "?") + "\" is no name of a Debian package");
            }
        }
        packages = List.copyOf(new TreeSet<>(packages));
        if (packages.size() > MAX_PACKAGES) {
            throw new IllegalArgumentException(packages.size() + " packages: at most " + MAX_PACKAGES + "; install the others in the guest");
        }
    }

    static void checkHostname(String hostname) {
        if (!hostname.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException("host name \"" + hostname.replaceAll("[^ -~]", "?") + "\": use 1 to 63 letters, digits and dashes, with a letter or digit at both ends");
        }
    }
}
