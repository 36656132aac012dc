package hv.suite.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElfSymbolsTest {
    @Test
    void aSymbolIsFoundByItsWholeName() {
        byte[] elf = TestProgram.elf(new byte[64], 0x8000_1000L);
        assertTrue(ElfSymbols.isRiscv64(elf));
        assertEquals(0x8000_1000L, ElfSymbols.find(elf, "tohost"));
        assertEquals(-1, ElfSymbols.find(elf, "tohos"));
        assertEquals(-1, ElfSymbols.find(elf, "host2"));
        assertEquals(-1, ElfSymbols.find(new byte[10], "tohost"));
    }

    @Test
    void anyBytesAreAnsweredOrRefused() {
        Random random = new Random(4);
        byte[] elf = TestProgram.elf(new byte[64], 0x8000_1000L);
        int found = 0;
        for (int n = 0; n < 50_000; n++) {
            byte[] file = random.nextInt(4) == 0 ? Arrays.copyOf(elf, random.nextInt(elf.length)) : elf.clone();
            for (int k = 1 + random.nextInt(3); k > 0 && file.length > 0; k--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            found += ElfSymbols.find(file, "tohost") == 0x8000_1000L ? 1 : 0;
        }
        assertTrue(found > 1000, found + " still found");
        assertFalse(ElfSymbols.isRiscv64(new byte[0]));
    }
}
