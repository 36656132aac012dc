package hv.board.riscv.internal;

import hv.board.VirtioPlaces;

/**
 * Guest-physical addresses and interrupt sources of the board, the same as those of QEMU's RISC-V {@code virt} machine
 * (QEMU, {@code hw/riscv/virt.c}, {@code virt_memmap} and {@code include/hw/riscv/virt.h}).
 * <pre>
 * 0x0010_0000  0x1000      power-off and reset (sifive_test)
 * 0x0010_1000  0x1000      RTC (goldfish)                        source 11
 * 0x0200_0000  0x1_0000    ACLINT / CLINT (serves M mode: in the device tree with firmware)
 * 0x0c00_0000  0x60_0000   PLIC, 96 sources, 2 contexts a hart: M at 2*hart, S at 2*hart+1
 * 0x0c00_0000  0x8000      APLIC in the PLIC's place: machine-level domain, the same 96 sources
 * 0x0d00_0000  0x8000      APLIC: supervisor-level domain
 * 0x1000_0000  0x100       UART 16550                            source 10
 * 0x1000_1000  8 * 0x1000  virtio over MMIO, slot 0..7           source 1 + slot
 * 0x2400_0000  0x1000      IMSIC, machine-level interrupt file; a page for each hart
 * 0x2800_0000  0x1000      IMSIC, supervisor-level interrupt file; a page for each hart
 * 0x3000_0000  0x10_0000   PCIe ECAM, one bus of 32 devices      source 32 + device
 * 0x4000_0000  0x4000_0000 PCIe windows
 * 0x8000_0000  ...         RAM
 * </pre>
 */
final class VirtMap {
    static final long TEST_GPA = 0x10_0000L;
    static final long TEST_LEN_BYTES = 0x1000;
    /** What a store of 32 bits to the test device means: power off, reset (QEMU {@code hw/misc/sifive_test.c}). */
    static final int TEST_POWER_OFF = 0x5555;
    static final int TEST_RESET = 0x7777;

    static final long RTC_GPA = 0x10_1000L;
    static final long RTC_LEN_BYTES = 0x1000;
    static final int RTC_SOURCE = 11;

    static final long CLINT_GPA = 0x200_0000L;
    static final long CLINT_LEN_BYTES = 0x1_0000;

    static final long PLIC_GPA = 0xc00_0000L;
    /** Context registers start at 0x20_0000, one page a context; QEMU's size for its 512 harts at most is kept. */
    static final long PLIC_LEN_BYTES = 0x60_0000;
    /** Highest source number; source 0 does not exist. */
    static final int PLIC_SOURCES = 96;
    static final int PLIC_CONTEXTS_PER_HART = 2;

    static final long APLIC_M_GPA = 0xc00_0000L;
    static final long APLIC_S_GPA = 0xd00_0000L;
    static final long APLIC_LEN_BYTES = 0x8000;

    static final long IMSIC_M_GPA = 0x2400_0000L;
    static final long IMSIC_S_GPA = 0x2800_0000L;
    /** Of one hart's interrupt file. */
    static final long IMSIC_LEN_BYTES = 0x1000;
    static final int IMSIC_IDENTITIES = 255;

    static final long UART_GPA = 0x1000_0000L;
    static final long UART_LEN_BYTES = 0x100;
    static final int UART_SOURCE = 10;
    static final int UART_CLOCK_HZ = 3_686_400;

    static final long VIRTIO_GPA = 0x1000_1000L;
    static final long VIRTIO_LEN_BYTES = 0x1000;
    static final int VIRTIO_SLOTS = 8;
    static final int VIRTIO_SOURCE = 1;

    static final long ECAM_GPA = 0x3000_0000L;
    static final long ECAM_LEN_BYTES = 0x10_0000L;
    static final int PCI_DEVICES = 32;
    static final long PCI_WINDOW_GPA = 0x4000_0000L;
    static final long PCI_WINDOW_LEN_BYTES = 0x4000_0000L;
    /** Pin INTA of each device has a source of its own: QEMU's sharing of four sources costs a look at every function for each interrupt. */
    private static final int PCI_SOURCE = 32;

    static final VirtioPlaces VIRTIO_PLACES = new VirtioPlaces(VIRTIO_GPA, VIRTIO_LEN_BYTES, VIRTIO_SLOTS, VIRTIO_SOURCE, ECAM_GPA, ECAM_LEN_BYTES, PCI_DEVICES, PCI_SOURCE);

    static final long RAM_GPA = 0x8000_0000L;

    static final int HARTS_MAX = 8;
    /** Ticks a second of {@code time} and {@code stimecmp}. */
    static final int TIMEBASE_HZ = 10_000_000;

    private VirtMap() {
    }

    static long virtioGpa(int slot) {
        return VIRTIO_GPA + checkSlot(slot) * VIRTIO_LEN_BYTES;
    }

    static int virtioSource(int slot) {
        return VIRTIO_SOURCE + checkSlot(slot);
    }

    /** The PLIC context in which a hart's M mode takes interrupts. */
    static int plicContextM(int hart) {
        return PLIC_CONTEXTS_PER_HART * hart;
    }

    /** The PLIC context in which a hart's S mode takes interrupts. */
    static int plicContextS(int hart) {
        return PLIC_CONTEXTS_PER_HART * hart + 1;
    }

    static int pciSource(int device) {
        return PCI_SOURCE + device;
    }

    private static int checkSlot(int slot) {
        if (slot < 0 || slot >= VIRTIO_SLOTS) {
            throw new IndexOutOfBoundsException("virtio-mmio slot " + slot + " is not in 0.." + (VIRTIO_SLOTS - 1));
        }
        return slot;
    }
}
