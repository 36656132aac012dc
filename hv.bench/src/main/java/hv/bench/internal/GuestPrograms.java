package hv.bench.internal;

import hv.images.GuestImage;
import hv.images.InitramfsBuilder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;

/**
 * The initial RAM file system with guest-bench in it: this bundle's C sources, compiled statically for riscv64, and the busybox of the Debian guest.
 * Kept under {@code CACHE/bench/HASH} where the hash covers sources, compiler version and busybox.
 */
final class GuestPrograms {
    static final String COMPILER = "riscv64-linux-gnu-gcc";
    private static final List<String> PROGRAMS = List.of("sha256", "lz", "chase", "nbody", "matmul", "sys", "misc", "intloop", "clock", "scale");
    /** Of the host, in the order in which they are looked for. */
    private static final List<String> HOST_COMPILERS = List.of("cc", "gcc", "clang");
    private static final String HEADER = "bench.h";
    private static final String RESOURCES = "/hv/bench/guest/";
    private static final int MAX_BUSYBOX_BYTES = 64 << 20;
    private static final int MAX_ENTRIES = 100_000;
    private static final long COMPILE_SECONDS = 120;

    private GuestPrograms() {
    }

    /** The initrd, built where the cache has none. */
    static Path initrd(Path cacheDir, GuestImage debian) throws UnavailableException, BenchException, InterruptedException {
        String version = compilerVersion();
        try {
            byte[] busybox = busybox(debian.initrd());
            Path folder = cacheDir.resolve("bench").resolve(key(version, busybox));
            Path initrd = folder.resolve("initrd.gz");
            if (!Files.isRegularFile(initrd)) {
                Files.createDirectories(folder);
                build(folder, initrd, busybox);
            }
            return initrd;
        } catch (IOException e) {
            throw new BenchException("the guest programs cannot be built in " + cacheDir.resolve("bench") + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /** One of the programs, compiled for this host beside the guest's initrd. */
    static Path ofHost(Path initrd, String program) throws UnavailableException, BenchException, InterruptedException {
        Path binary = initrd.resolveSibling(program + "-" + System.getProperty("os.arch"));
        if (Files.isExecutable(binary)) {
            return binary;
        }
        String compiler = null;
        for (String c : HOST_COMPILERS) {
            compiler = compiler == null && Tools.version(c).isPresent() ? c : compiler;
        }
        if (compiler == null) {
            throw new UnavailableException("no C compiler of this host's own (" + String.join(", ", HOST_COMPILERS) + ") for the native side");
        }
        try {
            Path work = Files.createTempDirectory(initrd.getParent(), "native");
            try {
                Files.write(work.resolve(HEADER), resource(HEADER));
                Files.write(work.resolve(program + ".c"), resource(program + ".c"));
                compile(compiler, work.resolve(program + ".c"), work.resolve(program), "-pthread");
                Files.move(work.resolve(program), binary, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(work);
            }
            return binary;
        } catch (IOException e) {
            throw new BenchException(program + " cannot be built in " + initrd.getParent() + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static void build(Path folder, Path initrd, byte[] busybox) throws IOException, BenchException, InterruptedException {
        Path work = Files.createTempDirectory(folder, "build");
        try {
            Files.write(work.resolve(HEADER), resource(HEADER));
            InitramfsBuilder root = new InitramfsBuilder().directory("dev", 0755).directory("tmp", 01777).directory("proc", 0755).directory("sys", 0755);
            // The kernel opens /dev/console for the first process before devtmpfs is mounted.
            root.characterDevice("dev/console", 0600, 5, 1);
            root.file("bin/busybox", 0755, busybox).file("init", 0755, resource("init"));
            for (String program : PROGRAMS) {
                Path source = work.resolve(program + ".c");
                Path binary = work.resolve(program);
                Files.write(source, resource(program + ".c"));
                compile(COMPILER, source, binary, "-static", "-s");
                root.file("b/" + program, 0755, binary);
            }
            Path whole = work.resolve("initrd.gz");
            try (OutputStream out = Files.newOutputStream(whole)) {
                root.writeGzip(out);
            }
            Files.move(whole, initrd, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(work);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void compile(String compiler, Path source, Path binary, String... options) throws IOException, BenchException, InterruptedException {
        Path log = binary.resolveSibling(binary.getFileName() + ".log");
        List<String> command = new ArrayList<>(List.of(compiler, "-O2"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", binary.toString(), source.toString(), "-lm"));
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!gcc.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
            gcc.destroyForcibly();
            throw new BenchException(compiler + " did not finish " + source.getFileName() + " in " + COMPILE_SECONDS + " s");
        }
        if (gcc.exitValue() != 0) {
            List<String> said = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
            said.removeIf(line -> !line.contains("error"));
            throw new BenchException(compiler + " refused " + source.getFileName() + " (status " + gcc.exitValue() + "): "
                    + (said.isEmpty() ? "it gave no reason" : said.getFirst())
                    + (compiler.equals(COMPILER) ? "; is libc6-dev-riscv64-cross installed?" : ""));
        }
    }

    /** The first line of {@code --version}. */
    private static String compilerVersion() throws UnavailableException, InterruptedException {
        return Tools.version(COMPILER).orElseThrow(() -> new UnavailableException(
                "no " + COMPILER + " on this host (install gcc-riscv64-linux-gnu and libc6-dev-riscv64-cross)"));
    }

    private static String key(String compiler, byte[] busybox) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(compiler.getBytes(StandardCharsets.UTF_8));
            sha.update(busybox);
            sha.update(resource(HEADER));
            sha.update(resource("init"));
            for (String program : PROGRAMS) {
                sha.update(resource(program + ".c"));
            }
            return HexFormat.of().formatHex(sha.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = GuestPrograms.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its resource " + RESOURCES + name);
            }
            return in.readAllBytes();
        }
    }

    /** {@code bin/busybox} of a gzipped newc archive. */
    static byte[] busybox(Path initrd) throws IOException, BenchException {
        try (CpioArchiveInputStream cpio = new CpioArchiveInputStream(new GZIPInputStream(new BufferedInputStream(Files.newInputStream(initrd), 1 << 16)))) {
            CpioArchiveEntry entry = cpio.getNextEntry();
            for (int i = 0; entry != null && i < MAX_ENTRIES; i++) {
                if (entry.getName().equals("bin/busybox") && entry.isRegularFile()) {
                    byte[] bytes = cpio.readNBytes(MAX_BUSYBOX_BYTES);
                    if (bytes.length != entry.getSize()) {
                        throw new BenchException("bin/busybox of " + initrd + " has " + entry.getSize() + " bytes, of which " + bytes.length + " can be had");
                    }
                    return bytes;
                }
                entry = cpio.getNextEntry();
            }
        }
        throw new BenchException(initrd + " has no bin/busybox: it is not the Debian guest of the catalog");
    }
}
