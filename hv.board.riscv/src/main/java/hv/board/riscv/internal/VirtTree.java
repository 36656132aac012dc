package hv.board.riscv.internal;

import hv.board.VirtioBus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * What the device tree of one machine says. Without firmware it has what Linux asks of a machine without M mode: the firmware interface (SBI)
 * is the hypervisor's, so no memory is reserved for it and no {@code clint} node is there. With firmware it has what that asks of hardware.
 *
 * @param ramBytes     RAM from {@link VirtMap#RAM_GPA}
 * @param harts        1 .. {@link VirtMap#HARTS_MAX}, hart ids from 0
 * @param firmware     harts have M mode
 * @param isa          what the harts can do
 * @param aia          interrupt controllers
 * @param mmu          widest paging mode
 * @param bootArgs     kernel command line, without NUL
 * @param initrdGpa    first byte of the initrd; meaningless without one
 * @param initrdLenBytes 0: no initrd
 * @param rngSeed      fresh entropy for the guest; without it a Linux guest pays about 15 times more for each system call until its own
 *                     generator is ready
 * @param virtio       the bus of virtio devices
 * @param virtioSlots  its slots in use
 */
record VirtTree(long ramBytes, int harts, boolean firmware, IsaString isa, Aia aia, Mmu mmu, String bootArgs, long initrdGpa, long initrdLenBytes,
        byte[] rngSeed, VirtioBus virtio, BitSet virtioSlots) {

    /** Widest virtual address mode ({@code mmu-type} of the cpu binding). */
    enum Mmu {
        SV39, SV48, SV57
    }

    static final int RNG_SEED_LEN_BYTES = 64;
    private static final int PCI_MEMORY_SPACE = 0x0200_0000;
    private static final int PCI_DEVICE_SHIFT = 11;
    /** Cells of an entry of the interrupt map before the controller's specifier: address, pin, controller. */
    private static final int PCI_MAP_HEAD = 5;
    private static final int M_SOFTWARE_INTERRUPT = 3;
    private static final int M_TIMER_INTERRUPT = 7;

    byte[] toBytes() {
        FdtWriter fdt = new FdtWriter();
        int[] cpus = new int[harts];
        int[] intcs = new int[harts];
        for (int hart = 0; hart < harts; hart++) {
            cpus[hart] = fdt.newPhandle();
            intcs[hart] = fdt.newPhandle();
        }
        InterruptTree interrupts = new InterruptTree(fdt, aia, firmware, intcs);
        int test = fdt.newPhandle();

        fdt.begin("");
        fdt.cells("#address-cells", 2).cells("#size-cells", 2);
        fdt.strings("compatible", "riscv-virtio").strings("model", "riscv-virtio,hv");
        chosen(fdt);
        fdt.begin("aliases").strings("serial0", "/soc/" + serialName()).end();
        fdt.begin(named("memory", VirtMap.RAM_GPA)).strings("device_type", "memory")
                .longs("reg", VirtMap.RAM_GPA, ramBytes).end();
        cpus(fdt, cpus, intcs);
        syscon(fdt, "poweroff", test, VirtMap.TEST_POWER_OFF);
        syscon(fdt, "reboot", test, VirtMap.TEST_RESET);

        fdt.begin("soc");
        fdt.cells("#address-cells", 2).cells("#size-cells", 2).strings("compatible", "simple-bus").flag("ranges");
        fdt.begin(named("test", VirtMap.TEST_GPA)).cells("phandle", test)
                .strings("compatible", "sifive,test1", "sifive,test0", "syscon")
                .longs("reg", VirtMap.TEST_GPA, VirtMap.TEST_LEN_BYTES).end();
        device(fdt, "rtc", "google,goldfish-rtc", VirtMap.RTC_GPA, VirtMap.RTC_LEN_BYTES, interrupts, VirtMap.RTC_SOURCE).end();
        if (firmware) {
            clint(fdt, intcs);
        }
        interrupts.write(fdt);
        device(fdt, "serial", "ns16550a", VirtMap.UART_GPA, VirtMap.UART_LEN_BYTES, interrupts, VirtMap.UART_SOURCE)
                .cells("clock-frequency", VirtMap.UART_CLOCK_HZ).end();
        if (virtio == VirtioBus.PCI) {
            pci(fdt, interrupts);
        }
        for (int slot = virtio == VirtioBus.PCI ? -1 : virtioSlots.nextSetBit(0); slot >= 0; slot = virtioSlots.nextSetBit(slot + 1)) {
            device(fdt, "virtio_mmio", "virtio,mmio", VirtMap.virtioGpa(slot), VirtMap.VIRTIO_LEN_BYTES, interrupts,
                    VirtMap.virtioSource(slot)).end();
        }
        fdt.end();
        return fdt.end().toBytes(0);
    }

    private void chosen(FdtWriter fdt) {
        fdt.begin("chosen").strings("bootargs", bootArgs).strings("stdout-path", "/soc/" + serialName());
        if (initrdLenBytes > 0) {
            fdt.longs("linux,initrd-start", initrdGpa).longs("linux,initrd-end", initrdGpa + initrdLenBytes);
        }
        fdt.bytes("rng-seed", rngSeed).end();
    }

    private void cpus(FdtWriter fdt, int[] cpus, int[] intcs) {
        fdt.begin("cpus");
        fdt.cells("#address-cells", 1).cells("#size-cells", 0).cells("timebase-frequency", VirtMap.TIMEBASE_HZ);
        for (int hart = 0; hart < harts; hart++) {
            fdt.begin(named("cpu", hart)).cells("phandle", cpus[hart]);
            fdt.strings("device_type", "cpu").cells("reg", hart).strings("status", "okay").strings("compatible", "riscv");
            fdt.strings("riscv,isa", isa.canonical()).strings("riscv,isa-base", isa.base());
            fdt.strings("riscv,isa-extensions", isa.extensions().toArray(String[]::new));
            fdt.strings("mmu-type", "riscv," + mmu.name().toLowerCase(Locale.ROOT));
            fdt.begin("interrupt-controller").cells("phandle", intcs[hart]).cells("#address-cells", 0)
                    .cells("#interrupt-cells", 1).flag("interrupt-controller").strings("compatible", "riscv,cpu-intc").end();
            fdt.end();
        }
        fdt.begin("cpu-map").begin("cluster0");
        for (int hart = 0; hart < harts; hart++) {
            fdt.begin("core" + hart).cells("cpu", cpus[hart]).end();
        }
        fdt.end().end().end();
    }

    private void clint(FdtWriter fdt, int[] intcs) {
        int[] interrupts = new int[4 * harts];
        for (int hart = 0; hart < harts; hart++) {
            interrupts[4 * hart] = intcs[hart];
            interrupts[4 * hart + 1] = M_SOFTWARE_INTERRUPT;
            interrupts[4 * hart + 2] = intcs[hart];
            interrupts[4 * hart + 3] = M_TIMER_INTERRUPT;
        }
        fdt.begin(named("clint", VirtMap.CLINT_GPA)).strings("compatible", "sifive,clint0", "riscv,clint0")
                .cells("interrupts-extended", interrupts).longs("reg", VirtMap.CLINT_GPA, VirtMap.CLINT_LEN_BYTES).end();
    }

    /** PCI bus binding (IEEE 1275): three cells an address, space and device in the first; Linux, {@code bindings/pci/host-generic-pci.yaml}. */
    private static void pci(FdtWriter fdt, InterruptTree interrupts) {
        int[] map = {};
        for (int device = 1; device < VirtMap.PCI_DEVICES; device++) {
            int[] specifier = interrupts.specifier(VirtMap.pciSource(device));
            int at = map.length;
            map = Arrays.copyOf(map, at + PCI_MAP_HEAD + specifier.length);
            map[at] = device << PCI_DEVICE_SHIFT;
            map[at + 3] = 1;
            map[at + 4] = interrupts.lines();
            System.arraycopy(specifier, 0, map, at + PCI_MAP_HEAD, specifier.length);
        }
        fdt.begin(named("pci", VirtMap.ECAM_GPA)).strings("compatible", "pci-host-ecam-generic").strings("device_type", "pci").flag("dma-coherent")
                .longs("reg", VirtMap.ECAM_GPA, VirtMap.ECAM_LEN_BYTES).cells("bus-range", 0, 0).cells("linux,pci-domain", 0)
                .cells("#address-cells", 3).cells("#size-cells", 2).cells("#interrupt-cells", 1)
                .cells("ranges", PCI_MEMORY_SPACE, 0, (int) VirtMap.PCI_WINDOW_GPA, 0, (int) VirtMap.PCI_WINDOW_GPA, 0, (int) VirtMap.PCI_WINDOW_LEN_BYTES)
                .cells("interrupt-map-mask", (VirtMap.PCI_DEVICES - 1) << PCI_DEVICE_SHIFT, 0, 0, 7).cells("interrupt-map", map);
        if (interrupts.messages() != 0) {
            fdt.cells("msi-parent", interrupts.messages());
        }
        fdt.end();
    }

    /** Begins the node of a device with registers and one interrupt; the caller adds to it and ends it. */
    private static FdtWriter device(FdtWriter fdt, String name, String compatible, long gpa, long lenBytes, InterruptTree interrupts,
            int source) {
        return fdt.begin(named(name, gpa)).strings("compatible", compatible).longs("reg", gpa, lenBytes)
                .cells("interrupt-parent", interrupts.lines()).cells("interrupts", interrupts.specifier(source));
    }

    private static void syscon(FdtWriter fdt, String what, int test, int value) {
        fdt.begin(what).strings("compatible", "syscon-" + what).cells("regmap", test).cells("offset", 0)
                .cells("value", value).end();
    }

    private static String serialName() {
        return named("serial", VirtMap.UART_GPA);
    }

    static String named(String name, long unitAddress) {
        return name + "@" + Long.toHexString(unitAddress);
    }

    /** The instruction set of the default engine. */
    static IsaString defaultIsa(Aia aia, boolean firmware) {
        List<String> names = new ArrayList<>(List.of("i", "m", "a", "f", "d", "c", "zicntr", "zicsr", "zifencei", "zihintpause", "zba", "zbb",
                "zbs", "sstc", "svadu"));
        if (aia == Aia.APLIC_IMSIC) {
            names.add("ssaia");
            if (firmware) {
                names.add("smaia");
            }
        }
        return IsaString.rv64(names);
    }
}
