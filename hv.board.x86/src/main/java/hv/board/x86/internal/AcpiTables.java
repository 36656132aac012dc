package hv.board.x86.internal;

import hv.board.VirtioBus;
import java.util.Arrays;

/**
 * The ACPI tables of one machine, as bytes that lie at {@link X86Map#ACPI_GPA}: RSDP first, then XSDT, DSDT, FADT, MADT and, with a PCI bus, MCFG. Hardware-reduced:
 * there is no power management hardware but a sleep control register and a reset register. Source: ACPI 6.5, chapter 5; MCFG: PCI Firmware Specification 3.3, 4.1.
 */
final class AcpiTables {
    private static final int HEADER_LEN_BYTES = 36;
    private static final int CHECKSUM = 9;
    private static final String OEM = "HV";
    private static final String OEM_TABLE = "HVX86";
    private static final String CREATOR = "HV";
    private static final int ALIGN_BYTES = 16;

    private static final int RSDP_LEN_BYTES = 36;
    /** What the first checksum of the RSDP is over: all that ACPI 1.0 had. */
    private static final int RSDP_FIRST_LEN_BYTES = 20;
    private static final int RSDP_CHECKSUM = 8;
    private static final int RSDP_EXTENDED_CHECKSUM = 32;

    private static final int SYSTEM_IO = 1;
    private static final int BYTE_ACCESS = 1;
    /** FADT flags (table 5.10). */
    private static final int WBINVD = 1;
    private static final int NO_FIXED_POWER_BUTTON = 1 << 4;
    private static final int NO_FIXED_SLEEP_BUTTON = 1 << 5;
    private static final int RESET_REGISTER = 1 << 10;
    private static final int HARDWARE_REDUCED = 1 << 20;
    /** FADT boot architecture flags (table 5.11): no VGA, no control of PCIe link states. */
    private static final int NO_VGA = 1 << 2;
    private static final int NO_ASPM = 1 << 4;
    private static final int ENABLED = 1;
    private static final int EVERY_PROCESSOR = 0xff;
    private static final int IOAPIC_ID = 0;
    private static final int NMI_LOCAL_INPUT = 1;

    private final LittleEndian out = new LittleEndian();

    private AcpiTables() {
    }

    /** @param vcpus whose local APIC ids are their numbers */
    static byte[] of(int vcpus, VirtioBus bus, int virtioDevices) {
        AcpiTables tables = new AcpiTables();
        // The first two lie where the others are known.
        int tablesCount = bus == VirtioBus.PCI ? 3 : 2;
        tables.out.to(up(up(RSDP_LEN_BYTES) + HEADER_LEN_BYTES + Long.BYTES * tablesCount));
        long dsdt = tables.add("DSDT", 2, new LittleEndian().bytes(DeviceNames.aml(bus, virtioDevices)));
        long[] entries = new long[tablesCount];
        entries[0] = tables.add("FACP", 6, fadt(dsdt));
        entries[1] = tables.add("APIC", 5, madt(vcpus));
        if (bus == VirtioBus.PCI) {
            entries[2] = tables.add("MCFG", 1, mcfg());
        }
        LittleEndian xsdt = new LittleEndian();
        for (long gpa : entries) {
            xsdt.u64(gpa);
        }
        byte[] all = tables.out.toBytes();
        put(rsdp(X86Map.ACPI_GPA + up(RSDP_LEN_BYTES)), all, 0);
        put(table("XSDT", 1, xsdt), all, up(RSDP_LEN_BYTES));
        if (all.length > X86Map.ACPI_LEN_BYTES) {
            throw new IllegalStateException("ACPI tables of " + all.length + " bytes");
        }
        return all;
    }

