package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.memory.RamRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One machine's board. Virtio slot 0 carries the console, slot 1 the entropy source, the others the disks in order, those with bus "scsi" behind
 * one controller after them, then the network cards. With firmware the disks come
 * first: kernels for bare machines have no device tree to look at, and expect their disk in slot 0.
 * <p>Boot protocol (Linux, {@code Documentation/arch/riscv/boot.rst}): hart 0 starts in S mode with translation off, a0 = hart id,
 * a1 = address of the device tree. Firmware starts on all harts in M mode, with a2 = address of its {@code fw_dynamic_info} too, as after the reset
 * code of QEMU's virt machine (QEMU, {@code hw/riscv/boot.c}, {@code riscv_setup_rom_reset_vec}); there is no ROM with that code.
 */
final class VirtBoard implements Board {
    private static final int OTHER_SLOTS = 2;
    /** Targets that a virtio SCSI controller can name (virtio 1.2, 5.6.6.1). */
    private static final int SCSI_DISKS_MAX = 256;
    /** Setting: widest paging mode the harts show. The default is QEMU 7's. */
    static final String MMU_SETTING = "mmu";
    private static final String MMU_DEFAULT = "sv48";

    private final Kernel.Ram ram;
    private final int harts;
    private final VirtTree.Mmu mmu;
    private final Aia aia;
    private final VirtioBus virtio;
    private final String commandLine;
    /** Null: the platform is the firmware. */
    private final BootFile firmwareFile;
    /** Null: the firmware finds what it boots. */
    private final BootFile kernelFile;
    private final BootFile initrdFile;
    private final List<DeviceSpec> devices;
    private final BitSet virtioSlots = new BitSet();

    VirtBoard(MachineSpec spec) throws SpecException {
        if (spec.vcpus() > VirtMap.HARTS_MAX) {
            throw new SpecException("machine " + spec.name() + ": " + spec.vcpus() + " vCPUs, and board " + VirtBoardFactory.TYPE
                    + " holds at most " + VirtMap.HARTS_MAX + "; ask for fewer");
        }
        this.virtio = VirtioBus.of(spec);
        int room = virtio.slots - OTHER_SLOTS;
        int scsiDisks = disks(spec, DiskSpec.SCSI).size();
        int ownDisks = spec.disks().size() - scsiDisks;
        if (scsiDisks > SCSI_DISKS_MAX) {
            throw new SpecException("machine " + spec.name() + ": " + scsiDisks + " disks with bus=scsi, and the controller holds at most " + SCSI_DISKS_MAX
                    + "; ask for fewer");
        }
        if (ownDisks + (scsiDisks > 0 ? 1 : 0) + spec.nics().size() > room) {
            throw new SpecException("machine " + spec.name() + ": " + ownDisks + " disks" + (scsiDisks > 0 ? ", a SCSI controller" : "") + " and "
                    + spec.nics().size() + " network cards, and board " + VirtBoardFactory.TYPE + " has room for " + room + " of them; ask for fewer" + (virtio == VirtioBus.MMIO ? ", or set virtio=pci" : ""));
        }
        this.ram = new Kernel.Ram(VirtMap.RAM_GPA, spec.memoryBytes());
        this.harts = spec.vcpus();
        this.mmu = mmu(spec);
        this.aia = Aia.of(spec);
        this.commandLine = BootLayout.checkCommandLine(spec.commandLine());
        this.firmwareFile = spec.firmware() == null ? null : new BootFile("firmware", spec.firmware());
        this.kernelFile = spec.kernel() == null ? null : new BootFile("kernel", spec.kernel());
        this.initrdFile = spec.initrd() == null ? null : new BootFile("initrd", spec.initrd());
        this.devices = List.copyOf(layOut(spec));
    }

