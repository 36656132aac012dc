package hv.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.Guests;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineDescriptionTest {
    private static final Path FOLDER = Path.of("/srv/vm");
    private static final Guests GUESTS = new Guests() {
        @Override
        public List<String> names() {
            return List.of("tiny");
        }

        @Override
        public MachineSpec spec(String guest, String machineName, Progress progress) throws HvException {
            return MachineSpec.named(machineName, Path.of("/images", guest)).withCommandLine("quiet");
        }

        @Override
        public MachineSpec ofImage(String image, Path workingFolder, String machineName) {
            return MachineSpec.named(machineName, Path.of("/images/kernel")).withCommandLine("root=x").withDisk(DiskSpec.parse(workingFolder, image));
        }
    };

    private static MachineSpec spec(String yaml) throws HvException {
        return MachineDescription.parse("test.yaml", FOLDER, yaml).spec(null, GUESTS, Progress.NONE);
    }

    private static void assertRefused(String why, String yaml) {
        String message = assertThrows(SpecException.class, () -> spec(yaml)).getMessage();
        assertTrue(message.contains(why), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void withFirmwareNoneTheKernelIsInItsPlace() throws HvException {
        MachineSpec spec = spec("name: xv6\nfirmware: none\nkernel: kernel\n");
        assertEquals(FOLDER.resolve("kernel"), spec.firmware());
        assertNull(spec.kernel());
        assertRefused("a kernel", "name: xv6\nfirmware: none\n");
        assertEquals(FOLDER.resolve("none"), spec("name: xv6\nfirmware: ./none\n").firmware(), "a file of that name");
    }

    @Test
    void anImageIsTheFirstDisk() throws HvException {
        MachineSpec spec = spec("name: web\nimage: d.img,bus=scsi\nappend: debug\ndisks: [seed.img]\n");
        assertEquals(List.of(FOLDER.resolve("d.img"), FOLDER.resolve("seed.img")), spec.disks().stream().map(DiskSpec::file).toList());
        assertEquals(DiskSpec.SCSI, spec.disks().getFirst().bus());
        assertEquals("root=x debug", spec.commandLine());
        assertEquals(spec, MachineDescription.parse("again", FOLDER, MachineDescription.format(spec)).spec(null, null, Progress.NONE), "and is kept without its name");
        assertRefused("either a guest (tiny), an image or a kernel", "name: web\nimage: debian\nguest: tiny\n");
    }

    @Test
    void allKeysAreTaken() throws HvException {
        MachineSpec spec = spec("""
                name: web
                kernel: vmlinux
                initrd: /boot/initrd.gz
                append: console=ttyS0 root=/dev/vda
                memory: 1G
                cpus: 2
                board: riscv-virt
                disks:
                  - root.img
                  - {file: /srv/data.img, format: raw, readOnly: true, bus: scsi}
                nics:
                  - user,hostfwd=2222:22
                  - {backend: stream, mac: "52:54:00:00:00:01", options: {path: /s}}
                settings: {strict: true, weight: 200}
                """);
        assertEquals(new MachineSpec("web", "riscv-virt", 1024 * MachineSpec.MIB, 2, null, FOLDER.resolve("vmlinux"), Path.of("/boot/initrd.gz"), "console=ttyS0 root=/dev/vda",
                List.of(new DiskSpec(FOLDER.resolve("root.img"), "raw", false, "virtio"), new DiskSpec(Path.of("/srv/data.img"), "raw", true, "scsi")),
                List.of(new NicSpec("user", "", Map.of("hostfwd", "2222:22")), new NicSpec("stream", "52:54:00:00:00:01", Map.of("path", "/s"))),
                Map.of("strict", "true", "weight", "200")), spec);
    }

    @Test
    void aGuestBringsItsOwnAndTheRestIsAdded() throws HvException {
        MachineSpec spec = spec("name: g\nguest: tiny\nappend: debug\n");
        assertEquals(Path.of("/images/tiny"), spec.kernel());
        assertEquals("quiet debug", spec.commandLine());
        assertNull(spec.initrd());
    }

    @Test
    void whatIsFormattedIsParsedToTheSame() throws HvException {
        MachineSpec spec = new MachineSpec("a.b-c", "riscv-virt", 18 * MachineSpec.MIB, 3, Path.of("/f w"), Path.of("/k: x"), Path.of("/i # y"), "a=\"b: c\" 'd' \u00e4 #e\ttab",
                List.of(new DiskSpec(Path.of("/d 1"), "raw", true, "scsi")), List.of(new NicSpec("dgram", "02:00:00:00:00:09", Map.of("a", "b: c"))), Map.of("no", "yes", "1", "0x10", "null", "~"));
        assertEquals(spec, MachineDescription.parse("x", FOLDER, MachineDescription.format(spec)).spec(null, null, Progress.NONE));
    }

    @Test
    void aFirmwareNeedsNoKernelButMayHaveOne() throws HvException {
        MachineSpec alone = spec("name: f\nfirmware: fw.bin\n");
        assertEquals(FOLDER.resolve("fw.bin"), alone.firmware());
        assertNull(alone.kernel());
        assertEquals(alone, MachineDescription.parse("x", FOLDER, MachineDescription.format(alone)).spec(null, null, Progress.NONE));
        assertEquals(FOLDER.resolve("k"), spec("name: f\nfirmware: fw.bin\nkernel: k\n").kernel());
    }

    @Test
    void mistakesAreNamed() {
        assertRefused("unknown key memori", "name: a\nkernel: k\nmemori: 1G\n");
        assertRefused("either a guest (tiny), an image or a kernel", "name: a\n");
        assertRefused("either a guest", "name: a\nguest: tiny\nkernel: k\n");
        assertRefused("has no name", "kernel: k\n");
        assertRefused("no size", "name: a\nkernel: k\nmemory: much\n");
        assertRefused("multiple of 2 MiB", "name: a\nkernel: k\nmemory: 17M\n");
        assertRefused("cpus is to be a number", "name: a\nkernel: k\ncpus: many\n");
        assertRefused("0 vCPUs", "name: a\nkernel: k\ncpus: 0\n");
        assertRefused("disks is to be a list", "name: a\nkernel: k\ndisks: x\n");
        assertRefused("a disk needs a file", "name: a\nkernel: k\ndisks: [{readOnly: true}]\n");
        assertRefused("a disk has file, format, readOnly and bus", "name: a\nkernel: k\ndisks: [{path: x}]\n");
        assertRefused("use virtio or scsi", "name: a\nkernel: k\ndisks: [{file: x, bus: ide}]\n");
        assertRefused("nics is to be a list", "name: a\nkernel: k\nnics: user\n");
        assertRefused("not KEY=VALUE", "name: a\nkernel: k\nnics: ['user,hostfwd']\n");
        assertRefused("no group address", "name: a\nkernel: k\nnics: ['user,mac=01:00:00:00:00:00']\n");
        assertRefused("needs a backend", "name: a\nkernel: k\nnics: [{mac: x}]\n");
        assertRefused("has backend, mac and options", "name: a\nkernel: k\nnics: [{backend: user, port: 1}]\n");
        assertRefused("options is to be a mapping", "name: a\nkernel: k\nnics: [{backend: user, options: 1}]\n");
        assertRefused("name is to be a text, not a list", "name: [a]\nkernel: k\n");
        assertRefused("machine name", "name: ../../etc\nkernel: k\n");
        assertRefused("is no YAML", "name: [a\n");
        assertRefused("is no YAML", "name: a\nname: b\nkernel: k\n");
        assertRefused("begin with keys", "- a\n");
        assertRefused("begin with keys", "");
    }

    @Test
    void bombsAreRefused() {
        StringBuilder aliases = new StringBuilder("a: &a [x]\n");
        for (char c = 'b'; c < 'j'; c++) {
            aliases.append(c).append(": &").append(c).append(" [").append(("*" + (char) (c - 1) + ",").repeat(9)).append("x]\n");
        }
        assertThrows(SpecException.class, () -> spec(aliases.toString()));
        assertThrows(SpecException.class, () -> spec("name: " + "[".repeat(100_000)));
        assertThrows(SpecException.class, () -> spec("name: " + "x".repeat(2 << 20)));
    }

    @Test
    void randomTextIsRefusedOrTakenButNeverThrowsElse() {
        Random random = new Random(3);
        String alphabet = "name: kernl\n-[]{},&*!|>'\"%@`#?\t0123é\u0000\uD800";
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "name: a\nkernel: k\n" : "");
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                spec(text.toString());
            } catch (HvException e) {
                refused++;
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    @Test
    void definitionsOutliveTheStore(@TempDir Path folder) throws HvException, IOException {
        MachineSpec spec = MachineSpec.named("kept", Path.of("/k"));
        new DefinitionStore(folder).put(spec);
        new DefinitionStore(folder).put(spec.withVcpus(4));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("kept.yaml"), files.map(file -> file.getFileName().toString()).toList(), "nothing else is left");
        }
        assertEquals(spec.withVcpus(4), MachineDescription.read(folder.resolve("kept.yaml")).spec(null, null, Progress.NONE));
        new DefinitionStore(folder).remove("kept");
        new DefinitionStore(folder).remove("kept");
        assertFalse(Files.exists(folder.resolve("kept.yaml")));
    }

    @Test
    @org.junit.jupiter.api.Timeout(20)
    void whatIsNoFileIsRefusedAndNotWaitedFor(@org.junit.jupiter.api.io.TempDir Path temporary) throws Exception {
        Path pipe = temporary.resolve("pipe.yaml");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (Path wrong : List.of(pipe, temporary, temporary.resolve("nowhere.yaml"))) {
            SpecException refusal = assertThrows(SpecException.class, () -> MachineDescription.read(wrong));
            assertEquals(1, refusal.getMessage().lines().count());
            assertTrue(refusal.getMessage().contains("no file") || refusal.getMessage().contains("no such file"), refusal.getMessage());
        }
        java.nio.file.Files.write(temporary.resolve("bytes.yaml"), new byte[] {(byte) 0xff, 0x41});
        SpecException refusal = assertThrows(SpecException.class, () -> MachineDescription.read(temporary.resolve("bytes.yaml")));
        assertTrue(refusal.getMessage().endsWith("is no text in UTF-8"), refusal.getMessage());
    }
}
