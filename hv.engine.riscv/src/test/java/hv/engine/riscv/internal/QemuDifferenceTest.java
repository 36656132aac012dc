package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.vcpu.ExitView;
import hv.riscv.Csr;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs give the same registers, flags and memory here and under qemu-riscv64. */
class QemuDifferenceTest {
    private static final Path QEMU = Path.of("/usr/bin/qemu-riscv64");

    @TempDir
    Path folder;

    @BeforeAll
    static void needsQemu() {
        assumeTrue(Files.isExecutable(QEMU), "qemu-riscv64 is not installed: apt install qemu-user");
    }

    private byte[] underQemu(RandomProgram p, long seed) throws IOException, InterruptedException {
        Path file = folder.resolve("p" + seed);
        Files.write(file, p.elf());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        Process q = new ProcessBuilder(QEMU.toString(), "-cpu", "rv64,zba=true,zbb=true,zbs=true", file.toString())
            .redirectErrorStream(true).start();
        byte[] out = q.getInputStream().readAllBytes();
        assertEquals(true, q.waitFor(20, TimeUnit.SECONDS));
        Files.delete(file);
        assertEquals(RandomProgram.DATA_BYTES + RandomProgram.DUMP_BYTES, out.length, () -> "seed " + seed + ": qemu said " + new String(out)
            + "\n" + p.source.substring(0, Math.min(3000, p.source.length())));
        return out;
    }

    private static byte[] underEngine(RandomProgram p, long seed) throws Exception {
        try (BareMachine m = new BareMachine()) {
            java.lang.foreign.MemorySegment.copy(p.image, 0, m.ram.segment(), ValueLayout.JAVA_BYTE, 0, p.image.length);
            m.hart.pc = BareMachine.BASE;
            m.hart.mstatus |= Csr.SSTATUS_FS;
            ExitView v = m.run(10_000_000);
            assertInstanceOf(ExitView.FirmwareCall.class, v, () -> "seed " + seed + ": left with " + v.label() + " at " + Long.toHexString(m.hart.pc)
                + ", cause " + m.hart.scause + ", sepc " + Long.toHexString(m.hart.sepc) + ", stval " + Long.toHexString(m.hart.stval));
            byte[] out = new byte[RandomProgram.DATA_BYTES + RandomProgram.DUMP_BYTES];
            java.lang.foreign.MemorySegment.copy(m.ram.segment(), ValueLayout.JAVA_BYTE, m.hart.x[11] - BareMachine.BASE, out, 0, out.length);
            return out;
        }
    }

    private void same(long seed, int length, int rounds) throws Exception {
        RandomProgram p = new RandomProgram(seed, length, rounds);
        ByteBuffer theirs = ByteBuffer.wrap(underQemu(p, seed)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer ours = ByteBuffer.wrap(underEngine(p, seed)).order(ByteOrder.LITTLE_ENDIAN);
        if (theirs.equals(ours)) {
            return;
        }
        StringBuilder b = new StringBuilder("seed " + seed + ", " + length + " instructions:");
        for (int k = 0; k < 65; k++) {
            int at = RandomProgram.DATA_BYTES + 8 * k;
            if (theirs.getLong(at) != ours.getLong(at)) {
                b.append("\n").append(k < 32 ? "x" + k : k < 64 ? "f" + (k - 32) : "fcsr").append(": qemu ").append(Long.toHexString(theirs.getLong(at)))
                    .append(", here ").append(Long.toHexString(ours.getLong(at)));
            }
        }
        for (int at = 0; at < RandomProgram.DATA_BYTES; at += 8) {
            if (theirs.getLong(at) != ours.getLong(at)) {
                b.append("\ndata+").append(at - 2048).append(": qemu ").append(Long.toHexString(theirs.getLong(at))).append(", here ")
                    .append(Long.toHexString(ours.getLong(at)));
            }
        }
        if (length <= 40) {
            p.source.lines().filter(l -> l.startsWith("L")).forEach(l -> b.append("\n").append(l));
        }
        throw new AssertionError(b.toString());
    }

    @Test
    void shortRandomProgramsDoTheSame() throws Exception {
        for (long seed = 0; seed < 40; seed++) {
            same(seed, 20, 1);
        }
    }

    @Test
    void longRandomProgramsDoTheSame() throws Exception {
        for (long seed = 1000; seed < 1060; seed++) {
            same(seed, 600, 3);
        }
    }

    @Test
    @Tag("full")
    void manyRandomProgramsDoTheSame() throws Exception {
        for (long seed = 5000; seed < 6000; seed++) {
            same(seed, 1500, 4);
        }
    }
}
