package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.machine.MachineSpec;
import hv.api.memory.RamRegion;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Registers;
import hv.board.BootFile;
import hv.board.CommandLine;
import hv.board.Gzip;
import hv.board.Kernel;
import hv.board.VirtioDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One machine's board. Virtio devices are placed as {@link VirtioDevices} says; with firmware the disks come first.
 * <p>Boot protocol (Linux, {@code Documentation/arch/riscv/boot.rst}): hart 0 starts in S mode with translation off, a0 = hart id,
 * a1 = address of the device tree. Firmware starts on all harts in M mode, with a2 = address of its {@code fw_dynamic_info} too, as after the reset
 * code of QEMU's virt machine (QEMU, {@code hw/riscv/boot.c}, {@code riscv_setup_rom_reset_vec}); there is no ROM with that code.
 */
final class VirtBoard implements Board {
    /** Setting: widest paging mode the harts show. The default is QEMU 7's. */
    static final String MMU_SETTING = "mmu";
    private static final String MMU_DEFAULT = "sv48";
    private static final int SUPERVISOR = 1;
    private static final int SCOUNTEREN = 0x106;
    private static final int CYCLE_TIME_INSTRET = 7;

    private final Kernel.Ram ram;
    private final int harts;
    private final VirtTree.Mmu mmu;
    private final Aia aia;
    private final VirtioDevices virtio;
    private final String commandLine;
    /** Null: the platform is the firmware. */
    private final BootFile firmwareFile;
    /** Null: the firmware finds what it boots. */
    private final BootFile kernelFile;
    private final BootFile initrdFile;
    private final List<DeviceSpec> devices;

    VirtBoard(MachineSpec spec) throws SpecException {
        if (spec.vcpus() > VirtMap.HARTS_MAX) {
            throw new SpecException("machine " + spec.name() + ": " + spec.vcpus() + " vCPUs, and board " + VirtBoardFactory.TYPE
                    + " holds at most " + VirtMap.HARTS_MAX + "; ask for fewer");
        }
        this.ram = new Kernel.Ram(VirtMap.RAM_GPA, spec.memoryBytes());
        this.harts = spec.vcpus();
        this.mmu = mmu(spec);
        this.aia = Aia.of(spec);
        this.commandLine = CommandLine.check(spec.commandLine(), BootLayout.COMMAND_LINE_MAX_BYTES, "RISC-V");
        this.firmwareFile = spec.firmware() == null ? null : new BootFile("firmware", spec.firmware());
        this.kernelFile = spec.kernel() == null ? null : new BootFile("kernel", spec.kernel());
        this.initrdFile = spec.initrd() == null ? null : new BootFile("initrd", spec.initrd());
        this.virtio = VirtioDevices.of(spec, VirtMap.VIRTIO_PLACES, firmwareFile != null);
        this.devices = List.copyOf(layOut());
    }

    private static VirtTree.Mmu mmu(MachineSpec spec) throws SpecException {
        String name = spec.setting(MMU_SETTING, MMU_DEFAULT);
        for (VirtTree.Mmu mmu : VirtTree.Mmu.values()) {
            if (mmu.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mmu;
            }
        }
        throw new SpecException("machine " + spec.name() + ": setting " + MMU_SETTING + " = \"" + name + "\"; use sv39, sv48 or sv57");
    }

    private List<DeviceSpec> layOut() {
        List<DeviceSpec> out = new ArrayList<>();
        Map<String, String> modes = firmwareFile == null ? Map.of() : Map.of("machine-mode", "true");
        out.addAll(aia.controllers(harts, firmwareFile != null));
        out.add(new DeviceSpec("aclint0", "riscv-aclint", VirtMap.CLINT_GPA, VirtMap.CLINT_LEN_BYTES, 0, modes));
        out.add(new DeviceSpec("power0", "sifive-test", VirtMap.TEST_GPA, VirtMap.TEST_LEN_BYTES, 0, Map.of()));
        out.add(new DeviceSpec("rtc0", "goldfish-rtc", VirtMap.RTC_GPA, VirtMap.RTC_LEN_BYTES, VirtMap.RTC_SOURCE, Map.of()));
        out.add(new DeviceSpec("uart0", "uart16550", VirtMap.UART_GPA, VirtMap.UART_LEN_BYTES, VirtMap.UART_SOURCE, Map.of()));
        out.addAll(virtio.specs());
        return out;
    }

    @Override
    public List<RamRegion> ram() {
        return List.of(new RamRegion(ram.gpa(), ram.lenBytes()));
    }

    @Override
    public List<DeviceSpec> devices() {
        return devices;
    }

    @Override
    public long timebaseHz() {
        return VirtMap.TIMEBASE_HZ;
    }

    @Override
    public BootPlan plan() throws SpecException {
        try (Arena arena = Arena.ofConfined()) {
            return new Plan(layout(arena));
        }
    }

