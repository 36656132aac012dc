package hv.images.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The files of many packages as one archive, uncompressed: what the guest has to do is a copy. {@code /bin}, {@code /sbin} and {@code /lib*} are links into
 * {@code /usr} (Debian Policy 4.7, 10.1): what a package puts below them goes where they lead. The first package that brings a path owns it; a second file of
 * the same path is refused, as dpkg would. One thread.
 */
final class RootTar implements Closeable {
    /** Of all packages together: a bound for the host's disk. */
    static final long MAX_BYTES = 64L << 30;
    private static final Set<String> MERGED = Set.of("bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32");

    private final TarArchiveOutputStream tar;
    private final long mtimeMillis;
    private final Map<String, String> owners = new HashMap<>();
    private final Set<String> folders = new HashSet<>();

    /** @param mtimeMillis of what no package brings */
    RootTar(OutputStream out, long mtimeMillis) {
        tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        this.mtimeMillis = mtimeMillis;
    }

    /** Writes a package's files, and puts it into the database. */
    void add(String name, Path deb, DpkgDatabase database) throws IOException {
        Map<String, byte[]> control = new LinkedHashMap<>();
        List<String> paths = new ArrayList<>();
        Map<String, String> conffiles = new LinkedHashMap<>();
        DebPackage.readWhole(deb, new DebPackage.PackageVisitor() {
            @Override
            public void control(String file, byte[] content) {
                control.put(file, content);
                if (file.equals("conffiles")) {
                    new String(content, StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("/")).forEach(path -> conffiles.put(path.strip(), null));
                }
            }

            @Override
            public void entry(String path, TarArchiveEntry entry, InputStream content) throws IOException {
                if (!path.isEmpty()) {
                    paths.add(path);
                    copy(name, path, entry, content, conffiles);
                }
            }
        });
        conffiles.values().removeIf(Objects::isNull);
        database.add(name, control, paths, conffiles);
    }

    private void copy(String name, String path, TarArchiveEntry entry, InputStream content, Map<String, String> conffiles) throws IOException {
        String to = merged(path);
        TarArchiveEntry out;
        if (entry.isDirectory()) {
            if (MERGED.contains(path) || !folders.add(to)) {
                return;
            }
            out = new TarArchiveEntry(to + "/", TarConstants.LF_DIR);
        } else {
            String owner = owners.putIfAbsent(to, name);
            if (owner != null) {
                throw new IOException("packages " + owner + " and " + name + " both have the file /" + to + ": leave one of them out");
            }
            if (entry.isSymbolicLink() || entry.isLink()) {
                out = new TarArchiveEntry(to, entry.isLink() ? TarConstants.LF_LINK : TarConstants.LF_SYMLINK);
                out.setLinkName(entry.isLink() ? merged(stripped(entry.getLinkName())) : entry.getLinkName());
            } else if (DebPackage.isFile(entry)) {
                out = new TarArchiveEntry(to, TarConstants.LF_NORMAL);
                out.setSize(entry.getSize());
            } else {
                throw new IOException("package " + name + " has a device or pipe /" + to + ", which no package of Debian has");
            }
        }
        out.setMode(entry.getMode() & 07777);
        out.setIds((int) entry.getLongUserId(), (int) entry.getLongGroupId());
        out.setModTime(entry.getModTime());
        tar.putArchiveEntry(out);
        if (out.getSize() > 0) {
            if (tar.getBytesWritten() > MAX_BYTES) {
                throw new IOException("the packages unpack to more than " + MAX_BYTES + " bytes");
            }
            if (conffiles.containsKey("/" + path)) {
                DigestInputStream md5 = new DigestInputStream(content, md5());
                md5.transferTo(tar);
                conffiles.put("/" + path, HexFormat.of().formatHex(md5.getMessageDigest().digest()));
            } else {
                content.transferTo(tar);
            }
        } else if (conffiles.containsKey("/" + path) && DebPackage.isFile(entry)) {
            conffiles.put("/" + path, HexFormat.of().formatHex(md5().digest()));
        }
        tar.closeArchiveEntry();
    }

    private static String stripped(String link) {
        return link.startsWith("./") ? link.substring(2) : link;
    }

    private static String merged(String path) {
        int slash = path.indexOf('/');
        return slash > 0 && MERGED.contains(path.substring(0, slash)) ? "usr/" + path : path;
    }

    /** dpkg names conffiles by MD5: no security hangs on it. */
    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    /** Adds a folder of ours where no package has it. */
    RootTar folder(String path, int mode) throws IOException {
        if (folders.add(path)) {
            put(new TarArchiveEntry(path + "/", TarConstants.LF_DIR), mode, new byte[0]);
        }
        return this;
    }

    /** Adds a file of ours; missing folders are added. */
    RootTar file(String path, int mode, byte[] content) throws IOException {
        parents(path);
        TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_NORMAL);
        entry.setSize(content.length);
        put(entry, mode, content);
        return this;
    }

    RootTar file(String path, int mode, String content) throws IOException {
        return file(path, mode, content.getBytes(StandardCharsets.UTF_8));
    }

    private void parents(String path) throws IOException {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            folder(path.substring(0, slash), 0755);
        }
    }

    private void put(TarArchiveEntry entry, int mode, byte[] content) throws IOException {
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setModTime(mtimeMillis);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /** Ends the archive and closes its stream. */
    @Override
    public void close() throws IOException {
        tar.close();
    }
}
