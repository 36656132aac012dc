package hv.images.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A small Debian archive, signed by a key of its own, behind an HTTP server on the loopback; it can be changed and broken while it runs. */
final class TestArchive implements AutoCloseable {
    static final String RELEASE = "6.12.1+test-riscv64";
    static final String VERSION = "6.12.1-1";
    static final Instant DATE = Instant.parse("2026-03-01T10:00:00Z");
    static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
    static final PGPKeyPair KEY = key();
    static final PGPKeyPair OTHER_KEY = key();
    private static final DateTimeFormatter RFC = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** What the server does to a file. */
    enum Fault { NONE, TRUNCATE, STALL, ENDLESS, SERVER_ERROR }

    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, Fault> faults = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** Open when a stalled answer has begun. */
    final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    // What the next publish() writes.
    String origin = "Debian";
    String codename = "trixie";
    Instant date = DATE;
    Instant validUntil;
    PGPKeyPair signer = KEY;
    int hash = HashAlgorithmTags.SHA256;
    String version = VERSION;
    String kernelRelease = RELEASE;
    byte[] kernelDeb = deb("data.tar.xz", kernelFiles(RELEASE, image("kernel")));
    byte[] busyboxDeb = deb("data.tar.gz", Map.of("usr/bin/busybox", "a busybox".getBytes(StandardCharsets.UTF_8)));

