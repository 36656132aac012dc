package hv.images.internal;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The modules of a kernel package, still packed, in one temporary file: which ones are needed is only known once all have been seen (a dependency may
 * come earlier in the archive), and all together they are too many for the heap. One thread.
 */
final class ModuleTree implements Closeable {
    static final int MAX_MODULE_BYTES = 64 << 20;
    /**
     * What is larger stays packed in the guest, where the kernel unpacks it at loading. Measured for all of ext4: 11 MB less memory in each guest, and 1.75 instead
     * of 1.25 G instructions when it is mounted. Drivers, which many boots load, are smaller.
     */
    static final int MAX_PLAIN_BYTES = 1 << 20;
    private static final int MAX_MODULES = 20_000;
    private static final int MAX_LISTINGS = 20;
    private static final int XZ_MEMORY_KIB = 128 << 10;

    /**
     * A module for the guest.
     *
     * @param path         below {@code /lib/modules/RELEASE}
     * @param content      an ELF file, or packed as the name says
     * @param dependencies the paths of what it depends on
     */
    record Module(String path, byte[] content, List<String> dependencies, List<String> aliases) {
        /** The kernel's name for it. */
        String name() {
            return moduleName(path);
        }
    }

    private record Packed(String path, long offset, int lenBytes) { }

    private final FileChannel spool;
    private final Map<String, Packed> modules = new HashMap<>();
    private final Map<String, byte[]> listings = new HashMap<>();
    private final Set<String> builtin = new HashSet<>();
    private long endBytes;

    /** {@code file}: made here; deleted by {@link #close()}. */
    ModuleTree(Path file) throws IOException {
        spool = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    static boolean isModule(String path) {
        return path.endsWith(".ko") || path.endsWith(".ko.xz") || path.endsWith(".ko.gz") || path.endsWith(".ko.zst");
    }

    /** Takes in a packed module. {@code path}: below {@code /lib/modules/RELEASE}. */
    void add(String path, byte[] packed) throws IOException {
        if (modules.size() >= MAX_MODULES) {
            throw new IOException("more than " + MAX_MODULES + " modules");
        }
        ByteBuffer bytes = ByteBuffer.wrap(packed);
        long at = endBytes;
        while (bytes.hasRemaining()) {
            endBytes += spool.write(bytes, endBytes);
        }
        modules.put(moduleName(path), new Packed(path, at, packed.length));
    }

    /** Takes in a listing of the package: {@code modules.builtin} is what the kernel has without loading, {@code modules.order} is for depmod. */
    void listing(String name, byte[] content) throws IOException {
        if (listings.size() >= MAX_LISTINGS) {
            throw new IOException("more than " + MAX_LISTINGS + " listings of modules");
        }
        listings.put(name, content);
        if (!name.equals("modules.builtin")) {
            return;
        }
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isBlank()) {
                builtin.add(moduleName(line.strip()));
            }
        }
    }

    /** The package's listings, by name. */
    Map<String, byte[]> listings() {
        return Map.copyOf(listings);
    }

    /** Whether the package has the module, apart from what is built in. */
    boolean has(String name) {
        return modules.containsKey(ModInfo.normalize(name));
    }

    /**
     * The wanted modules and all that they need, each after what it depends on; what is built in is left out.
     *
     * @throws IOException a module is neither there nor built in, the dependencies run in a circle, or a module is malformed
     */
    List<Module> withDependencies(List<String> wanted) throws IOException {
        Map<String, Module> loaded = new LinkedHashMap<>();
        for (String name : wanted) {
            visit(ModInfo.normalize(name), "the guest", loaded, new ArrayList<>());
        }
        return List.copyOf(loaded.values());
    }

    private void visit(String name, String neededBy, Map<String, Module> loaded, List<String> path) throws IOException {
        if (builtin.contains(name) || loaded.containsKey(name)) {
            return;
        }
        if (path.contains(name)) {
            throw new IOException("modules depend on each other in a circle: " + String.join(" > ", path) + " > " + name);
        }
        Packed packed = modules.get(name);
        if (packed == null) {
            throw new IOException("the kernel package has no module " + name + ", which " + neededBy + " needs");
        }
        byte[] file = read(packed);
        byte[] content = unpack(packed.path(), file);
        ModInfo info = ModInfo.read(name, content);
        path.addLast(name);
        List<String> dependencies = new ArrayList<>();
        for (String soft : info.softPre()) {
            // Soft: often an alias ("crypto-crc32c") or not there at all; the kernel goes on without it.
            if (modules.containsKey(soft)) {
                visit(soft, name, loaded, path);
            }
        }
        for (String needed : info.depends()) {
            visit(needed, name, loaded, path);
            Module module = loaded.get(needed);
            if (module != null) {
                dependencies.add(module.path());
                module.dependencies().stream().filter(p -> !dependencies.contains(p)).forEach(dependencies::add);
            }
        }
        path.removeLast();
        boolean staysPacked = content.length > MAX_PLAIN_BYTES && packed.path().endsWith(".xz");
        loaded.put(name, new Module(staysPacked ? packed.path() : unpackedPath(packed.path()), staysPacked ? file : content, List.copyOf(dependencies), info.aliases()));
    }

    private byte[] read(Packed packed) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(packed.lenBytes());
        while (bytes.hasRemaining()) {
            if (spool.read(bytes, packed.offset() + bytes.position()) < 0) {
                throw new IOException("the temporary file of modules was cut short");
            }
        }
        return bytes.array();
    }

    private static byte[] unpack(String path, byte[] packed) throws IOException {
        InputStream raw = new ByteArrayInputStream(packed);
        if (path.endsWith(".ko.zst")) {
            throw new IOException(path + " is packed with zstd, which cannot be unpacked here: xz and gzip can");
        }
        try (InputStream in = path.endsWith(".xz") ? new XZInputStream(raw, XZ_MEMORY_KIB)
                : path.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            byte[] content = in.readNBytes(MAX_MODULE_BYTES + 1);
            if (content.length > MAX_MODULE_BYTES) {
                throw new IOException(path + " unpacks to more than " + MAX_MODULE_BYTES + " bytes");
            }
            return content;
        }
    }

    private static String unpackedPath(String path) {
        return path.substring(0, path.lastIndexOf(".ko") + ".ko".length());
    }

    private static String moduleName(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = file.lastIndexOf(".ko");
        return ModInfo.normalize(end < 0 ? file : file.substring(0, end));
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