    private static List<DiskSpec> disks(MachineSpec spec, String bus) {
        return spec.disks().stream().filter(disk -> disk.bus().equals(bus)).toList();
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

    private List<DeviceSpec> layOut(MachineSpec spec) throws SpecException {
        List<DeviceSpec> out = new ArrayList<>();
        Map<String, String> modes = firmwareFile == null ? Map.of() : Map.of("machine-mode", "true");
        out.addAll(aia.controllers(harts, firmwareFile != null));
        out.add(new DeviceSpec("aclint0", "riscv-aclint", VirtMap.CLINT_GPA, VirtMap.CLINT_LEN_BYTES, 0, modes));
        out.add(new DeviceSpec("power0", "sifive-test", VirtMap.TEST_GPA, VirtMap.TEST_LEN_BYTES, 0, Map.of()));
        out.add(new DeviceSpec("rtc0", "goldfish-rtc", VirtMap.RTC_GPA, VirtMap.RTC_LEN_BYTES, VirtMap.RTC_SOURCE, Map.of()));
        out.add(new DeviceSpec("uart0", "uart16550", VirtMap.UART_GPA, VirtMap.UART_LEN_BYTES, VirtMap.UART_SOURCE, Map.of()));
        out.addAll(virtio.controllers());
        List<VirtioFunction> functions = functions(spec);
        boolean packed = VirtioBus.packed(spec);
        for (int slot = 0; slot < functions.size(); slot++) {
            virtioSlots.set(slot);
            VirtioFunction function = functions.get(slot);
            out.add(virtio.device(slot, packed ? function.with(VirtioBus.PACKED_PROPERTY, "on") : function));
        }
        return out;
    }

    /** The virtio devices, in the order in which they are placed. */
    private List<VirtioFunction> functions(MachineSpec spec) {
        List<VirtioFunction> out = new ArrayList<>();
        out.add(VirtioFunction.of("virtio-console"));
        out.add(VirtioFunction.of("virtio-rng"));
        List<VirtioFunction> disks = new ArrayList<>(disks(spec, DiskSpec.VIRTIO).stream().map(VirtioFunction::disk).toList());
        List<DiskSpec> scsi = disks(spec, DiskSpec.SCSI);
        if (!scsi.isEmpty()) {
            disks.add(VirtioFunction.scsi(scsi));
        }
        out.addAll(firmwareFile == null ? out.size() : 0, disks);
        for (int i = 0; i < spec.nics().size(); i++) {
            out.add(VirtioFunction.card(spec.nics().get(i), CardAddress.of(spec.name(), i)));
        }
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
        long initrdLenBytes = initrdFile.lenBytes();
        if (initrdLenBytes == 0) {
            throw new SpecException("initrd " + initrdFile.path() + ": the file is empty; name another, or none");
        }
        return BootLayout.of(images, initrdFile.path().toString(), initrdLenBytes, ram);
    }

    private Images images(Arena arena) throws SpecException {
        if (firmwareFile == null) {
            return Images.ofKernel(Kernel.parse(kernelFile.toString(), read(kernelFile, arena), ram, arena));
        }
        Kernel firmware = Kernel.parseBinary(firmwareFile.toString(), read(firmwareFile, arena), ram, ram.gpa(), arena);
        return Images.ofFirmware(firmware, kernelFile == null ? null
                : Kernel.parseBinary(kernelFile.toString(), read(kernelFile, arena), ram, Images.nextGpa(firmware), arena), ram);
    }

    private MemorySegment read(BootFile file, Arena arena) throws SpecException {
        return file.read(arena, Math.min(ram.lenBytes(), Kernel.UNPACKED_MAX_BYTES));
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
                    for (Kernel.Segment segment : image.segments()) {
                        MemorySegment.copy(image.content(), segment.offsetBytes(), into, segment.gpa() - ram.gpa(), segment.fileLenBytes());
                    }
                }
                if (firmware) {
                    MemorySegment.copy(images.info(), 0, into, Kernel.LE64, infoGpa - ram.gpa(), images.info().length);
                }
                if (layout.initrdLenBytes() > 0) {
                    initrdFile.readInto(into.asSlice(layout.initrdGpa() - ram.gpa(), layout.initrdLenBytes()));
                }
                byte[] seed = new byte[VirtTree.RNG_SEED_LEN_BYTES];
                entropy.fill(seed);
                byte[] fdt = new VirtTree(ram.lenBytes(), harts, firmware, VirtTree.defaultIsa(aia, firmware), aia, mmu, commandLine, layout.initrdGpa(),
                        layout.initrdLenBytes(), seed, virtio, virtioSlots).toBytes();
                MemorySegment.copy(fdt, 0, into, ValueLayout.JAVA_BYTE, fdtGpa - ram.gpa(), fdt.length);
            }
        }

        @Override
        public boolean firmware() {
            return firmware;
        }

        @Override
        public long entry() {
            return entryGpa;
        }

        @Override
        public long opaque() {
            return fdtGpa;
        }

        @Override
        public long next() {
            return infoGpa;
        }
    }
}
