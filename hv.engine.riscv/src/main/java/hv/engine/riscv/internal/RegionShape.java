package hv.engine.riscv.internal;

import hv.riscv.Decoded;
import hv.riscv.Hart;
import hv.riscv.InstructionTable;
import hv.riscv.Op;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The instructions of a region, and where they lie to each other. Two shapes are equal if the same code comes of them, wherever it lies. Made on the
 * hart's thread, of blocks that were executed one after the other; immutable.
 */
final class RegionShape {
    /** Bytes of a method's code beyond which HotSpot does not compile it are 8000; what follows is estimated. */
    private static final int MOST_BYTES = 6500;
    static final int MOST_INSTRUCTIONS = 200;
    private static final int MEMORY_BYTES = 80;
    private static final int RARE_BYTES = 75;
    private static final int BRANCH_BYTES = 30;
    private static final int OTHER_BYTES = 14;
    /** {@link #target}: it leads to no instruction of the region. */
    static final int OUTSIDE = Integer.MIN_VALUE;

    /** Addresses relative to the head's, ascending. */
    final int[] at;
    /** {@link Decoded}, the immediate of jumps and branches and of {@code auipc} relative to the head; rd as in blocks. */
    final long[] code;
    final byte[] lenBytes;
    /** For branches and {@code jal}: the index of the instruction it leads to, or {@link #OUTSIDE}. */
    final int[] target;
    private final int hash;

    private RegionShape(TreeMap<Integer, Instruction> found) {
        int n = found.size();
        at = new int[n];
        code = new long[n];
        lenBytes = new byte[n];
        target = new int[n];
        int k = 0;
        for (Map.Entry<Integer, Instruction> e : found.entrySet()) {
            at[k] = e.getKey();
            code[k] = e.getValue().code;
            lenBytes[k++] = (byte) e.getValue().lenBytes;
        }
        for (k = 0; k < n; k++) {
            int op = Decoded.op(code[k]);
            int to = isBranch(op) || op == Op.JAL ? Arrays.binarySearch(at, (int) Decoded.imm(code[k])) : -1;
            target[k] = to < 0 ? OUTSIDE : to;
        }
        hash = 31 * Arrays.hashCode(code) + Arrays.hashCode(at);
    }

    private record Instruction(long code, int lenBytes) {
    }

    /** Index of the instruction behind another in memory, or {@link #OUTSIDE}. */
    int behind(int k) {
        int to = at[k] + lenBytes[k];
        if (k + 1 < at.length && at[k + 1] == to) {
            return k + 1;
        }
        int found = Arrays.binarySearch(at, to);
        return found < 0 ? OUTSIDE : found;
    }

    int head() {
        return Arrays.binarySearch(at, 0);
    }

    static boolean isBranch(int op) {
        return op >= Op.BEQ && op <= Op.BGEU;
    }

    static boolean isLoad(int op) {
        return op >= Op.LB && op <= Op.LWU;
    }

    static boolean isStore(int op) {
        return op >= Op.SB && op <= Op.SD;
    }

    /** Whether it is neither a jump nor a branch, access or integer operation: it goes through {@link HartCore#rare}. */
    static boolean isRare(int op) {
        return RARE[op];
    }

    static boolean readsInteger1(int op) {
        return READS1[op];
    }

    static boolean readsInteger2(int op) {
        return READS2[op];
    }

    static boolean writesInteger(int op) {
        return WRITES[op];
    }

    private static final boolean[] RARE = new boolean[Op.COUNT];
    private static final boolean[] READS1 = new boolean[Op.COUNT];
    private static final boolean[] READS2 = new boolean[Op.COUNT];
    private static final boolean[] WRITES = new boolean[Op.COUNT];

    static {
        for (InstructionTable.Instruction i : InstructionTable.get().instructions()) {
            if (i.op() == 0 || i.op() >= Op.COUNT || i.kind().equals("c")) {
                continue;
            }
            RARE[i.op()] = switch (i.kind()) {
                case "lr", "sc", "amo", "fence", "float" -> true;
                case "load", "store" -> i.meaning().startsWith("f");
                default -> false;
            };
            READS1[i.op()] = i.role("rs1") != null;
            READS2[i.op()] = i.role("rs2") != null;
            WRITES[i.op()] = i.writesInteger();
        }
    }

    /** The shape that begins with that block, or null if nothing of it can be translated. */
    static RegionShape of(Block head) {
        TreeMap<Integer, Instruction> found = new TreeMap<>();
        Set<Block> seen = new HashSet<>();
        ArrayDeque<Block> open = new ArrayDeque<>();
        open.add(head);
        int bytes = 0;
        while (!open.isEmpty()) {
            Block b = open.poll();
            if (b.page != head.page || b.breaks || !seen.add(b)) {
                continue;
            }
            int origin = b.start - head.start;
            for (int k = 0; k < b.code.length; k++) {
                long w = HartCore.alone(b.code[k]);
                int op = Decoded.op(w);
                Block linked = b.links[k];
                if (op < Op.COUNT && (HartCore.isSystem(op) || op == Op.ILLEGAL)) {
                    break;
                }
                if (op < Op.COUNT) {
                    int distance = ((int) w >>> Decoded.LENGTH_SHIFT) << 1;
                    int behind = k + 1 < b.code.length ? distanceOf(b, k + 1) : b.lenBytes;
                    if (found.putIfAbsent(origin + distance, new Instruction(relative(w, op, origin), behind - distance)) == null) {
                        bytes += bytes(op);
                    }
                    if (bytes > MOST_BYTES || found.size() == MOST_INSTRUCTIONS) {
                        open.clear();
                        break;
                    }
                }
                if (linked != null && (op >= Op.COUNT || op == Op.JAL || isBranch(op))) {
                    open.add(linked);
                }
            }
        }
        return found.containsKey(0) ? new RegionShape(found) : null;
    }

    private static int distanceOf(Block b, int k) {
        long w = b.code[k];
        int op = Decoded.op(w);
        return op == HartCore.END ? b.lenBytes : ((int) w >>> Decoded.LENGTH_SHIFT) << 1;
    }

    private static int bytes(int op) {
        return isLoad(op) || isStore(op) ? MEMORY_BYTES : isRare(op) ? RARE_BYTES : isBranch(op) || op == Op.JAL || op == Op.JALR ? BRANCH_BYTES : OTHER_BYTES;
    }

    /** From the form in a block, see {@link CodePage}, to that of {@link #code}. */
    private static long relative(long w, int op, int origin) {
        long head = w & 0xffff_ffffL & ~(127L << Decoded.LENGTH_SHIFT);
        if (isBranch(op)) {
            return head | (w >> 48) + origin << 32;
        }
        return switch (op) {
            case Op.JAL -> head & ~(0x3ffL << Decoded.RS1_SHIFT) | (w >> 32) + origin << 32;
            case Op.AUIPC -> head | (w >> 32) + origin << 32;
            case Op.JALR -> head | (w >> 48) << 32;
            default -> head | w >> 32 << 32;
        };
    }

    /** Whether the register is one that code can see: not x0, and not where its writes go. */
    static boolean isRegister(int number) {
        return number != 0 && number != Hart.SINK;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegionShape s && hash == s.hash && Arrays.equals(code, s.code) && Arrays.equals(at, s.at);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
