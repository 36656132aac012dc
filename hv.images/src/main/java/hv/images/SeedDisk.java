package hv.images;

import hv.images.internal.FatImage;
import hv.images.internal.Resource;
import hv.images.internal.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A seed as a disk: cloud-init's data source NoCloud, a FAT file system labelled CIDATA with {@code meta-data} and {@code user-data}. The latter is a script, which
 * the images of {@link DiskBuilder} run by themselves in two stages ({@code early} before logins, {@code late} with the network), and cloud-init of other images in one.
 */
public final class SeedDisk {
    private static final int BASE64_COLUMNS = 76;

    private SeedDisk() {
    }

    /** The same seed gives the same bytes, with the same instance id: a guest that has done it does nothing. Any thread. */
    public static byte[] of(Seed seed) {
        String userData = userData(seed);
        String meta = "instance-id: hv-" + Sha256.hex(userData.getBytes(StandardCharsets.UTF_8)).substring(0, 16) + "\n" + seed.hostname().map(name -> "local-hostname: " + name + "\n").orElse("");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("meta-data", meta.getBytes(StandardCharsets.UTF_8));
        files.put("user-data", userData.getBytes(StandardCharsets.UTF_8));
        return FatImage.of("CIDATA", files);
    }

    /** Writes it as a whole; what is there is replaced, and may still be read by a machine that has it open. */
    public static void write(Seed seed, Path file) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.write(part, of(seed));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Only what {@link Seed} has checked goes into the text plainly; the rest as base64. */
    private static String userData(Seed seed) {
        String keys = String.join("\n", seed.keys()) + (seed.keys().isEmpty() ? "" : "\n");
        return Resource.text("disk/user-data").replace("SEED_USER", seed.user()).replace("SEED_HOSTNAME", seed.hostname().orElse(""))
                .replace("SEED_KEYS", base64(keys)).replace("SEED_SCRIPT", base64(seed.script().orElse("")));
    }

    private static String base64(String text) {
        return Base64.getMimeEncoder(BASE64_COLUMNS, new byte[] {'\n'}).encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
