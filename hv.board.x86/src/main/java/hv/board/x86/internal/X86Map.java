package hv.board.x86.internal;

import hv.board.VirtioPlaces;

/**
 * Guest-physical addresses, ports and interrupts (global system interrupts: pins of the one IOAPIC) of the board.
 * <pre>
 * 0x0000_0500  0x28         GDT of the boot vCPU                      port 0x064     keyboard controller: reset
 * 0x0000_6000  0x800        PVH start info                            port 0x070 2   RTC and CMOS memory
 * 0x0000_6800  0x40         entropy for the guest (setup_data)        port 0x3f8 8   UART 16550               GSI 4
 * 0x0000_7000  0x1000       boot_params                               port 0x600 2   ACPI sleep registers
 * 0x0000_9000  0x6000       page tables: the lowest 4 GiB, identity   port 0xcf9     reset control
 * 0x0002_0000  0x1_0000     command line
 * 0x000a_0000  0x6_0000     RAM that the memory map keeps from the guest; ACPI tables from 0x000e_0000
 * 0x000f_fff0  0x10         reset vector of real mode
 * 0x0010_0000  ...          RAM, to at most 0xc000_0000
 * 0xc000_0000  0x2000_0000  PCI windows
 * 0xe000_0000  0x10_0000    PCIe ECAM, one bus                                                                GSI 4 + device
 * 0xfeb0_0000  16 * 0x1000  virtio over MMIO                                                                  GSI 5 + slot
 * 0xfec0_0000  0x1000       IOAPIC, 24 pins: the engine's
 * 0xfee0_0000  0x1000       local APIC: the engine's
 * 0xfffb_c000  ...          kept for the engine
 * </pre>
 */
final class X86Map {
    static final long GDT_GPA = 0x500;
    static final long START_INFO_GPA = 0x6000;
    static final long SETUP_DATA_GPA = 0x6800;
    static final long BOOT_PARAMS_GPA = 0x7000;
    static final long PAGE_TABLES_GPA = 0x9000;
    static final long COMMAND_LINE_GPA = 0x2_0000;
    /** Below it lies what firmware would have for its own, in the last KiB of conventional memory. */
    static final long LOW_RAM_END_GPA = 0x9_fc00;
    static final long ACPI_GPA = 0xe_0000;
    static final long ACPI_LEN_BYTES = 0x1_fff0;
    static final long RESET_VECTOR_GPA = 0xf_fff0;
    static final long HIGH_RAM_GPA = 0x10_0000;
    static final long RAM_END_MAX_GPA = 0xc000_0000L;

    static final long PCI_WINDOW_GPA = 0xc000_0000L;
    static final long PCI_WINDOW_LEN_BYTES = 0x2000_0000L;
    static final long ECAM_GPA = 0xe000_0000L;
    static final long ECAM_LEN_BYTES = 0x10_0000L;
    static final long VIRTIO_GPA = 0xfeb0_0000L;
    static final long VIRTIO_LEN_BYTES = 0x1000;
    static final long IOAPIC_GPA = 0xfec0_0000L;
    static final long LOCAL_APIC_GPA = 0xfee0_0000L;

    static final int KEYBOARD_COMMAND_PORT = 0x64;
    static final int RTC_PORT = 0x70;
    static final int RTC_PORTS = 2;
    static final int UART_PORT = 0x3f8;
    static final int UART_PORTS = 8;
    static final int UART_GSI = 4;
    static final int SLEEP_CONTROL_PORT = 0x600;
    static final int SLEEP_STATUS_PORT = 0x601;
    static final int SLEEP_PORTS = 2;
    static final int RESET_CONTROL_PORT = 0xcf9;
    /** Resets the whole machine (Intel ICH9 datasheet, 13.7.5). */
    static final int RESET_CONTROL_VALUE = 0x06;

    /** Pins of the IOAPIC in the kernel (KVM). */
    private static final int IOAPIC_PINS = 24;
    private static final int VIRTIO_SLOTS = 16;
    /** Each PCI device has a pin of its own: lines here are not shared. So many devices there are, the bridge's own place included. */
    private static final int PCI_DEVICES = IOAPIC_PINS - UART_GSI;
    static final VirtioPlaces VIRTIO_PLACES =
            new VirtioPlaces(VIRTIO_GPA, VIRTIO_LEN_BYTES, VIRTIO_SLOTS, UART_GSI + 1, ECAM_GPA, ECAM_LEN_BYTES, PCI_DEVICES, UART_GSI);

    /** What MachineSpec holds; local APIC ids are vCPU numbers, and below 255. */
    static final int VCPUS_MAX = 64;

    private X86Map() {
    }
}