    /** Reads the images into the arena, and places everything. */
    private BootLayout layout(Arena arena) throws SpecException {
        Images images = images(arena);
        if (initrdFile == null) {
            return BootLayout.of(images, "", 0, ram);
        }
        return BootLayout.of(images, initrdFile.path().toString(), initrdFile.lenBytes(), ram);
    }

    private Images images(Arena arena) throws SpecException {
        if (firmwareFile == null) {
            return Images.ofKernel(KernelReader.parse(kernelFile.toString(), read(kernelFile, arena), ram, arena));
        }
        Kernel firmware = KernelReader.parseBinary(firmwareFile.toString(), read(firmwareFile, arena), ram, ram.gpa(), arena);
        return Images.ofFirmware(firmware, kernelFile == null ? null
                : KernelReader.parseBinary(kernelFile.toString(), read(kernelFile, arena), ram, Images.nextGpa(firmware), arena), ram);
    }

    private MemorySegment read(BootFile file, Arena arena) throws SpecException {
        return file.read(arena, Math.min(ram.lenBytes(), Gzip.UNPACKED_MAX_BYTES));
    }

    /**
     * RISC-V SBI 2.0, 9.1: supervisor mode, satp 0, interrupts off, a0 = hart id, a1 = opaque. Counters are readable in user mode, as firmware
     * (OpenSBI) leaves them: Linux relies on it for its vDSO.
     */
    @Override
    public void startAt(int vcpu, long entry, long opaque, Registers registers) {
        registers.write(RiscvRegister.MODE, SUPERVISOR);
        registers.write(RiscvRegister.csr(SCOUNTEREN), CYCLE_TIME_INSTRET);
        registers.write(RiscvRegister.PC, entry);
        registers.write(RiscvRegister.A0, vcpu);
        registers.write(RiscvRegister.A1, opaque);
    }

    private final class Plan implements BootPlan {
        private final boolean firmware;
        private final long entryGpa;
        private final long infoGpa;
        private final long fdtGpa;

        Plan(BootLayout layout) {
            firmware = layout.images().firmware();
            entryGpa = layout.images().entryGpa();
            infoGpa = layout.images().infoGpa();
            fdtGpa = layout.fdtGpa();
        }

        /** Reads the files again: they are not kept. What they hold by now is checked as at first, and must start at the same place. */
        @Override
        public void load(MemorySegment into, Entropy entropy) throws SpecException {
            if (into.byteSize() != ram.lenBytes()) {
                throw new IllegalStateException("RAM of " + into.byteSize() + " bytes, planned were " + ram.lenBytes());
            }
            try (Arena arena = Arena.ofConfined()) {
                BootLayout layout = layout(arena);
                Images images = layout.images();
                if (images.entryGpa() != entryGpa || images.infoGpa() != infoGpa || layout.fdtGpa() != fdtGpa) {
                    throw (firmwareFile == null ? kernelFile : firmwareFile).changed();
                }
                for (Kernel image : images.all()) {
                    image.load(into, ram.gpa());
                }
                if (firmware) {
                    MemorySegment.copy(images.info(), 0, into, Kernel.LE64, infoGpa - ram.gpa(), images.info().length);
                }
                if (layout.initrdLenBytes() > 0) {
                    initrdFile.readInto(into.asSlice(layout.initrdGpa() - ram.gpa(), layout.initrdLenBytes()));
                }
                byte[] seed = new byte[VirtTree.RNG_SEED_LEN_BYTES];
                entropy.fill(seed);
                BitSet slots = new BitSet();
                slots.set(0, virtio.count());
                byte[] fdt = new VirtTree(ram.lenBytes(), harts, firmware, VirtTree.defaultIsa(aia, firmware), aia, mmu, commandLine, layout.initrdGpa(),
                        layout.initrdLenBytes(), seed, virtio.bus(), slots).toBytes();
                MemorySegment.copy(fdt, 0, into, ValueLayout.JAVA_BYTE, fdtGpa - ram.gpa(), fdt.length);
            }
        }

        /** Firmware starts on every hart; a kernel on hart 0, which starts the others. */
        @Override
        public boolean starts(int vcpu) {
            return firmware || vcpu == 0;
        }

        /** A kernel as its firmware would start it; firmware in the reset state, as reset code leaves it. */
        @Override
        public void begin(int vcpu, Registers registers) {
            if (!firmware) {
                startAt(vcpu, entryGpa, fdtGpa, registers);
                return;
            }
            registers.write(RiscvRegister.PC, entryGpa);
            registers.write(RiscvRegister.A0, vcpu);
            registers.write(RiscvRegister.A1, fdtGpa);
            registers.write(RiscvRegister.A2, infoGpa);
        }
    }
}
