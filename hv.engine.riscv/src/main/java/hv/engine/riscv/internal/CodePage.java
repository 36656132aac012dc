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
    /** Number of the page in guest RAM. */
    final int number;
    /** By half the offset of the first instruction; null where nothing was decoded. */
    Block[] blocks = new Block[2048];

    CodePage(int number) {
        this.number = number;
    }
}
