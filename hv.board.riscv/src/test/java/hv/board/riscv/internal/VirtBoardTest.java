package hv.board.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.device.BackendSpec;
import hv.api.device.DeviceSpec;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.part.PartKind;
import hv.api.pci.spi.PciFunction;
import hv.api.part.PartFactory;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Registers;
import hv.board.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VirtBoardTest {
    private static final long M = 1L << 20;

    @TempDir
    private Path dir;

    private MachineSpec spec(byte[] kernel) throws IOException {
        return MachineSpec.named("vm", Files.write(dir.resolve("Image"), kernel)).withMemory(16 * M);
    }

    private static Board board(MachineSpec spec) throws SpecException {
        return new VirtBoardFactory().create(spec);
    }

    private static void refused(String says, MachineSpec spec) {
        String message = assertThrows(SpecException.class, () -> board(spec).plan()).getMessage();
        assertTrue(message.contains(says), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void theBoardIsFoundWithoutAFramework() {
        assertTrue(ServiceLoader.load(PartFactory.class).stream().anyMatch(p -> p.type() == VirtBoardFactory.class));
    }

    @Test
    void kernelInitrdAndTreeLieWhereThePlanSays() throws SpecException, IOException {
        byte[] image = KernelTest.flat(2 * M, 3 * M, 0, 5000);
        image[4999] = 77;
        byte[] initrd = new byte[3_000_001];
        new Random(5).nextBytes(initrd);
        MachineSpec spec = spec(image).withInitrd(Files.write(dir.resolve("initrd"), initrd)).withCommandLine("console=hvc0").withVcpus(8);
        Board.BootPlan plan = board(spec).plan();
        Map<Integer, Long> begun = begun(plan, 0);
        assertEquals(0x8020_0000L, begun.get(RiscvRegister.PC));
        assertEquals(1, begun.get(RiscvRegister.MODE), "supervisor mode");
        assertTrue(plan.starts(0) && !plan.starts(1), "hart 0 starts the others");

        byte[] ram = new byte[16 << 20];
        plan.load(MemorySegment.ofArray(ram), seed -> Arrays.fill(seed, (byte) 9));
        assertArrayEquals(image, Arrays.copyOfRange(ram, 2 << 20, (2 << 20) + 5000));
        int at = (int) (begun.get(RiscvRegister.A1) - VirtMap.RAM_GPA);
        int fdtLen = MemorySegment.ofArray(ram).get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN), at + 4L);
        Map<String, String> fdt = FdtReader.read(Arrays.copyOfRange(ram, at, at + fdtLen));
        assertEquals(FdtReader.hex("console=hvc0"), fdt.get("/chosen/bootargs"));
        assertEquals("09".repeat(64), fdt.get("/chosen/rng-seed"));
        assertEquals(FdtReader.hex("riscv,sv48"), fdt.get("/cpus/cpu@7/mmu-type"));
        assertTrue(fdt.containsKey("/soc/virtio_mmio@10002000/") && !fdt.containsKey("/soc/virtio_mmio@10003000/"));
        int start = (int) (Long.parseLong(fdt.get("/chosen/linux,initrd-start"), 16) - VirtMap.RAM_GPA);
        int end = (int) (Long.parseLong(fdt.get("/chosen/linux,initrd-end"), 16) - VirtMap.RAM_GPA);
        assertArrayEquals(initrd, Arrays.copyOfRange(ram, start, end));
    }

    /** The registers that a vCPU begins with, those that are not the reset state's. */
    private static Map<Integer, Long> begun(Board.BootPlan plan, int vcpu) {
        Map<Integer, Long> written = new HashMap<>();
        plan.begin(vcpu, new Registers() {
            @Override
            public long read(int register) {
                return written.getOrDefault(register, 0L);
            }

            @Override
            public void write(int register, long value) {
                written.put(register, value);
            }
        });
        return written;
    }

    @Test
    void aPlanCanBeExecutedAgainWithFreshEntropy() throws SpecException, IOException {
        Board.BootPlan plan = board(spec(KernelTest.flat(2 * M, 0, 0, 100))).plan();
        byte[] first = new byte[16 << 20];
        byte[] second = new byte[16 << 20];
        Random random = new Random(1);
        plan.load(MemorySegment.ofArray(first), random::nextBytes);
        plan.load(MemorySegment.ofArray(second), random::nextBytes);
        int differing = 0;
        for (int i = 0; i < first.length; i++) {
            differing += first[i] != second[i] ? 1 : 0;
        }
        assertTrue(differing > 0 && differing <= VirtTree.RNG_SEED_LEN_BYTES, differing + " bytes differ");
    }

    @Test
    void filesChangedBehindThePlanAreNoticed() throws SpecException, IOException {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100));
        Board.BootPlan plan = board(spec).plan();
        Files.write(spec.kernel(), KernelTest.flat(4 * M, 0, 0, 100));
        MemorySegment ram = MemorySegment.ofArray(new byte[16 << 20]);
        assertTrue(assertThrows(SpecException.class, () -> plan.load(ram, seed -> { })).getMessage().contains("was changed"));
        Files.delete(spec.kernel());
        assertTrue(assertThrows(SpecException.class, () -> plan.load(ram, seed -> { })).getMessage().contains("no such file"));
    }

    @Test
    void firmwareStartsWithItsKernelBehindIt() throws SpecException, IOException {
        byte[] kernel = new byte[3000];
        kernel[2999] = 5;
        MachineSpec spec = spec(kernel).withFirmware(Files.write(dir.resolve("fw"), new byte[] {1, 2, 3})).withDisk(DiskSpec.raw(dir.resolve("disk")));
        Board board = board(spec);
        Board.BootPlan plan = board.plan();
        assertTrue(plan.starts(0) && plan.starts(3));
        Map<Integer, Long> begun = begun(plan, 3);
        assertEquals(0x8000_0000L, begun.get(RiscvRegister.PC));
        assertEquals(3, begun.get(RiscvRegister.A0));
        assertFalse(begun.containsKey(RiscvRegister.MODE), "the reset state's");
        byte[] ram = new byte[16 << 20];
        plan.load(MemorySegment.ofArray(ram), seed -> { });
        assertEquals(2, ram[1]);
        assertEquals(5, ram[(2 << 20) + 2999]);
        MemorySegment info = MemorySegment.ofArray(ram).asSlice(begun.get(RiscvRegister.A2) - VirtMap.RAM_GPA);
        long[] expected = {0x4942534f, 2, 0x8020_0000L, 1, 0, 0};
        for (int k = 0; k < expected.length; k++) {
            assertEquals(expected[k], info.get(Kernel.LE64, 8L * k), "fw_dynamic_info " + k);
        }
        for (String path : List.of("plic0", "aclint0")) {
            assertEquals("true", board.devices().stream().filter(d -> d.path().equals(path)).findFirst().orElseThrow().property("machine-mode", ""));
        }
        assertEquals("virtio-blk", board.devices().stream().filter(d -> d.gpa() == 0x1000_1000L).findFirst().orElseThrow().property("model", ""),
                "the first disk is where kernels for bare machines look for it");
        Board.BootPlan alone = board(MachineSpec.ofFirmware("vm", dir.resolve("fw")).withMemory(16 * M)).plan();
        assertEquals(begun.get(RiscvRegister.PC), begun(alone, 0).get(RiscvRegister.PC));
        alone.load(MemorySegment.ofArray(ram), seed -> { });
        assertEquals(0, info.get(Kernel.LE64, 16), "nothing to start next");
        assertFalse(board(spec(KernelTest.flat(2 * M, 0, 0, 100))).plan().starts(1));
    }

    @Test
    void devicesLieApartAndControllersComeFirst() throws SpecException, IOException {
        MachineSpec spec = spec(new byte[0]);
        for (int i = 0; i < VirtMap.VIRTIO_SLOTS - 2; i++) {
            spec = spec.withDisk(new DiskSpec(dir.resolve("disk" + i), "raw", i == 1, DiskSpec.VIRTIO));
        }
        Board board = board(spec);
        assertEquals("riscv-plic", board.devices().getFirst().type());
        Set<String> paths = new HashSet<>();
        Set<Integer> irqs = new HashSet<>();
        for (DeviceSpec device : board.devices()) {
            assertTrue(paths.add(device.path()), device.path());
            assertTrue(device.irq() == 0 || irqs.add(device.irq()), "source " + device.irq() + " twice");
            for (DeviceSpec other : board.devices()) {
                assertTrue(other == device || other.gpa() + other.sizeBytes() <= device.gpa() || device.gpa() + device.sizeBytes() <= other.gpa());
            }
            assertTrue(device.gpa() + device.sizeBytes() <= VirtMap.RAM_GPA);
        }
        DeviceSpec second = board.devices().stream().filter(d -> d.path().equals("virtio3")).findFirst().orElseThrow();
        assertEquals(Map.of("model", "virtio-blk"), second.properties());
        assertEquals(List.of(new BackendSpec("virtio3/backend", PartKind.BLOCK_BACKEND, "raw", Map.of("path", dir.resolve("disk1").toString(), "read-only", "true"))),
                second.backends());
        assertNotEquals(0, second.irq());
        refused("7 disks", spec.withDisk(DiskSpec.raw(dir.resolve("one-more"))));
    }

    @Test
    void onPciMoreDevicesHaveRoomAndEachItsPlaceAndSource() throws SpecException, IOException {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100)).withSetting("virtio", "pci");
        for (int i = 0; i < VirtMap.PCI_DEVICES - 3; i++) {
            spec = spec.withDisk(DiskSpec.raw(dir.resolve("disk" + i)));
        }
        List<DeviceSpec> functions = new VirtBoardFactory().create(spec).devices().stream().filter(d -> d.type().equals("virtio-pci")).toList();
        assertEquals(VirtMap.PCI_DEVICES - 1, functions.size());
        for (int i = 0; i < functions.size(); i++) {
            DeviceSpec f = functions.get(i);
            assertEquals("virtio" + i, f.path());
            assertEquals(Integer.toString(i + 1), f.property(PciFunction.PLACE, ""));
            assertEquals(33 + i, f.irq());
            assertEquals(0, f.sizeBytes(), "the guest places it");
        }
        refused("has room for 29", spec.withDisk(DiskSpec.raw(dir.resolve("one-more"))));
        refused("use mmio or pci", spec.withSetting("virtio", "usb"));
    }

    @Test
    void packedRingsAreOfferedByEveryVirtioDeviceIfAskedFor() throws SpecException, IOException {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100));
        for (String bus : List.of("mmio", "pci")) {
            for (String value : List.of("on", "off")) {
                List<DeviceSpec> devices = new VirtBoardFactory().create(spec.withSetting("virtio", bus).withSetting("virtio.packed", value)).devices();
                List<DeviceSpec> functions = devices.stream().filter(d -> d.type().equals("virtio-" + bus)).toList();
                assertEquals(2, functions.size());
                functions.forEach(f -> assertEquals(value, f.property("packed", "off")));
            }
        }
        refused("use on or off", spec.withSetting("virtio.packed", "yes"));
    }

    @Test
    void scsiDisksShareOneControllerBehindTheOthers() throws Exception {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100));
        for (String disk : List.of("a,bus=scsi", "b", "c,bus=scsi,ro")) {
            spec = spec.withDisk(DiskSpec.parse(dir, disk));
        }
        List<DeviceSpec> devices = new VirtBoardFactory().create(spec.withNic(NicSpec.parse("user"))).devices();
        assertEquals(List.of("virtio-console", "virtio-rng", "virtio-blk", "virtio-scsi", "virtio-net"),
                devices.stream().map(d -> d.property("model", "")).filter(m -> !m.isEmpty()).toList());
        DeviceSpec controller = devices.stream().filter(d -> d.path().equals("virtio3")).findFirst().orElseThrow();
        assertEquals(List.of(new BackendSpec("virtio3/disk0", PartKind.BLOCK_BACKEND, "raw", Map.of("path", dir.resolve("a").toString(), "read-only", "false")),
                new BackendSpec("virtio3/disk1", PartKind.BLOCK_BACKEND, "raw", Map.of("path", dir.resolve("c").toString(), "read-only", "true"))), controller.backends());
        for (int i = 0; i < 20; i++) {
            spec = spec.withDisk(DiskSpec.parse(dir, "more" + i + ",bus=scsi"));
        }
        board(spec);
        for (int i = 0; i < 5; i++) {
            spec = spec.withNic(NicSpec.parse("user"));
        }
        refused("1 disks, a SCSI controller and 5 network cards", spec);
    }

    @Test
    void networkCardsComeBehindTheDisks() throws Exception {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100)).withDisk(DiskSpec.raw(dir.resolve("disk0")))
                .withNic(NicSpec.parse("user,hostfwd=2222:22,pcap=/tmp/p")).withNic(NicSpec.parse("stream,path=/s,mac=02:00:00:00:00:07"));
        List<DeviceSpec> cards = new VirtBoardFactory().create(spec).devices().stream().filter(d -> d.property("model", "").equals("virtio-net")).toList();
        assertEquals(2, cards.size());
        DeviceSpec first = cards.getFirst();
        assertEquals(List.of(new BackendSpec(first.path() + "/backend", PartKind.NET_BACKEND, "user", Map.of("hostfwd", "2222:22"))), first.backends(),
                "captures are the host's, whatever the backend");
        assertEquals("02:00:00:00:00:07", cards.get(1).property("mac", ""));
        String derived = first.property("mac", "");
        assertTrue(derived.matches("52:54:00(:[0-9a-f]{2}){3}"), derived);
        List<DeviceSpec> withFirmware = new VirtBoardFactory().create(spec.withFirmware(Files.write(dir.resolve("fw"), new byte[64]))).devices();
        assertEquals(withFirmware.size(), withFirmware.stream().map(DeviceSpec::gpa).distinct().count(), "each in a slot of its own");
        MachineSpec full = spec;
        for (int i = 0; i < 4; i++) {
            full = full.withNic(NicSpec.parse("user"));
        }
        refused("1 disks and 6 network cards", full);
    }

    @Test
    void settingAiaChoosesTheInterruptControllers() throws SpecException, IOException {
        MachineSpec plain = spec(new byte[0]).withVcpus(4);
        MachineSpec firmware = plain.withFirmware(Files.write(dir.resolve("fw"), new byte[] {1, 2, 3}));
        assertEquals(List.of("plic0"), controllers(plain.withSetting("aia", "none")));
        assertEquals(List.of("aplic0"), controllers(plain.withSetting("aia", "aplic")));
        assertEquals(List.of("imsic-s", "aplic0"), controllers(plain.withSetting("aia", "aplic-imsic")), "what is sent to comes first");
        assertEquals(List.of("imsic-m", "imsic-s", "aplic0"), controllers(firmware.withSetting("aia", "aplic-imsic")));
        List<DeviceSpec> devices = board(firmware.withSetting("aia", "aplic-imsic")).devices();
        assertEquals(0x2400_0000L, devices.get(0).gpa());
        assertEquals(0x2800_0000L, devices.get(1).gpa());
        assertEquals(0x4000, devices.get(1).sizeBytes());
        assertEquals(0xc00_0000L, devices.get(2).gpa());
        assertEquals(0x100_8000L, devices.get(2).sizeBytes(), "both domains");
        assertEquals(Map.of("machine-mode", "true", "imsic-m", "24000000", "imsic-s", "28000000"), devices.get(2).properties());
        assertEquals(0xd00_0000L, board(plain.withSetting("aia", "aplic")).devices().getFirst().gpa());
    }

    private static List<String> controllers(MachineSpec spec) throws SpecException {
        return board(spec).devices().stream().map(DeviceSpec::path).takeWhile(p -> !p.equals("aclint0")).toList();
    }

    @Test
    void badSpecificationsGetOneClearLine() throws IOException {
        MachineSpec spec = spec(KernelTest.flat(2 * M, 0, 0, 100));
        refused("9 vCPUs", spec.withVcpus(9));
        refused("firmware " + dir.resolve("fw") + ": no such file", spec.withFirmware(dir.resolve("fw")));
        refused("firmware " + dir.resolve("void") + ": the file is empty", spec.withFirmware(Files.createFile(dir.resolve("void"))));
        refused("outside RAM", spec.withFirmware(Files.write(dir.resolve("large"), new byte[15 << 20])));
        refused("use none, aplic or aplic-imsic", spec.withSetting("aia", "imsic"));
        refused("use sv39, sv48 or sv57", spec.withSetting("mmu", "sv32"));
        refused("at most 1023", spec.withCommandLine("x".repeat(1500)));
        refused("control character", spec.withCommandLine("a\nb"));
        refused("initrd " + dir.resolve("none") + ": no such file", spec.withInitrd(dir.resolve("none")));
        refused("is a directory", spec.withInitrd(dir));
        refused("is a device or pipe", spec.withInitrd(Path.of("/dev/zero")));
        refused("is empty", spec.withInitrd(Files.createFile(dir.resolve("empty"))));
        refused("more than RAM", spec.withInitrd(Files.write(dir.resolve("big"), new byte[17 << 20])));
        refused("no such file", MachineSpec.named("vm", dir.resolve("gone")));
        refused("more than the 16777216 that can fit", MachineSpec.named("vm", dir.resolve("big")).withMemory(16 * M));
    }
}