    TestArchive() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        publish();
    }

    URI mirror() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/debian");
    }

    String kernelPath() {
        return "/debian/pool/linux-image-" + kernelRelease + "_" + version + ".deb";
    }

    static final String INDEX = "/debian/dists/trixie/InRelease";
    static final String PACKAGES = "/debian/dists/trixie/main/binary-riscv64/Packages.xz";

    /** Writes the whole archive anew. */
    void publish() throws IOException {
        files.clear();
        files.put(kernelPath(), kernelDeb);
        files.put("/debian/pool/busybox-static.deb", busyboxDeb);
        String packages = stanza("aaa-first", "1", "", "pool/none.deb", new byte[0])
                + stanza("busybox-static", "1:1.37.0-6", "", "pool/busybox-static.deb", busyboxDeb)
                + stanza("linux-image-riscv64", version, "kmod, linux-image-" + kernelRelease + " (= " + version + ")", "pool/none.deb", new byte[0])
                + stanza("linux-image-" + kernelRelease, version, "kmod", kernelPath().substring("/debian/".length()), kernelDeb)
                + stanza("linux-image-6.99.0-rt-riscv64", "6.99.0-1", "", "pool/none.deb", new byte[0]);
        byte[] xz = xz(packages.getBytes(StandardCharsets.UTF_8));
        files.put(PACKAGES, xz);
        publishIndex(xz);
    }

    void publishIndex(byte[] packagesXz) {
        publishIndex("trixie", codename, origin, "riscv64", packagesXz);
    }

    /** Writes a suite of that one list of packages, in the folder of its code name. */
    void publishSuite(String suite, String suiteOrigin, String architecture, String packages) {
        byte[] xz = xz(packages.getBytes(StandardCharsets.UTF_8));
        files.put("/debian/dists/" + suite + "/main/binary-" + architecture + "/Packages.xz", xz);
        publishIndex(suite, suite, suiteOrigin, architecture, xz);
    }

    private void publishIndex(String folder, String codename, String origin, String architecture, byte[] packagesXz) {
        String list = "main/binary-" + architecture + "/Packages.xz";
        String text = "Origin: " + origin + "\nSuite: stable\nCodename: " + codename + "\nDate: " + RFC.format(date) + "\n"
                + (validUntil == null ? "" : "Valid-Until: " + RFC.format(validUntil) + "\n")
                + "Acquire-By-Hash: yes\nDescription: a test   \nMD5Sum:\n " + "0".repeat(32) + " 5 " + list + "\nSHA256:\n "
                + Sha256.hex(packagesXz) + " " + packagesXz.length + " " + list + "\n";
        files.put("/debian/dists/" + folder + "/InRelease", clearSign(text, signer, hash));
    }

    static String stanza(String name, String version, String depends, String filename, byte[] content) {
        return "Package: " + name + "\nVersion: " + version + "\n" + (depends.isEmpty() ? "" : "Depends: " + depends + "\n")
                + "Description: a package\n of several lines\nFilename: " + filename + "\nSize: " + content.length + "\nSHA256: " + Sha256.hex(content) + "\n\n";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(path);
            byte[] body = files.get(path);
            Fault fault = faults.getOrDefault(path, Fault.NONE);
            if (fault == Fault.SERVER_ERROR) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            if (body == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.sendResponseHeaders(200, fault == Fault.ENDLESS ? 0 : body.length);
            OutputStream out = exchange.getResponseBody();
            switch (fault) {
                case TRUNCATE -> out.write(body, 0, body.length / 2);
                case STALL -> {
                    out.write(body, 0, body.length / 2);
                    out.flush();
                    stalled.countDown();
                    release.await();
                }
                case ENDLESS -> {
                    while (true) {
                        out.write(new byte[1 << 16]);   // until the client goes away
                    }
                }
                default -> out.write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    static byte[] publicKey(PGPKeyPair key) {
        try {
            return key.getPublicKey().getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PGPKeyPair key() {
        RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(0x10001), new SecureRandom(), 2048, 80));
        try {
            return new BcPGPKeyPair(PublicKeyPacket.VERSION_4, PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(),
                    Date.from(DATE.minusSeconds(86_400)));
        } catch (PGPException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] clearSign(String text, PGPKeyPair key, int hash) {
        try {
            PGPSignatureGenerator generator = new PGPSignatureGenerator(new BcPGPContentSignerBuilder(key.getPublicKey().getAlgorithm(), hash), key.getPublicKey());
            generator.init(PGPSignature.CANONICAL_TEXT_DOCUMENT, key.getPrivateKey());
            String[] lines = text.split("\n");
            for (int i = 0; i < lines.length; i++) {
                generator.update(((i == 0 ? "" : "\r\n") + lines[i].stripTrailing()).getBytes(StandardCharsets.UTF_8));
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ArmoredOutputStream armor = ArmoredOutputStream.builder().build(out)) {
                armor.beginClearText(hash);
                armor.write(text.getBytes(StandardCharsets.UTF_8));
                armor.endClearText();
                generator.generate().encode(armor);
            }
            return out.toByteArray();
        } catch (PGPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A kernel package's files: the kernel, every module the guest wants, packed, and what some of them depend on. */
    static Map<String, byte[]> kernelFiles(String release, byte[] kernel) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("boot/vmlinux-" + release, kernel);
        String base = "usr/lib/modules/" + release + "/";
        Set<String> builtin = Set.of("virtio_console", "virtio_pci", "af_packet");
        for (String name : Stream.concat(DebianPort.RISCV64.modules().stream(), DebianPort.AMD64.modules().stream()).distinct().toList()) {
            if (!builtin.contains(name)) {
                String depends = switch (name) {
                    case "ext4" -> "jbd2,mbcache";
                    case "9p" -> "9pnet";
                    case "9pnet_virtio" -> "9pnet";
                    case "sd_mod", "virtio_scsi" -> "scsi_mod";
                    default -> "";
                };
                all.put(base + "kernel/a/" + name.replace("virtio_rng", "virtio-rng") + ".ko.xz", xz(module(name, depends, name.equals("ext4") ? "pre: crypto-crc32c zlib post: x" : "", 0)));
            }
        }
        for (String name : List.of("jbd2", "mbcache", "9pnet", "unwanted", "zlib")) {
            all.put(base + "kernel/b/" + name + ".ko.xz", xz(module(name, name.equals("jbd2") ? "virtio-console" : "", "",
                    name.equals("jbd2") ? ModuleTree.MAX_PLAIN_BYTES : 0)));
        }
        all.put(base + "modules.builtin", "kernel/c/virtio_console.ko\nkernel/c/virtio_pci.ko\nkernel/c/af_packet.ko\n".getBytes(StandardCharsets.UTF_8));
        return all;
    }

    /** The least that passes for a flat RISC-V kernel. */
    static byte[] image(String marker) {
        byte[] image = ByteBuffer.allocate(256).put(marker.getBytes(StandardCharsets.UTF_8)).array();
        System.arraycopy(new byte[] {'R', 'S', 'C', 5}, 0, image, 56, 4);
        return image;
    }

    /** An ELF file with a section .modinfo. */
    static byte[] module(String name, String depends, String softdep) {
        return module(name, depends, softdep, 0);
    }

    /** The same, with so many zeros at the end; its aliases are {@code dev:NAME*}, and one that must not be taken. */
    static byte[] module(String name, String depends, String softdep, int moreBytes) {
        byte[] info = ("name=" + name + "\0depends=" + depends + "\0alias=dev:" + name + "*\0alias=not one\0" + (softdep.isEmpty() ? "" : "softdep=" + softdep + "\0")).getBytes(StandardCharsets.UTF_8);
        byte[] names = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.UTF_8);
        int table = 64 + info.length + names.length;
        ByteBuffer elf = ByteBuffer.allocate(table + 3 * 64 + moreBytes).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464C457F).put((byte) 2).put((byte) 1);
        elf.putLong(0x28, table).putShort(0x3A, (short) 64).putShort(0x3C, (short) 3).putShort(0x3E, (short) 2);
        elf.put(64, info).put(64 + info.length, names);
        elf.putInt(table + 64, 1).putLong(table + 64 + 0x18, 64).putLong(table + 64 + 0x20, info.length);
        elf.putInt(table + 128, 10).putLong(table + 128 + 0x18, 64 + info.length).putLong(table + 128 + 0x20, names.length);
        return elf.array();
    }

    static byte[] deb(String member, Map<String, byte[]> files) {
        ByteArrayOutputStream tarBytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(tarBytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry("./" + file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return debOf(member, tarBytes.toByteArray());
    }

    /** A package with the given tar archive. */
    static byte[] debOf(String member, byte[] tar) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
        members.put(member, member.endsWith(".xz") ? xz(tar) : member.endsWith(".gz") ? gzip(tar) : tar);
        return ar(members);
    }

    static byte[] ar(Map<String, byte[]> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> one : members.entrySet()) {
                ar.putArchiveEntry(new ArArchiveEntry(one.getKey(), one.getValue().length));
                ar.write(one.getValue());
                ar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] xz(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(1))) {
            xz.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The bytes with the one in the middle changed. */
    static byte[] tampered(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[changed.length / 2] ^= 1;
        return changed;
    }

    List<String> requested() {
        return new ArrayList<>(requests);
    }
}
