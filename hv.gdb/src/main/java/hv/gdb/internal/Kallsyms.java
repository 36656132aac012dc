package hv.gdb.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a Linux kernel's own table of symbols (kallsyms) in bytes of its image or of RAM. The bytes are hostile: everything is checked before it is
 * believed, and what does not fit together is no table. Source: Linux, scripts/kallsyms.c (write_src) and kernel/kallsyms.c; little-endian, addresses
 * relative to a base, as on 64-bit RISC-V.
 * <pre>
 *   num_syms      u32                  each of these aligned to 8
 *   names         per symbol: length (7 bits, or 7 + 8 bits if the first byte has bit 7), so many token numbers; the first character is the type
 *   markers       u32 a 256 symbols    offset in names
 *   token_table   256 strings, each ending with 0
 *   token_index   256 u16              offset in token_table
 *   offsets       u32 a symbol         ascending; relative_base, u64, behind them. Both stand before num_syms in kernels before 6.4
 * </pre>
 */
final class Kallsyms {
    private static final int TOKENS = 256;
    private static final int PER_MARKER = 256;
    private static final int MAX_SYMBOLS = 4_000_000;
    private static final int MAX_NAME = 512;
    /** Where 64-bit RISC-V kernels are linked to: the last 2 GiB. Stands for a base that is filled in when the kernel relocates itself. */
    private static final long RISCV_LINK_BASE = 0xffff_ffff_8000_0000L;
    /** The tokens "0" to "9" stand for themselves: their strings in the table. */
    private static final byte[] DIGITS = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final byte[] image;
    private final int from;
    private int tokenTable;
    private int tokenIndex;
    private int names;
    private int markers;
    private int markerCount;
    private int count;

    private Kallsyms(byte[] image, int digits) {
        this.image = image;
        this.from = digits;
    }

    /** Offset at or behind {@code from} of what may be the middle of a token table, or -1. */
    static int candidate(byte[] image, int from, int to) {
        outer:
        for (int k = from; k + DIGITS.length <= to; k++) {
            if (image[k] == '0' && image[k + 1] == 0 && image[k + 2] == '1') {
                for (int i = 3; i < DIGITS.length; i++) {
                    if (image[k + i] != DIGITS[i]) {
                        continue outer;
                    }
                }
                return k;
            }
        }
        return -1;
    }

    /** The symbols of the table in {@code image} that has a {@link #candidate} at {@code digits}; null if it is none. */
    static List<KernelSymbols.Symbol> read(byte[] image, int digits) {
        Kallsyms k = new Kallsyms(image, digits);
        return k.findTokens() && k.findMarkers() && k.findNames() ? k.symbols() : null;
    }

    private boolean findTokens() {
        int at = from;
        for (int token = '0'; token > 0; token--) {
            int end = at - 1;
            int start = end;
            while (start > 0 && image[start - 1] != 0) {
                start--;
            }
            if (start == 0 || start == end || end - start > MAX_NAME) {
                return false;
            }
            at = start;
        }
        // What stands before the table need not end with 0.
        for (int start = at; start < from && start < at + MAX_NAME; start++) {
            if ((start & 7) == 0 && indexFits(start)) {
                tokenTable = start;
                return true;
            }
        }
        return false;
    }

    private boolean indexFits(int start) {
        int at = start;
        int[] offsets = new int[TOKENS];
        for (int token = 0; token < TOKENS; token++) {
            offsets[token] = at - start;
            int begin = at;
            while (at < image.length && image[at] != 0 && at - begin <= MAX_NAME) {
                at++;
            }
            if (at >= image.length || image[at] != 0) {
                return false;
            }
            at++;
        }
        int index = aligned(at);
        if (index + 2 * TOKENS > image.length) {
            return false;
        }
        for (int token = 0; token < TOKENS; token++) {
            if (u16(index + 2 * token) != offsets[token]) {
                return false;
            }
        }
        tokenIndex = index;
        return true;
    }

