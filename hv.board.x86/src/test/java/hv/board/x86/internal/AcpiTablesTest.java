package hv.board.x86.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.board.VirtioBus;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcpiTablesTest {
    @TempDir
    private Path dir;

    private static ByteBuffer at(byte[] all, long gpa) {
        int offset = (int) (gpa - X86Map.ACPI_GPA);
        return ByteBuffer.wrap(all, offset, all.length - offset).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void assertBalanced(byte[] bytes) {
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        assertEquals(0, sum & 0xff, "checksum");
    }

    private static byte[] bytes(ByteBuffer from, int lenBytes) {
        byte[] out = new byte[lenBytes];
        from.get(0, out);
        return out;
    }

    private static String text(ByteBuffer from, int offset, int lenBytes) {
        byte[] out = new byte[lenBytes];
        from.get(offset, out);
        return new String(out, StandardCharsets.US_ASCII);
    }

    /** All tables by their signature, found as an operating system finds them. */
    private static Map<String, ByteBuffer> tables(byte[] all) {
        ByteBuffer rsdp = at(all, X86Map.ACPI_GPA);
        assertEquals("RSD PTR ", text(rsdp, 0, 8));
        assertBalanced(bytes(rsdp, 20));
        assertBalanced(bytes(rsdp, rsdp.getInt(20)));
        assertEquals(2, rsdp.get(15));
        Map<String, ByteBuffer> out = new LinkedHashMap<>();
        ByteBuffer xsdt = table(all, rsdp.getLong(24), "XSDT");
        for (int i = 36; i < xsdt.limit(); i += 8) {
            ByteBuffer table = table(all, xsdt.getLong(i), null);
            out.put(text(table, 0, 4), table);
        }
        ByteBuffer fadt = out.get("FACP");
        assertEquals(fadt.getLong(140), fadt.getInt(40), "both say where the DSDT is");
        out.put("DSDT", table(all, fadt.getLong(140), "DSDT"));
        return out;
    }

    private static ByteBuffer table(byte[] all, long gpa, String signature) {
        assertEquals(0, gpa % 16);
        ByteBuffer table = at(all, gpa);
        int lenBytes = table.getInt(4);
        assertBalanced(bytes(table, lenBytes));
        if (signature != null) {
            assertEquals(signature, text(table, 0, 4));
        }
        return table.slice(0, lenBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<String, String> names(Map<String, ByteBuffer> tables) {
        ByteBuffer dsdt = tables.get("DSDT");
        return AmlReader.read(Arrays.copyOfRange(bytes(dsdt, dsdt.limit()), 36, dsdt.limit()));
    }

    @Test
    void hardwareIsReducedToSleepAndReset() {
        Map<String, ByteBuffer> tables = tables(AcpiTables.of(1, VirtioBus.MMIO, 2));
        assertEquals(List.of("FACP", "APIC", "DSDT"), List.copyOf(tables.keySet()));
        ByteBuffer fadt = tables.get("FACP");
        assertEquals(276, fadt.limit());
        assertEquals(6, fadt.get(8));
        int flags = fadt.getInt(112);
        assertTrue((flags & 1 << 20) != 0 && (flags & 1 << 10) != 0, "hardware-reduced, with a reset register");
        assertEquals("port cf9", generic(fadt, 116));
        assertEquals(6, fadt.get(128));
        assertEquals("port 600", generic(fadt, 244));
        assertEquals("port 601", generic(fadt, 256));
        assertEquals(0, fadt.getShort(109) & 1 << 5, "there is a CMOS clock");
        assertEquals(0, fadt.getShort(109) & 1 << 3, "messages may interrupt");
    }

    private static String generic(ByteBuffer table, int offset) {
        assertEquals(1, table.get(offset), "a port");
        assertEquals(8, table.get(offset + 1));
        assertEquals(0, table.get(offset + 2));
        return "port " + Long.toHexString(table.getLong(offset + 4));
    }

    @Test
    void everyVcpuHasItsLocalApic() {
        ByteBuffer madt = tables(AcpiTables.of(X86Map.VCPUS_MAX, VirtioBus.MMIO, 2)).get("APIC");
        assertEquals(0xfee0_0000, madt.getInt(36));
        List<Integer> ids = new ArrayList<>();
        boolean ioapic = false;
        for (int at = 44; at < madt.limit(); at += madt.get(at + 1)) {
            switch (madt.get(at)) {
                case 0 -> {
                    assertEquals(madt.get(at + 2), madt.get(at + 3));
                    assertEquals(1, madt.getInt(at + 4));
                    ids.add((int) madt.get(at + 3));
                }
                case 1 -> {
                    assertFalse(ioapic);
                    ioapic = true;
                    assertEquals(0xfec0_0000, madt.getInt(at + 4));
                    assertEquals(0, madt.getInt(at + 8));
                }
                case 4 -> assertEquals(1, madt.get(at + 5));
                default -> throw new AssertionError("structure " + madt.get(at));
            }
        }
        assertEquals(X86Map.VCPUS_MAX, ids.size());
        assertEquals(X86Map.VCPUS_MAX, ids.stream().distinct().count());
        assertTrue(ioapic);
    }

    @Test
    void devicesAreNamedWithWhatTheyOccupy() {
        Map<String, String> names = names(tables(AcpiTables.of(1, VirtioBus.MMIO, 12)));
        assertEquals("[5, 5, 0, 0]", names.get("/_S5_"));
        assertEquals("io 3f8+8;interrupt 4;", names.get("/_SB_/COM1/_CRS"));
        assertEquals("io 70+2;", names.get("/_SB_/RTC0/_CRS"));
        assertEquals("\"LNRO0005\"", names.get("/_SB_/V011/_HID"));
        assertEquals("b", names.get("/_SB_/V011/_UID"));
        assertEquals("memory feb0b000+1000;interrupt 16;", names.get("/_SB_/V011/_CRS"));
        assertFalse(names.containsKey("/_SB_/V012"));
        assertFalse(names.containsKey("/_SB_/PCI0"));
    }

    @Test
    void aPciBusHasItsWindowItsRoutesAndItsConfigurationSpace() {
        Map<String, ByteBuffer> tables = tables(AcpiTables.of(1, VirtioBus.PCI, 0));
        ByteBuffer mcfg = tables.get("MCFG");
        assertEquals(0xe000_0000L, mcfg.getLong(44));
        assertEquals(0, mcfg.getInt(52), "segment 0, bus 0 alone");
        Map<String, String> names = names(tables);
        assertEquals("buses 0..0;window c0000000..dfffffff;", names.get("/_SB_/PCI0/_CRS"));
        assertTrue(names.get("/_SB_/PCI0/_PRT").startsWith("[[1ffff, 0, 0, 5], [2ffff, 0, 0, 6], "), names.get("/_SB_/PCI0/_PRT"));
        assertTrue(names.get("/_SB_/PCI0/_PRT").endsWith("[13ffff, 0, 0, 17]]"), names.get("/_SB_/PCI0/_PRT"));
        assertEquals("memory e0000000+100000;", names.get("/_SB_/ECAM/_CRS"));
        assertFalse(names.containsKey("/_SB_/V000"));
    }

    /** Intel's disassembler takes every table, and what it makes of them compiles again without a word. */
    @Test
    void theDisassemblerTakesEveryTable() throws Exception {
        boolean there = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "iasl")));
        Assumptions.assumeTrue(there, "needs iasl (Debian: acpica-tools)");
        for (VirtioBus bus : VirtioBus.values()) {
            for (Map.Entry<String, ByteBuffer> table : tables(AcpiTables.of(3, bus, 5)).entrySet()) {
                String name = bus + "-" + table.getKey();
                Files.write(dir.resolve(name + ".dat"), bytes(table.getValue(), table.getValue().limit()));
                iasl("-d", name + ".dat");
                String again = iasl("-tc", name + ".dsl");
                String counts = table.getKey().equals("DSDT") ? "0 Errors, 0 Warnings" : "Table Input";
                assertTrue(again.contains(counts), again);
            }
        }
    }

    private String iasl(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("iasl"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), said);
        assertFalse(said.contains("Incorrect checksum") || said.contains("Error "), said);
        return said;
    }
}
