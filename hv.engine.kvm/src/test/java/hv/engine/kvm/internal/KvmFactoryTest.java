package hv.engine.kvm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.part.PartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvmFactoryTest {
    @TempDir
    Path dir;

    @Test
    void aHostWithoutKvmIsToldWhatToDo() {
        String why = assertThrows(PartException.class, () -> KvmHost.open(dir.resolve("kvm"))).getMessage();
        assertTrue(why.contains("has no ") && why.contains("load kvm-amd") && why.contains("riscv64"), why);
        assertFalse(why.contains("\n"));
    }

    @Test
    void aFileThatIsNoKvmIsRefused() throws IOException {
        Path file = Files.writeString(dir.resolve("kvm"), "not a device");
        String why = assertThrows(PartException.class, () -> KvmHost.open(file)).getMessage();
        assertTrue(why.contains("no KVM that is known"), why);
    }

    @Test
    void cpuidIsOurs() {
        CpuidTable host = new CpuidTable(List.of(new CpuidTable.Leaf(0, 0, 0, 13, 0x68747541, 0, 0), new CpuidTable.Leaf(1, 0, 0, 5, 0x7010_0800, 0x20, 0),
                new CpuidTable.Leaf(0xb, 0, 1, 9, 9, 9, 9), new CpuidTable.Leaf(0x80000001, 0, 0, 0, 0, 4, 0), new CpuidTable.Leaf(0x80000008, 0, 0, 48, 0, 0x7007, 0),
                new CpuidTable.Leaf(0x8000001e, 0, 0, 9, 9, 9, 0)));
        CpuidTable guest = host.of(2, 3, true);
        CpuidTable.Leaf one = leaf(guest, 1, 0);
        assertEquals(0x0203_0800, one.ebx(), "APIC id 2 of 3");
        assertEquals(0x8100_0000, one.ecx(), "a hypervisor and the deadline timer, no VMX");
        assertEquals(1 << 28, one.edx(), "more than one");
        assertEquals(2, leaf(guest, 0x80000001, 0).ecx(), "several cores, and no SVM");
        assertEquals(0x2002, leaf(guest, 0x80000008, 0).ecx(), "three threads, two bits of APIC id");
        assertEquals(2, leaf(guest, 0x8000001e, 0).eax());
        assertEquals(2, leaf(guest, 0xb, 1).eax(), "two bits of APIC id");
        assertEquals(3, leaf(guest, 0xb, 1).ebx());
        assertEquals(2, leaf(guest, 0xb, 0).edx());
        CpuidTable alone = host.of(0, 1, false);
        assertEquals(0, leaf(alone, 1, 0).edx());
        assertEquals(0x8000_0000, leaf(alone, 1, 0).ecx());
        assertEquals(0, leaf(alone, 0x80000008, 0).ecx());
    }

    private static CpuidTable.Leaf leaf(CpuidTable table, int function, int index) {
        return table.leaves().stream().filter(l -> l.function() == function && l.index() == index).findFirst().orElseThrow();
    }
}
