package hv.images.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.tukaani.xz.XZInputStream;

/** Reads the list of an archive's packages (deb822(5), xz), one stanza at a time: unpacked it has some 50 MB. */
final class PackagesIndex {
    private static final int MAX_LINE_BYTES = 1 << 20;
    private static final int MAX_FIELD_BYTES = 1 << 16;
    private static final long MAX_UNPACKED_BYTES = 1L << 30;
    private static final int MAX_PACKAGES = 500_000;
    private static final int XZ_MEMORY_KIB = 256 << 10;

    /**
     * One binary package.
     *
     * @param filename below the archive's root
     */
    record Entry(String name, String version, String depends, String filename, long sizeBytes, String sha256) { }

    private PackagesIndex() {
    }

    /** Gives {@code out} the packages whose name passes. */
    static void read(Path packagesXz, Predicate<String> wanted, Consumer<Entry> out) throws IOException {
        stanzas(packagesXz, wanted, (entry, fields) -> out.accept(entry));
    }

    /** All packages, with their relations. */
    static List<BinaryPackage> readAll(Path packagesXz) throws IOException {
        List<BinaryPackage> all = new ArrayList<>();
        stanzas(packagesXz, name -> true, (entry, fields) -> {
            if (all.size() >= MAX_PACKAGES) {
                throw new IOException("the list of packages has more than " + MAX_PACKAGES);
            }
            all.add(BinaryPackage.of(entry, fields));
        });
        return all;
    }

    /** Takes a package and all fields of its stanza, which are valid during the call. */
    @FunctionalInterface
    private interface Stanzas {
        void take(Entry entry, Map<String, String> fields) throws IOException;
    }

    private static void stanzas(Path packagesXz, Predicate<String> wanted, Stanzas out) throws IOException {
        try (InputStream in = new BufferedInputStream(new XZInputStream(new BufferedInputStream(Files.newInputStream(packagesXz), 1 << 16), XZ_MEMORY_KIB), 1 << 16)) {
            Map<String, String> fields = new HashMap<>();
            byte[] line = new byte[MAX_LINE_BYTES];
            long total = 0;
            boolean skip = false;
            for (int length = readLine(in, line); length >= 0; length = readLine(in, line)) {
                total += length + 1;
                if (total > MAX_UNPACKED_BYTES) {
                    throw new IOException("the list of packages unpacks to more than " + MAX_UNPACKED_BYTES + " bytes");
                }
                if (length == 0) {
                    emit(fields, out);
                    fields.clear();
                    skip = false;
                } else if (!skip && line[0] != ' ' && line[0] != '\t' && length <= MAX_FIELD_BYTES) {
                    String text = new String(line, 0, length, StandardCharsets.UTF_8);
                    int colon = text.indexOf(':');
                    if (colon > 0) {
                        String value = text.substring(colon + 1).strip();
                        fields.put(text.substring(0, colon), value);
                        if (text.startsWith("Package:")) {
                            skip = !wanted.test(value);
                        }
                    }
                }
                if (skip) {
                    fields.clear();
                }
            }
            emit(fields, out);
        }
    }

    private static void emit(Map<String, String> fields, Stanzas out) throws IOException {
        if (!fields.containsKey("Package")) {
            return;
        }
        String name = fields.get("Package");
        String version = fields.getOrDefault("Version", "");
        String filename = fields.getOrDefault("Filename", "");
        String size = fields.getOrDefault("Size", "");
        String sha256 = fields.getOrDefault("SHA256", "");
        boolean inside = filename.matches("[0-9A-Za-z][0-9A-Za-z.+_~:/-]{0,1000}") && !("/" + filename + "/").contains("/../");
        if (!name.matches("[0-9a-z][0-9a-z.+-]{0,200}") || !version.matches("[0-9A-Za-z][0-9A-Za-z.+~:-]{0,200}") || !inside
                || !size.matches("[0-9]{1,15}") || !sha256.matches("[0-9a-f]{64}")) {
            throw new IOException("the list of packages has an entry that cannot be read, near package '" + name.replaceAll("[^ -~]", "?") + "'");
        }
        out.take(new Entry(name, version, fields.getOrDefault("Depends", ""), filename, Long.parseLong(size), sha256), fields);
    }

    /** The length of the next line without its end, -1 at the end of input. */
    private static int readLine(InputStream in, byte[] line) throws IOException {
        int length = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return length;
            }
            if (length == line.length) {
                throw new IOException("the list of packages has a line of more than " + MAX_LINE_BYTES + " bytes");
            }
            line[length++] = (byte) b;
        }
        return length == 0 ? -1 : length;
    }
}
