package hv.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Writes an initial RAM file system: a newc cpio archive (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
 * Paths are absolute in the guest (a leading slash may be left out), missing parent folders are added with mode 0755, all belongs to root, all
 * times are 0, the order is that of the paths: the same calls give the same bytes, in whatever order. A second entry of one path replaces the first.
 * Not for several threads at once.
 */
public final class InitramfsBuilder {
    /** The kernel leaves out what has a longer name (PATH_MAX with the closing NUL). */
    public static final int MAX_PATH_BYTES = 4095;
    private static final long MAX_FILE_BYTES = 0xFFFF_FFFFL;
    private static final int PERMISSIONS = 07777;

    private sealed interface Entry {
        record Directory(int mode) implements Entry { }

        record Memory(int mode, byte[] bytes) implements Entry { }

        record Disk(int mode, Path source) implements Entry { }

        record Symlink(String target) implements Entry { }

        record Device(int mode, int major, int minor) implements Entry { }
    }

    private final TreeMap<String, Entry> entries = new TreeMap<>();

    /** Adds a folder. {@code mode}: permission bits, 0..07777. */
    public InitramfsBuilder directory(String path, int mode) {
        return add(path, new Entry.Directory(permissions(mode)));
    }

    /** Adds a file from memory; the bytes are copied. */
    public InitramfsBuilder file(String path, int mode, byte[] content) {
        return add(path, new Entry.Memory(permissions(mode), content.clone()));
    }

    /** Adds a text file in UTF-8. */
    public InitramfsBuilder file(String path, int mode, String content) {
        return add(path, new Entry.Memory(permissions(mode), content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds a file of the host; it is read when the archive is written. */
    public InitramfsBuilder file(String path, int mode, Path source) {
        return add(path, new Entry.Disk(permissions(mode), source));
    }

    /** Adds a symbolic link; the target is taken as it is. */
    public InitramfsBuilder symlink(String path, String target) {
        int length = target.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_PATH_BYTES || target.indexOf(0) >= 0) {
            throw new IllegalArgumentException("target of link " + path + " has " + length + " bytes: 1.." + MAX_PATH_BYTES + " without NUL are possible");
        }
        return add(path, new Entry.Symlink(target));
    }

    /** Adds a character device node. {@code major}, {@code minor}: Linux device numbers, 12 and 20 bits. */
    public InitramfsBuilder characterDevice(String path, int mode, int major, int minor) {
        if (major < 0 || major > 0xFFF || minor < 0 || minor > 0xFFFFF) {
            throw new IllegalArgumentException("device " + path + " has number " + major + ":" + minor + ": 12 and 20 bits are possible");
        }
        return add(path, new Entry.Device(permissions(mode), major, minor));
    }

    /** Writes the archive, uncompressed; the stream stays open. */
    public void writeCpio(OutputStream out) throws IOException {
        // Not closed: closing would close the caller's stream; finish() writes the trailer and all padding.
        CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW, CpioConstants.BLOCK_SIZE, "UTF-8");
        for (Map.Entry<String, Entry> named : entries.entrySet()) {
            write(cpio, named.getKey(), named.getValue());
        }
        cpio.finish();
        cpio.flush();
    }

    /** Writes the archive with gzip; the stream stays open. */
    public void writeGzip(OutputStream out) throws IOException {
        writeGzip(out, Deflater.DEFAULT_COMPRESSION);
    }

    /**
     * Writes the archive in gzip's form; the stream stays open. Level {@link Deflater#NO_COMPRESSION} is for guests that run on an interpreter: unpacking then
     * costs the guest a copy instead of some 20 instructions per byte, at the price of a larger file.
     *
     * @param level 0 (stored) to 9 (smallest), or -1 for zlib's default
     */
    public void writeGzip(OutputStream out, int level) throws IOException {
        GZIPOutputStream gzip = new LevelledGzip(out, level);
        writeCpio(gzip);
        gzip.finish();
    }

    private static final class LevelledGzip extends GZIPOutputStream {
        LevelledGzip(OutputStream out, int level) throws IOException {
            super(out, 1 << 16);
            def.setLevel(level);
        }
    }

    private static void write(CpioArchiveOutputStream cpio, String path, Entry entry) throws IOException {
        CpioArchiveEntry header = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path);
        header.setTime(0);
        header.setNumberOfLinks(1);
        switch (entry) {
            case Entry.Directory d -> {
                header.setMode(CpioConstants.C_ISDIR | d.mode());
                header.setNumberOfLinks(2);
                cpio.putArchiveEntry(header);
            }
            case Entry.Memory f -> {
                header.setMode(CpioConstants.C_ISREG | f.mode());
                header.setSize(f.bytes().length);
                cpio.putArchiveEntry(header);
                cpio.write(f.bytes());
            }
            case Entry.Disk f -> {
                long size = Files.size(f.source());
                if (size > MAX_FILE_BYTES) {
                    throw new IOException(f.source() + " has " + size + " bytes: a cpio archive holds files up to 4 GiB");
                }
                header.setMode(CpioConstants.C_ISREG | f.mode());
                header.setSize(size);
                cpio.putArchiveEntry(header);
                try (InputStream in = Files.newInputStream(f.source())) {
                    in.transferTo(cpio);
                }
            }
            case Entry.Symlink l -> {
                byte[] target = l.target().getBytes(StandardCharsets.UTF_8);
                header.setMode(CpioConstants.C_ISLNK | 0777);
                header.setSize(target.length);
                cpio.putArchiveEntry(header);
                cpio.write(target);
            }
            case Entry.Device d -> {
                header.setMode(CpioConstants.C_ISCHR | d.mode());
                header.setRemoteDeviceMaj(d.major());
                header.setRemoteDeviceMin(d.minor());
                cpio.putArchiveEntry(header);
            }
        }
        cpio.closeArchiveEntry();
    }

    private InitramfsBuilder add(String path, Entry entry) {
        String name = normal(path);
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            String parent = name.substring(0, slash);
            Entry known = entries.putIfAbsent(parent, new Entry.Directory(0755));
            if (known != null && !(known instanceof Entry.Directory)) {
                throw new IllegalArgumentException("/" + name + " cannot be added: /" + parent + " is no folder");
            }
        }
        boolean hasChildren = entries.tailMap(name + "/").keySet().stream().findFirst().filter(next -> next.startsWith(name + "/")).isPresent();
        if (hasChildren && !(entry instanceof Entry.Directory)) {
            throw new IllegalArgumentException("/" + name + " cannot be replaced: it is a folder with entries");
        }
        entries.put(name, entry);
        return this;
    }

    private static String normal(String path) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_PATH_BYTES || name.indexOf(0) >= 0 || name.equals(CpioConstants.CPIO_TRAILER)) {
            throw new IllegalArgumentException("'" + path + "' is no path for an initramfs: 1.." + MAX_PATH_BYTES + " bytes without NUL are possible");
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("'" + path + "' is no path for an initramfs: it has an empty, '.' or '..' part");
            }
        }
        return name;
    }

    private static int permissions(int mode) {
        if ((mode & ~PERMISSIONS) != 0) {
            throw new IllegalArgumentException("mode 0" + Integer.toOctalString(mode) + " has bits beyond 07777");
        }
        return mode;
    }
}
