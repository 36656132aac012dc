package hv.engine.riscv.internal;

/**
 * Blocks of one physical page. In a block's code every value is one operation, {@link hv.riscv.Decoded} with changes:
 * <pre>
 *  rd                 {@link hv.riscv.Hart#SINK} in place of x0
 *  bits 25..31        distance from the block's start, in 16-bit units
 *  auipc, jal         immediate relative to the block's start; jal: bits 15..24 distance of the next instruction, 16-bit units
 *  branch             bits 48..63 target relative to the block's start, bits 32..47 instructions of the block behind this one
 *  jalr               bits 48..63 immediate, bits 32..47 distance of the next instruction, 16-bit units
 * </pre>
 */
final class CodePage {
    private static final int SMALLEST = 64;
    private static final int LARGEST = 2048;
    /** Slots per block: few blocks share one, and a page of Linux's with its usual 30 blocks takes 1 KiB instead of 8. */
    private static final int SPARSENESS = 8;

    /** Number of the page in guest RAM. */
    final int number;
    /** Offsets of breakpoints by which this page has been reached so far; null for none. No block goes over one. */
    StopMap.Marks marks;
    /** By half the offset of the first instruction, modulo the length, a power of two: the block asked for last, first of a chain. */
    Block[] blocks = new Block[SMALLEST];
    private int count;

    CodePage(int number) {
        this.number = number;
    }

    /** The block from {@code start} on, which is then the first of its chain; null where nothing was decoded. */
    Block find(int start) {
        int slot = start >>> 1 & blocks.length - 1;
        Block before = null;
        for (Block b = blocks[slot]; b != null; b = b.next) {
            if (b.start == start) {
                if (before != null) {
                    before.next = b.next;
                    b.next = blocks[slot];
                    blocks[slot] = b;
                }
                return b;
            }
            before = b;
        }
        return null;
    }

    void add(Block b) {
        count++;
        if (count * SPARSENESS > blocks.length && blocks.length < LARGEST) {
            Block[] old = blocks;
            blocks = new Block[2 * old.length];
            for (Block o : old) {
                while (o != null) {
                    Block next = o.next;
                    put(o);
                    o = next;
                }
            }
        }
        put(b);
    }

    private void put(Block b) {
        int slot = b.start >>> 1 & blocks.length - 1;
        b.next = blocks[slot];
        blocks[slot] = b;
    }

    void clear() {
        blocks = new Block[SMALLEST];
        count = 0;
    }
}