    /** Back from the token table, over descending numbers to the first, which is 0. */
    private boolean findMarkers() {
        int end = tokenTable;
        // Kernels from 6.2 to 6.3 have seqs_of_names in between: three bytes a symbol. Their numbers do not descend: not supported.
        if (end >= 8 && u32(end - 4) == 0) {
            end -= 4;
        }
        int at = end - 4;
        long after = Long.MAX_VALUE;
        while (at >= 0) {
            long marker = u32(at);
            if (marker >= after) {
                return false;
            }
            if (marker == 0) {
                markers = at;
                markerCount = (end - at) / 4;
                return (at & 7) == 0;
            }
            after = marker;
            at -= 4;
        }
        return false;
    }

    private boolean findNames() {
        long last = u32(markers + 4 * (markerCount - 1));
        long latest = markers - last;
        long earliest = Math.max(8, latest - PER_MARKER * (MAX_NAME + 2L) - 8);
        for (long at = latest & ~7L; at >= earliest; at -= 8) {
            long n = u32((int) at - 8);
            if (n > 0 && n <= MAX_SYMBOLS && (n + PER_MARKER - 1) / PER_MARKER == markerCount && namesFit((int) at, (int) n)) {
                names = (int) at;
                count = (int) n;
                return true;
            }
        }
        return false;
    }

    private boolean namesFit(int start, int n) {
        int at = start;
        for (int k = 0; k < n; k++) {
            if (k % PER_MARKER == 0 && u32(markers + k / PER_MARKER * 4) != at - start || at + 2 > markers) {
                return false;
            }
            at = behind(at);
        }
        return at <= markers && aligned(at) == markers;
    }

    private int length(int at) {
        int first = image[at] & 0xff;
        return first < 128 ? first : first & 127 | (image[at + 1] & 0xff) << 7;
    }

    private int behind(int at) {
        return at + ((image[at] & 0x80) == 0 ? 1 : 2) + length(at);
    }

    private List<KernelSymbols.Symbol> symbols() {
        int offsets = aligned(tokenIndex + 2 * TOKENS);
        int base = aligned(offsets + 4 * count);
        if (!ascends(offsets, base)) {
            base = names - 16;
            offsets = (base & ~7) - (4 * count + 7 & ~7);
            if (!ascends(offsets, base)) {
                return null;
            }
        }
        long relative = u64(base) == 0 ? RISCV_LINK_BASE : u64(base);
        List<KernelSymbols.Symbol> out = new ArrayList<>(count);
        int at = names;
        for (int k = 0; k < count; k++) {
            String typed = expanded(at);
            if (typed.length() > 1) {
                out.add(new KernelSymbols.Symbol(relative + u32(offsets + 4 * k), typed.charAt(0), typed.substring(1)));
            }
            at = behind(at);
        }
        return out;
    }

    private boolean ascends(int offsets, int base) {
        if (offsets < 0 || base < 0 || base + 8 > image.length || offsets + 4L * count > image.length) {
            return false;
        }
        for (int k = 1; k < count; k++) {
            if (u32(offsets + 4 * k) < u32(offsets + 4 * (k - 1))) {
                return false;
            }
        }
        return count > 1 && u32(offsets + 4 * (count - 1)) > u32(offsets);
    }

    /** Type and name of the symbol whose tokens begin at {@code at}. */
    private String expanded(int at) {
        StringBuilder s = new StringBuilder();
        int end = behind(at);
        for (int k = end - length(at); k < end && s.length() < MAX_NAME; k++) {
            int string = tokenTable + u16(tokenIndex + 2 * (image[k] & 0xff));
            for (; image[string] != 0; string++) {
                s.append((char) (image[string] & 0xff));
            }
        }
        return s.toString();
    }

    private static int aligned(int at) {
        return at + 7 & ~7;
    }

    private int u16(int at) {
        return image[at] & 0xff | (image[at + 1] & 0xff) << 8;
    }

    private long u32(int at) {
        return u16(at) | (long) u16(at + 2) << 16;
    }

    private long u64(int at) {
        return u32(at) | u32(at + 4) << 32;
    }
}
