package hv.images.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Reads the files of a Debian binary package (deb(5): an ar archive with {@code debian-binary}, {@code control.tar.*}, {@code data.tar.*}).
 * Nothing is written by an archive's names; a package with a name outside its root, or beyond the bounds here, is refused as a whole.
 */
final class DebPackage {
    static final long MAX_UNPACKED_BYTES = 2L << 30;
    static final int MAX_ENTRIES = 200_000;
    private static final int MAX_MEMBERS = 16;
    private static final int XZ_MEMORY_KIB = 256 << 10;

    /** Sees every regular file of the package, in the archive's order. */
    interface FileVisitor {
        /** @param path without a leading slash or "./"; @param content ends with the file; need not be read */
        void file(String path, long sizeBytes, InputStream content) throws IOException;
    }

    /** Sees the whole package: first its control files, then every entry of its data. */
    @FunctionalInterface
    interface PackageVisitor {
        /** @param name "control", "postinst", ... */
        default void control(String name, byte[] content) throws IOException {
            // Who wants the files alone is told of nothing else.
        }

        /** @param path without a leading slash, "./" and closing slash; empty for the root; @param content of a regular file, ends with it */
        void entry(String path, TarArchiveEntry entry, InputStream content) throws IOException;
    }

    private static final int MAX_CONTROL_BYTES = 4 << 20;

    private DebPackage() {
    }

    static void readWhole(Path deb, PackageVisitor visitor) throws IOException {
        boolean[] control = new boolean[1];
        members(deb, (name, content) -> {
            if (name.startsWith("control.tar")) {
                control[0] = true;
                entries(deb, unpacker(deb, name, content), (path, entry, file) -> {
                    if (isFile(entry) && !path.isEmpty() && path.indexOf('/') < 0) {
                        visitor.control(path, whole(deb, path, entry, file));
                    }
                });
            } else if (name.startsWith("data.tar")) {
                if (!control[0]) {
                    throw new IOException(deb.getFileName() + " is no Debian package: it has no control.tar before its data.tar");
                }
                entries(deb, unpacker(deb, name, content), visitor::entry);
                return true;
            }
            return false;
        });
    }

    private static byte[] whole(Path deb, String path, TarArchiveEntry entry, InputStream content) throws IOException {
        if (entry.getSize() > MAX_CONTROL_BYTES) {
            throw new IOException(deb.getFileName() + " has a control file " + path + " of " + entry.getSize() + " bytes: at most " + MAX_CONTROL_BYTES + " are possible");
        }
        return content.readNBytes((int) entry.getSize());
    }

    static void read(Path deb, FileVisitor visitor) throws IOException {
        members(deb, (name, content) -> {
            boolean data = name.startsWith("data.tar");
            if (data) {
                readData(deb, unpacker(deb, name, content), visitor);
            }
            return data;
        });
    }

    /** Takes a member of the package; true if it is the last that is wanted. */
    @FunctionalInterface
    private interface MemberVisitor {
        boolean member(String name, InputStream content) throws IOException;
    }

    private static void members(Path deb, MemberVisitor visitor) throws IOException {
        try (ArArchiveInputStream ar = new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(deb), 1 << 16))) {
            for (int members = 0; members < MAX_MEMBERS; members++) {
                ArArchiveEntry member = ar.getNextEntry();
                if (member == null) {
                    break;
                }
                if (visitor.member(member.getName(), ar)) {
                    return;
                }
            }
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            // What the archive library throws at headers that make no sense.
            throw new IOException(deb.getFileName() + " is malformed: " + e.getMessage(), e);
        }
        throw new IOException(deb.getFileName() + " is no Debian package: it has no data.tar");
    }

    private static InputStream unpacker(Path deb, String member, InputStream in) throws IOException {
        return switch (member) {
            case "data.tar.xz", "control.tar.xz" -> new XZInputStream(in, XZ_MEMORY_KIB);
            case "data.tar.gz", "control.tar.gz" -> new GZIPInputStream(in, 1 << 16);
            case "data.tar", "control.tar" -> in;
            default -> throw new IOException(deb.getFileName() + " holds its files as " + member
                    + ", which cannot be unpacked here: tar.xz, tar.gz and tar can");
        };
    }

    private static void readData(Path deb, InputStream data, FileVisitor visitor) throws IOException {
        entries(deb, data, (path, entry, content) -> {
            if (isFile(entry)) {
                visitor.file(path, entry.getSize(), content);
            }
        });
    }

    /** Sees entries of any kind. */
    @FunctionalInterface
    private interface EntryVisitor {
        void entry(String path, TarArchiveEntry entry, InputStream content) throws IOException;
    }

    /** The archive library's own isFile() holds for devices too. */
    static boolean isFile(TarArchiveEntry entry) {
        return entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !entry.isCharacterDevice() && !entry.isBlockDevice() && !entry.isFIFO();
    }

    private static void entries(Path deb, InputStream data, EntryVisitor visitor) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(new Bounded(data, deb), 1 << 16));
        int entries = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (++entries > MAX_ENTRIES) {
                throw new IOException(deb.getFileName() + " has more than " + MAX_ENTRIES + " entries");
            }
            String path = insideRoot(deb, entry.getName());
            if (isFile(entry) && (entry.getSize() < 0 || entry.getSize() > MAX_UNPACKED_BYTES)) {
                throw new IOException(deb.getFileName() + " says " + path + " has " + entry.getSize() + " bytes: at most " + MAX_UNPACKED_BYTES + " are possible");
            }
            visitor.entry(path, entry, tar);
        }
    }

    private static String insideRoot(Path deb, String name) throws IOException {
        String path = name.startsWith("./") ? name.substring(2) : name;
        boolean outside = path.startsWith("/") || path.indexOf(0) >= 0 || path.indexOf('\\') >= 0;
        for (String part : path.split("/")) {
            outside |= part.equals("..");
        }
        if (outside) {
            throw new IOException(deb.getFileName() + " is refused: its entry '" + name.replaceAll("[^ -~]", "?") + "' lies outside the package");
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path.equals(".") ? "" : path;
    }

    /** Ends a package that unpacks without end. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private final Path deb;
        private long leftBytes = MAX_UNPACKED_BYTES;

        Bounded(InputStream in, Path deb) {
            this.in = in;
            this.deb = deb;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int got = in.read(bytes, from, length);
            count(Math.max(got, 0));
            return got;
        }

        private void count(int bytes) throws IOException {
            leftBytes -= bytes;
            if (leftBytes < 0) {
                throw new IOException(deb.getFileName() + " unpacks to more than " + MAX_UNPACKED_BYTES + " bytes");
            }
        }
    }
}