    private static int up(int offset) {
        return (offset + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    }

    private static void put(byte[] part, byte[] into, int offset) {
        System.arraycopy(part, 0, into, offset, part.length);
    }

    /** @return its address */
    private long add(String signature, int revision, LittleEndian body) {
        long gpa = X86Map.ACPI_GPA + out.size();
        out.bytes(table(signature, revision, body));
        out.to(up(out.size()));
        return gpa;
    }

    /** With its header (5.2.6). */
    private static byte[] table(String signature, int revision, LittleEndian body) {
        byte[] table = new LittleEndian().text(signature, 4, ' ').u32(HEADER_LEN_BYTES + body.size()).u8(revision).u8(0).text(OEM, 6, ' ').text(OEM_TABLE, 8, ' ').u32(1)
                .text(CREATOR, 4, ' ').u32(1).bytes(body.toBytes()).toBytes();
        table[CHECKSUM] = balance(table, table.length);
        return table;
    }

    /** What makes the sum of the first bytes 0. */
    private static byte balance(byte[] bytes, int lenBytes) {
        int sum = 0;
        for (byte b : Arrays.copyOf(bytes, lenBytes)) {
            sum += b;
        }
        return (byte) -sum;
    }

    /** 5.2.5.3. */
    private static byte[] rsdp(long xsdtGpa) {
        byte[] rsdp = new LittleEndian().text("RSD PTR ", 8, ' ').u8(0).text(OEM, 6, ' ').u8(2).u32(0).u32(RSDP_LEN_BYTES).u64(xsdtGpa).u8(0).to(RSDP_LEN_BYTES).toBytes();
        rsdp[RSDP_CHECKSUM] = balance(rsdp, RSDP_FIRST_LEN_BYTES);
        rsdp[RSDP_EXTENDED_CHECKSUM] = balance(rsdp, RSDP_LEN_BYTES);
        return rsdp;
    }

    /** 5.2.9; offsets are those of the whole table, whose header comes before. */
    private static LittleEndian fadt(long dsdtGpa) {
        LittleEndian fadt = new LittleEndian();
        field(fadt, 40).u32(dsdtGpa);
        field(fadt, 108).u8(0x32); // where the RTC has its century
        field(fadt, 109).u16(NO_VGA | NO_ASPM);
        field(fadt, 112).u32(WBINVD | NO_FIXED_POWER_BUTTON | NO_FIXED_SLEEP_BUTTON | RESET_REGISTER | HARDWARE_REDUCED);
        port(fadt, X86Map.RESET_CONTROL_PORT).u8(X86Map.RESET_CONTROL_VALUE);
        field(fadt, 131).u8(5); // minor version
        field(fadt, 140).u64(dsdtGpa);
        port(field(fadt, 244), X86Map.SLEEP_CONTROL_PORT);
        port(fadt, X86Map.SLEEP_STATUS_PORT);
        return field(fadt, 276);
    }

    private static LittleEndian field(LittleEndian table, int offset) {
        return table.to(offset - HEADER_LEN_BYTES);
    }

    /** A generic address (5.2.3.2) of a byte at a port. */
    private static LittleEndian port(LittleEndian table, int port) {
        return table.u8(SYSTEM_IO).u8(Byte.SIZE).u8(0).u8(BYTE_ACCESS).u64(port);
    }

    /** 5.2.12. */
    private static LittleEndian madt(int vcpus) {
        LittleEndian madt = new LittleEndian().u32(X86Map.LOCAL_APIC_GPA).u32(0);
        for (int i = 0; i < vcpus; i++) {
            madt.u8(0).u8(8).u8(i).u8(i).u32(ENABLED);
        }
        madt.u8(1).u8(12).u8(IOAPIC_ID).u8(0).u32(X86Map.IOAPIC_GPA).u32(0);
        return madt.u8(4).u8(6).u8(EVERY_PROCESSOR).u16(0).u8(NMI_LOCAL_INPUT);
    }

    /** One bus, of segment 0. */
    private static LittleEndian mcfg() {
        return new LittleEndian().u64(0).u64(X86Map.ECAM_GPA).u16(0).u8(0).u8(0).u32(0);
    }
}
