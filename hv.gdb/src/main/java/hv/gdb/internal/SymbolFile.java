package hv.gdb.internal;

import hv.gdb.internal.KernelSymbols.Symbol;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An ELF file of symbols and nothing else. GDB tells code from data by the section that a symbol is in, so each run of symbols of one sort gets a section
 * without contents: GDB then reads memory from the guest. Source: System V ABI, "Object Files"; EM_RISCV.
 */
final class SymbolFile {
    private static final int EHDR = 64;
    private static final int SHDR = 64;
    private static final int SYM = 24;
    private static final int SYMTAB = 2;
    private static final int STRTAB = 3;
    private static final int NOBITS = 8;
    private static final int ALLOC = 2;
    private static final int EXEC = 4;
    private static final int WRITE = 1;
    /** More runs than this (section numbers end at 0xff00), and the rest counts as one. */
    private static final int MAX_RUNS = 0xf000;
    /** Bytes that the last symbol is taken to have. */
    private static final int LAST_BYTES = 4096;

    private SymbolFile() { }

    private record Run(boolean code, long start, long end) { }

    static byte[] of(List<Symbol> all) {
        List<Symbol> symbols = all.stream().filter(SymbolFile::isPlace).sorted(Comparator.comparing(Symbol::address, Long::compareUnsigned)).toList();
        List<Run> runs = new ArrayList<>();
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0);
        ByteBuffer locals = buffer(SYM * (symbols.size() + 1));
        ByteBuffer globals = buffer(SYM * symbols.size());
        locals.position(SYM);
        for (int k = 0; k < symbols.size(); k++) {
            Symbol s = symbols.get(k);
            boolean code = isCode(s);
            long end = endOf(symbols, k);
            if (runs.isEmpty() || runs.getLast().code() != code && runs.size() < MAX_RUNS) {
                runs.add(new Run(code, s.address(), end));
            } else {
                Run r = runs.removeLast();
                runs.add(new Run(r.code(), r.start(), end));
            }
            boolean global = Character.isUpperCase(s.type());
            (global ? globals : locals).putInt(names.size()).put((byte) ((global ? 1 : 0) << 4 | (code ? 2 : 1))).put((byte) 0).putShort((short) runs.size())
                    .putLong(s.address()).putLong(end - s.address());
            names.writeBytes((s.name() + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return file(runs, locals.flip(), globals.flip(), names.toByteArray());
    }

    private static ByteBuffer buffer(int lenBytes) {
        return ByteBuffer.allocate(lenBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Neither absolute nor undefined, nor an assembler's mark. */
    private static boolean isPlace(Symbol s) {
        return "aAuU".indexOf(s.type()) < 0 && !s.name().startsWith("$") && !s.name().startsWith(".L");
    }

    private static boolean isCode(Symbol s) {
        return "tTwW".indexOf(s.type()) >= 0;
    }

    /** Where the next symbol begins that is not at the same address. */
    private static long endOf(List<Symbol> symbols, int k) {
        long address = symbols.get(k).address();
        for (int n = k + 1; n < symbols.size(); n++) {
            if (symbols.get(n).address() != address) {
                return symbols.get(n).address();
            }
        }
        return address + LAST_BYTES;
    }

    private static byte[] file(List<Run> runs, ByteBuffer locals, ByteBuffer globals, byte[] names) {
        byte[] sections = "\0.text\0.data\0.symtab\0.strtab\0".getBytes(StandardCharsets.US_ASCII);
        int symtab = EHDR;
        int symtabBytes = locals.limit() + globals.limit();
        int strtab = symtab + symtabBytes;
        int shstrtab = strtab + names.length;
        int headers = shstrtab + sections.length + 7 & ~7;
        int count = runs.size() + 4;
        ByteBuffer out = buffer(headers + SHDR * count);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        // ET_EXEC, EM_RISCV, version, no entry, no program headers; flags: compressed instructions, double-precision ABI.
        out.putShort((short) 2).putShort((short) 243).putInt(1).putLong(0).putLong(0).putLong(headers).putInt(5);
        out.putShort((short) EHDR).putShort((short) 0).putShort((short) 0).putShort((short) SHDR).putShort((short) count).putShort((short) (count - 1));
        int firstGlobal = locals.limit() / SYM;
        out.put(locals).put(globals).put(names).put(sections).position(headers + SHDR);
        for (Run r : runs) {
            section(out, r.code() ? 1 : 7, NOBITS, ALLOC | (r.code() ? EXEC : WRITE), r.start(), EHDR, r.end() - r.start(), 0, 0, 2, 0);
        }
        section(out, 13, SYMTAB, 0, 0, symtab, symtabBytes, runs.size() + 2, firstGlobal, 8, SYM);
        section(out, 21, STRTAB, 0, 0, strtab, names.length, 0, 0, 1, 0);
        section(out, 21, STRTAB, 0, 0, shstrtab, sections.length, 0, 0, 1, 0);
        return out.array();
    }

    private static void section(ByteBuffer out, int name, int type, int flags, long address, long offset, long size, int link, int info, int align, int entry) {
        out.putInt(name).putInt(type).putLong(flags).putLong(address).putLong(offset).putLong(size).putInt(link).putInt(info).putLong(align).putLong(entry);
    }
}
