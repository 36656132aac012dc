package hv.board.x86.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.bus.PortSpace;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.machine.MachineSpec;
import hv.api.memory.RamRegion;
import hv.api.vcpu.Registers;
import hv.board.BootFile;
import hv.board.CommandLine;
import hv.board.Gzip;
import hv.board.Kernel;
import hv.board.VirtioBus;
import hv.board.VirtioDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One machine's board: the board is the firmware, and starts the kernel as that would. Devices that are no virtio devices are at a PC's ports; there is neither
 * VGA, keyboard, PIT nor legacy PCI configuration. Interrupt controllers are the engine's.
 */
final class X86Board implements Board {
    /** The counter of x86 is the engine's, and says its own frequency: this is that of the machine's clock. */
    private static final long NANOSECONDS_HZ = 1_000_000_000L;

    private final Kernel.Ram ram;
    private final int vcpus;
    private final String commandLine;
    private final BootFile kernelFile;
    /** Null: none. */
    private final BootFile initrdFile;
    private final VirtioDevices virtio;
    private final List<DeviceSpec> devices;

    X86Board(MachineSpec spec) throws SpecException {
        String machine = "machine " + spec.name() + ": ";
        if (spec.firmware() != null) {
            throw new SpecException(machine + "board " + X86BoardFactory.TYPE + " is its own firmware; leave --bios out, and name a kernel");
        }
        if (spec.vcpus() > X86Map.VCPUS_MAX) {
            throw new SpecException(machine + spec.vcpus() + " vCPUs, and board " + X86BoardFactory.TYPE + " holds at most " + X86Map.VCPUS_MAX + "; ask for fewer");
        }
        if (spec.memoryBytes() > X86Map.RAM_END_MAX_GPA) {
            throw new SpecException(machine + (spec.memoryBytes() >> 20) + " MiB of RAM, and board " + X86BoardFactory.TYPE + " holds at most "
                    + (X86Map.RAM_END_MAX_GPA >> 20) + " MiB, all below its devices; ask for less");
        }
        ram = new Kernel.Ram(0, spec.memoryBytes());
        vcpus = spec.vcpus();
        commandLine = spec.commandLine();
        kernelFile = new BootFile("kernel", spec.kernel());
        initrdFile = spec.initrd() == null ? null : new BootFile("initrd", spec.initrd());
        virtio = VirtioDevices.of(spec, X86Map.VIRTIO_PLACES, false);
        devices = List.copyOf(layOut());
    }

    private List<DeviceSpec> layOut() {
        List<DeviceSpec> out = new ArrayList<>();
        out.add(port("sleep0", "acpi-sleep", X86Map.SLEEP_CONTROL_PORT, X86Map.SLEEP_PORTS, 0, Map.of()));
        out.add(port("reset0", "reset-port", X86Map.RESET_CONTROL_PORT, 1, 0, Map.of("mask", "4", "value", "4")));
        out.add(port("reset1", "reset-port", X86Map.KEYBOARD_COMMAND_PORT, 1, 0, Map.of("mask", "ff", "value", "fe")));
        out.add(port("rtc0", "cmos-rtc", X86Map.RTC_PORT, X86Map.RTC_PORTS, 0, Map.of()));
        out.add(port("uart0", "uart16550", X86Map.UART_PORT, X86Map.UART_PORTS, X86Map.UART_GSI, Map.of()));
        out.addAll(virtio.specs());
        return out;
    }

    private static DeviceSpec port(String path, String type, int port, int ports, int gsi, Map<String, String> properties) {
        return new DeviceSpec(path, type, PortSpace.gpa(port), ports, gsi, properties);
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
        return NANOSECONDS_HZ;
    }

    @Override
    public void startAt(int vcpu, long entry, long opaque, Registers registers) {
        throw new UnsupportedOperationException("vCPUs of x86 start each other by INIT and SIPI, inside the engine");
    }

    @Override
    public BootPlan plan() throws SpecException {
        try (Arena arena = Arena.ofConfined()) {
            LinuxKernel image = layout(arena).image();
            return new Plan(image.entry(), image.kernel().entryGpa());
        }
    }

    /** Reads the kernel into the arena, and places everything. */
    private BootLayout layout(Arena arena) throws SpecException {
        Kernel.Ram high = new Kernel.Ram(X86Map.HIGH_RAM_GPA, ram.lenBytes() - X86Map.HIGH_RAM_GPA);
        MemorySegment file = kernelFile.read(arena, Math.min(ram.lenBytes(), Gzip.UNPACKED_MAX_BYTES));
        LinuxKernel image = KernelReader.parse(kernelFile.toString(), file, high, arena);
        CommandLine.check(commandLine, image.commandLineMaxBytes() + 1, "x86");
        if (initrdFile == null) {
            return BootLayout.of(image, "", 0, ram);
        }
        return BootLayout.of(image, initrdFile.path().toString(), initrdFile.lenBytes(), ram);
    }

    private final class Plan implements BootPlan {
        private final LinuxKernel.Entry entry;
        private final long entryGpa;

        Plan(LinuxKernel.Entry entry, long entryGpa) {
            this.entry = entry;
            this.entryGpa = entryGpa;
        }

        /** Reads the files again: they are not kept. What they hold by now is checked as at first, and must start at the same place. */
        @Override
        public void load(MemorySegment into, Entropy entropy) throws SpecException {
            if (into.byteSize() != ram.lenBytes()) {
                throw new IllegalStateException("RAM of " + into.byteSize() + " bytes, planned were " + ram.lenBytes());
            }
            try (Arena arena = Arena.ofConfined()) {
                BootLayout layout = layout(arena);
                LinuxKernel image = layout.image();
                if (image.entry() != entry || image.kernel().entryGpa() != entryGpa) {
                    throw kernelFile.changed();
                }
                image.kernel().load(into, ram.gpa());
                if (layout.initrdLenBytes() > 0) {
                    initrdFile.readInto(into.asSlice(layout.initrdGpa(), layout.initrdLenBytes()));
                }
                MemoryMap memory = MemoryMap.of(ram, virtio.bus());
                put(into, X86Map.COMMAND_LINE_GPA, commandLine.getBytes(StandardCharsets.UTF_8));
                put(into, X86Map.ACPI_GPA, AcpiTables.of(vcpus, virtio.bus(), virtio.bus() == VirtioBus.MMIO ? virtio.count() : 0));
                put(into, X86Map.RESET_VECTOR_GPA, ResetVector.code());
                put(into, X86Map.GDT_GPA, BootCpu.gdt(entry));
                switch (entry) {
                    case LINUX_64 -> {
                        byte[] seed = new byte[BootParams.SEED_LEN_BYTES];
                        entropy.fill(seed);
                        put(into, X86Map.SETUP_DATA_GPA, BootParams.seed(seed));
                        put(into, X86Map.BOOT_PARAMS_GPA, BootParams.of(layout, memory));
                        put(into, X86Map.PAGE_TABLES_GPA, BootCpu.pageTables());
                    }
                    case PVH -> put(into, X86Map.START_INFO_GPA, StartInfo.of(layout, memory));
                }
            }
        }

        private static void put(MemorySegment into, long gpa, byte[] bytes) {
            MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, gpa, bytes.length);
        }

        /** All: those but the first wait for INIT and SIPI inside the engine. */
        @Override
        public boolean starts(int vcpu) {
            return true;
        }

        @Override
        public void begin(int vcpu, Registers registers) {
            if (vcpu == 0) {
                BootCpu.begin(entry, entryGpa, registers);
            }
        }
    }
}
