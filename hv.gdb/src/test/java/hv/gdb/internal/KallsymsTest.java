package hv.gdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.gdb.internal.KernelSymbols.Symbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as the kernel's build writes them, made here: found, read, and refused where anything is wrong. */
class KallsymsTest {
    private static final long BASE = 0xffff_ffff_8000_0000L;
    @TempDir
    Path folder;

    private static List<Symbol> kernel(int count) {
        List<Symbol> out = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            out.add(new Symbol(BASE + 16L * k, "tTdDrRbB".charAt(k / 100 % 8), (k % 5 == 0 ? "do_sys_" : "entry_") + "x".repeat(k % 150) + k));
        }
        return out;
    }

    /** In the order of kernels from 6.4 on, or of those before; the tokens are characters and "do_sys_". */
    private static byte[] table(List<Symbol> symbols, long base, boolean newer, int before) {
        ByteBuffer out = ByteBuffer.allocate(before + 64 + symbols.size() * 200 + 8192).order(ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < before; k++) {
            out.put((byte) (k * 7));
        }
        align(out);
        if (!newer) {
            offsets(out, symbols, base);
        }
        out.putInt(symbols.size());
        align(out);
        int names = out.position();
        List<Integer> markers = new ArrayList<>();
        for (int k = 0; k < symbols.size(); k++) {
            if (k % 256 == 0) {
                markers.add(out.position() - names);
            }
            Symbol s = symbols.get(k);
            byte[] tokens = (s.type() + s.name().replace("do_sys_", "\001")).getBytes(StandardCharsets.ISO_8859_1);
            if (tokens.length > 127) {
                out.put((byte) (tokens.length & 127 | 128)).put((byte) (tokens.length >> 7));
            } else {
                out.put((byte) tokens.length);
            }
            out.put(tokens);
        }
        align(out);
        markers.forEach(out::putInt);
        align(out);
        int start = out.position();
        int[] index = new int[256];
        for (int token = 0; token < 256; token++) {
            index[token] = out.position() - start;
            String string = token == 1 ? "do_sys_" : token == 0 ? "zz" : token >= 128 ? "t" + token : "" + (char) token;
            out.put(string.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
        }
        align(out);
        for (int i : index) {
            out.putShort((short) i);
        }
        align(out);
        if (newer) {
            offsets(out, symbols, base);
        }
        out.putLong(0x1234);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static void offsets(ByteBuffer out, List<Symbol> symbols, long base) {
        symbols.forEach(s -> out.putInt((int) (s.address() - BASE)));
        align(out);
        out.putLong(base);
    }

    private static void align(ByteBuffer out) {
        while ((out.position() & 7) != 0) {
            out.put((byte) 0);
        }
    }

    @Test
    void tablesOfBothOrdersAreReadWhereverTheyLie() {
        for (int count : new int[] {2, 255, 256, 257, 3000}) {
            for (boolean newer : new boolean[] {true, false}) {
                List<Symbol> symbols = kernel(count);
                assertEquals(symbols, KernelSymbols.inImage(table(symbols, BASE, newer, 1000)), count + " symbols, newer " + newer);
            }
        }
    }

    @Test
    void theBaseIsThatOfTheTableOrWhereKernelsAreLinkedTo() {
        List<Symbol> symbols = kernel(300);
        assertEquals(BASE + 0x20_0000, KernelSymbols.inImage(table(symbols, BASE + 0x20_0000, true, 0)).getFirst().address());
        assertEquals(BASE, KernelSymbols.inImage(table(symbols, 0, true, 0)).getFirst().address());
    }

    @Test
    void whatHasNoTableHasNone() {
        assertNull(KernelSymbols.inImage(new byte[100_000]));
        byte[] whole = table(kernel(500), BASE, true, 0);
        assertNull(KernelSymbols.inImage(java.util.Arrays.copyOf(whole, whole.length / 2)));
    }

    @Test
    void aSpoiltTableIsReadOrRefusedAndNeverThrows() {
        Random random = new Random(0x6db3);
        byte[] whole = table(kernel(700), BASE, true, 64);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] spoilt = whole.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            if (round % 3 == 0) {
                spoilt = java.util.Arrays.copyOf(spoilt, random.nextInt(spoilt.length));
            }
            List<Symbol> found = KernelSymbols.inImage(spoilt);
            refused += found == null ? 1 : 0;
        }
        assertTrue(refused > 1000, refused + " of 3000 were refused");
    }

    @Test
    void aListIsReadAndAHiddenOneIsRefused() throws Exception {
        Path list = folder.resolve("System.map");
        Files.writeString(list, "ffffffff80000000 T _start\nffffffff80000100 t helper\t[module]\n");
        assertEquals(List.of(new Symbol(BASE, 'T', "_start"), new Symbol(BASE + 0x100, 't', "helper")), KernelSymbols.fromList(list).symbols());
        Files.writeString(list, "0000000000000000 T _start\n");
        assertTrue(assertThrows(HvException.class, () -> KernelSymbols.fromList(list)).getMessage().contains("kptr_restrict"));
        Files.writeString(list, "no list at all");
        assertTrue(assertThrows(HvException.class, () -> KernelSymbols.fromList(list)).getMessage().contains("line 1"));
        assertThrows(HvException.class, () -> KernelSymbols.fromList(folder.resolve("none")));
    }

    @Test
    void theFileHasEachSymbolInASectionOfItsSort() throws Exception {
        List<Symbol> symbols = List.of(new Symbol(0x1000, 'T', "start"), new Symbol(0x1010, 't', "inner"), new Symbol(0x2000, 'D', "data"), new Symbol(0x3000, 'T', "more"),
                new Symbol(7, 'A', "absolute"), new Symbol(0x1004, 't', "$x"));
        Path file = folder.resolve("k.syms");
        assertEquals(6, new KernelSymbols(symbols, "here").write(file).count());
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x464c457f, elf.getInt(0));
        assertEquals(243, elf.getShort(18));
        int headers = (int) elf.getLong(40);
        int count = elf.getShort(60);
        assertEquals(elf.capacity(), headers + 64 * count);
        assertEquals(3 + 4, count, "text, data, text; none, symtab, strtab, shstrtab");
        int symtab = headers + 64 * 4;
        int strings = (int) elf.getLong(headers + 64 * 5 + 24);
        List<String> found = new ArrayList<>();
        for (int k = 1; k < elf.getLong(symtab + 32) / 24; k++) {
            int at = (int) elf.getLong(symtab + 24) + 24 * k;
            StringBuilder name = new StringBuilder();
            for (int c = strings + elf.getInt(at); elf.get(c) != 0; c++) {
                name.append((char) elf.get(c));
            }
            int section = elf.getShort(at + 6);
            found.add(name + " " + Long.toHexString(elf.getLong(at + 8)) + " " + ((elf.getLong(headers + 64 * section + 8) & 4) != 0 ? "code" : "data") + " " + elf.getLong(at + 16)
                    + (k < elf.getInt(symtab + 44) ? " local" : " global"));
        }
        assertEquals(List.of("inner 1010 code 4080 local", "start 1000 code 16 global", "data 2000 data 4096 global", "more 3000 code 4096 global"), found);
        Files.writeString(file, "something else");
        assertTrue(assertThrows(HvException.class, () -> new KernelSymbols(symbols, "here").write(file)).getMessage().contains("no ELF file"));
    }
}
