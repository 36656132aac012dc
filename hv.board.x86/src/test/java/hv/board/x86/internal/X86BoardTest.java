package hv.board.x86.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.bus.PortSpace;
import hv.api.device.DeviceSpec;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.part.PartFactory;
import hv.api.vcpu.Registers;
import hv.api.x86.X86Register;
import hv.board.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class X86BoardTest {
    private static final long M = 1L << 20;

    @TempDir
    private Path dir;

    private MachineSpec spec(byte[] kernel) throws IOException {
        MachineSpec s = MachineSpec.named("vm", Files.write(dir.resolve("vmlinuz"), kernel));
        return new MachineSpec(s.name(), X86BoardFactory.TYPE, 64 * M, 1, null, s.kernel(), null, "console=ttyS0", List.of(), List.of(), Map.of());
    }

    private static Board board(MachineSpec spec) throws SpecException {
        return new X86BoardFactory().create(spec);
    }

    private static void refused(String says, MachineSpec spec) {
        String message = assertThrows(SpecException.class, () -> board(spec).plan()).getMessage();
        assertTrue(message.contains(says), message);
        assertFalse(message.contains("\n"), message);
    }

    private static byte[] loaded(Board.BootPlan plan) throws SpecException {
        byte[] ram = new byte[64 << 20];
        plan.load(MemorySegment.ofArray(ram), seed -> Arrays.fill(seed, (byte) 9));
        return ram;
    }

    /** Registers as they were written; reading one that was not is an error. */
    private static final class Written implements Registers {
        private final Map<Integer, Long> values = new HashMap<>();

        @Override
        public long read(int register) {
            return values.get(register);
        }

        @Override
        public void write(int register, long value) {
            values.put(register, value);
        }
    }

    @Test
    void theBoardIsFoundWithoutAFramework() {
        assertTrue(ServiceLoader.load(PartFactory.class).stream().anyMatch(p -> p.type() == X86BoardFactory.class));
    }

    @Test
    void kernelInitrdAndTablesLieWhereTheBootParamsSay() throws Exception {
        byte[] kernel = KernelTest.bzImage(5000);
        kernel[kernel.length - 1] = 77;
        byte[] initrd = new byte[3_000_001];
        new Random(5).nextBytes(initrd);
        MachineSpec spec = spec(kernel).withInitrd(Files.write(dir.resolve("initrd"), initrd)).withVcpus(2);
        Board.BootPlan plan = board(spec).plan();
        byte[] ram = loaded(plan);
        MemorySegment m = MemorySegment.ofArray(ram);
        assertArrayEquals(Arrays.copyOfRange(kernel, 0x400, kernel.length), Arrays.copyOfRange(ram, 16 << 20, (16 << 20) + 5000));

        Written registers = new Written();
        plan.begin(0, registers);
        assertEquals(16 * M + 0x200, registers.read(X86Register.RIP));
        long params = registers.read(X86Register.RSI);
        assertEquals(0x7fff_ffff, m.get(Kernel.LE32, params + 0x22c), "the setup header is the kernel's");
        assertEquals(0xff, ram[(int) params + 0x210] & 0xff, "loader");
        int initrdAt = m.get(Kernel.LE32, params + 0x218);
        assertEquals(initrd.length, m.get(Kernel.LE32, params + 0x21c));
        assertEquals(0, initrdAt % 4096);
        assertArrayEquals(initrd, Arrays.copyOfRange(ram, initrdAt, initrdAt + initrd.length));
        assertEquals("console=ttyS0", m.getString(m.get(Kernel.LE32, params + 0x228), StandardCharsets.UTF_8));
        assertEquals("RSD PTR ", new String(ram, (int) m.get(Kernel.LE64, params + 0x70), 8, StandardCharsets.US_ASCII));
        long seed = m.get(Kernel.LE64, params + 0x250);
        assertEquals(0, m.get(Kernel.LE64, seed), "the last node");
        assertEquals(9, m.get(Kernel.LE32, seed + 8));
        assertEquals(32, m.get(Kernel.LE32, seed + 12));
        assertEquals(9, ram[(int) seed + 16 + 31]);
        assertEquals(List.of("0+9fc00 1", "9fc00+60400 2", "100000+3f00000 1"), e820(m, params));
    }

    private static List<String> e820(MemorySegment m, long params) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < m.get(ValueLayout.JAVA_BYTE, params + 0x1e8); i++) {
            long at = params + 0x2d0 + 20L * i;
            out.add(Long.toHexString(m.get(Kernel.LE64, at)) + "+" + Long.toHexString(m.get(Kernel.LE64, at + 8)) + " " + m.get(Kernel.LE32, at + 16));
        }
        return out;
    }

    @Test
    void theFirstVcpuBeginsInLongModeWithTheLowestFourGibibytesMapped() throws Exception {
        Board.BootPlan plan = board(spec(KernelTest.bzImage(5000)).withVcpus(3)).plan();
        MemorySegment m = MemorySegment.ofArray(loaded(plan));
        Written r = new Written();
        plan.begin(0, r);
        assertEquals(0x8000_0011L, r.read(X86Register.CR0));
        assertEquals(0x20, r.read(X86Register.CR4));
        assertEquals(0x500, r.read(X86Register.EFER));
        assertEquals(2, r.read(X86Register.RFLAGS), "interrupts are off");
        assertEquals(0x10, r.read(X86Register.selector(X86Register.CS)));
        assertEquals(0x18, r.read(X86Register.selector(X86Register.DS)));
        for (long va : new long[] {0, 0x7000, 0x0100_0200L, 0x3fff_ffffL, 0xc000_0000L, 0xffff_ffffL}) {
            assertEquals(va, translate(m, r.read(X86Register.CR3), va));
        }
        assertDescriptor(m, r, X86Register.CS);
        assertDescriptor(m, r, X86Register.DS);
        assertDescriptor(m, r, X86Register.TR);

        assertTrue(plan.starts(0) && plan.starts(2));
        Written other = new Written();
        plan.begin(2, other);
        assertEquals(Map.of(), other.values, "it waits for INIT and SIPI");
    }

    /** As the CPU walks tables (Intel SDM volume 3, 4.5), pages of 2 MiB. */
    private static long translate(MemorySegment m, long cr3, long va) {
        long table = cr3;
        for (int shift = 39; shift > 21; shift -= 9) {
            long entry = m.get(Kernel.LE64, table + 8 * (va >> shift & 511));
            assertEquals(3, entry & 0xfff);
            table = entry & ~0xfffL;
        }
        long entry = m.get(Kernel.LE64, table + 8 * (va >> 21 & 511));
        assertEquals(0x83, entry & 0xfff);
        return (entry & ~0x1f_ffffL) + (va & 0x1f_ffff);
    }

    /** The segment register is what a load of its selector would make of it. */
    private static void assertDescriptor(MemorySegment m, Written r, int segment) {
        long selector = r.read(X86Register.selector(segment));
        assertTrue(selector + 7 <= r.read(X86Register.GDT_LIMIT));
        long d = m.get(Kernel.LE64, r.read(X86Register.GDT_BASE) + selector);
        long base = d >>> 16 & 0xff_ffff | d >>> 32 & 0xff00_0000L;
        long limit = d & 0xffff | d >>> 32 & 0xf_0000;
        long access = d >>> 40 & 0xf0ff;
        assertEquals(r.read(X86Register.base(segment)), base);
        assertEquals(r.read(X86Register.limit(segment)), (access & 0x8000) != 0 ? limit << 12 | 0xfff : limit);
        assertEquals(r.read(X86Register.access(segment)), access);
    }

    @Test
    void aPvhKernelBeginsWithoutPagingAndIsToldTheSame() throws Exception {
        Path initrd = Files.write(dir.resolve("initrd"), new byte[4097]);
        Board.BootPlan plan = board(spec(KernelTest.elf("Xen", 18, 8, 16 * M + 8)).withInitrd(initrd)).plan();
        MemorySegment m = MemorySegment.ofArray(loaded(plan));
        Written r = new Written();
        plan.begin(0, r);
        assertEquals(0x11, r.read(X86Register.CR0));
        assertEquals(0, r.read(X86Register.EFER));
        assertEquals(16 * M + 8, r.read(X86Register.RIP));
        assertDescriptor(m, r, X86Register.CS);
        long info = r.read(X86Register.RBX);
        assertEquals(0x336e_c578, m.get(Kernel.LE32, info));
        assertEquals(1, m.get(Kernel.LE32, info + 4));
        assertEquals(1, m.get(Kernel.LE32, info + 12), "one module");
        long module = m.get(Kernel.LE64, info + 16);
        assertEquals(64 * M - 8192, m.get(Kernel.LE64, module));
        assertEquals(4097, m.get(Kernel.LE64, module + 8));
        assertEquals("console=ttyS0", m.getString(m.get(Kernel.LE64, info + 24), StandardCharsets.UTF_8));
        assertEquals("RSD PTR ", new String(m.asSlice(m.get(Kernel.LE64, info + 32), 8).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII));
        long map = m.get(Kernel.LE64, info + 40);
        assertEquals(3, m.get(Kernel.LE32, info + 48));
        assertEquals(63 * M, m.get(Kernel.LE64, map + 2 * 24 + 8));
    }

    /** As real mode would: a guest that jumps to the BIOS to be reset. Where it writes what, the board has a device. */
    @Test
    void theResetVectorWritesWhatTheResetPortTakes() throws Exception {
        Board board = board(spec(KernelTest.bzImage(5000)));
        byte[] ram = loaded(board.plan());
        int port = -1;
        int value = -1;
        for (int ip = 0xffff0; port < 0 || value < 0; ) {
            switch (ram[ip] & 0xff) {
                case 0xfa -> ip++;
                case 0xba -> {
                    port = MemorySegment.ofArray(ram).get(ValueLayout.JAVA_SHORT_UNALIGNED, ip + 1) & 0xffff;
                    ip += 3;
                }
                case 0xb0 -> {
                    value = ram[ip + 1];
                    ip += 2;
                }
                default -> throw new AssertionError("no instruction that is known at " + Integer.toHexString(ip));
            }
        }
        long gpa = PortSpace.gpa(port);
        DeviceSpec reset = board.devices().stream().filter(d -> d.gpa() == gpa).findFirst().orElseThrow();
        assertEquals("reset-port", reset.type());
        int mask = Integer.parseInt(reset.properties().get("mask"), 16);
        assertEquals(Integer.parseInt(reset.properties().get("value"), 16), value & mask);
    }

    @Test
    void devicesLieApartAndEachLineIsItsOwn() throws Exception {
        MachineSpec spec = spec(KernelTest.bzImage(5000));
        for (int i = 0; i < 12; i++) {
            spec = spec.withDisk(DiskSpec.raw(dir.resolve("disk" + i)));
        }
        for (MachineSpec each : List.of(spec.withNic(NicSpec.parse("user")), spec.withSetting("virtio", "pci").withNic(NicSpec.parse("user")))) {
            List<DeviceSpec> devices = board(each).devices();
            Set<Integer> lines = new HashSet<>();
            for (DeviceSpec d : devices) {
                assertTrue(d.irq() == 0 || lines.add(d.irq()) && d.irq() < 24, d::toString);
                for (DeviceSpec other : devices) {
                    assertTrue(other == d || d.sizeBytes() == 0 || d.gpa() + d.sizeBytes() <= other.gpa() || other.gpa() + other.sizeBytes() <= d.gpa() || other.sizeBytes() == 0,
                            () -> d + " and " + other);
                }
            }
        }
        assertEquals(PortSpace.gpa(0x3f8), board(spec).devices().stream().filter(d -> d.path().equals("uart0")).findFirst().orElseThrow().gpa());
    }

    @Test
    void whatTheBoardCannotHoldIsRefused() throws Exception {
        MachineSpec spec = spec(KernelTest.bzImage(5000));
        board(spec.withMemory(3072 * M));
        refused("at most 3072 MiB", spec.withMemory(3074 * M));
        refused("--bios", spec.withFirmware(spec.kernel()));
        refused("give the machine more RAM", spec.withMemory(16 * M));
        refused("keep at most 2046", new MachineSpec("vm", X86BoardFactory.TYPE, 64 * M, 1, null, spec.kernel(), null, "a".repeat(2047), List.of(), List.of(), Map.of())
                .withKernel(Files.write(dir.resolve("short"), shortCommandLine())));
        MachineSpec big = spec.withInitrd(Files.write(dir.resolve("initrd"), new byte[41 << 20]));
        refused("give the machine at least 66 MiB", big);
        board(big.withMemory(66 * M)).plan();
        refused("the file is empty", spec.withInitrd(Files.write(dir.resolve("none"), new byte[0])));
    }

    private static byte[] shortCommandLine() {
        byte[] file = KernelTest.bzImage(5000);
        MemorySegment.ofArray(file).set(Kernel.LE32, 0x238, 2046);
        return file;
    }

    @Test
    void aKernelThatChangedMeanwhileIsRefused() throws Exception {
        MachineSpec spec = spec(KernelTest.bzImage(5000));
        Board.BootPlan plan = board(spec).plan();
        loaded(plan);
        Files.write(spec.kernel(), KernelTest.elf("Xen", 18, 8, 16 * M));
        assertTrue(assertThrows(SpecException.class, () -> loaded(plan)).getMessage().contains("was changed"));
    }
}
