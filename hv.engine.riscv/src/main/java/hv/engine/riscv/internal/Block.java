package hv.engine.riscv.internal;

/**
 * Decoded code from one entry on, within one physical page: straight on past conditional branches that lead forward, to the first
 * instruction that always goes elsewhere. {@link CodePage} tells the format of {@link #code}.
 */
final class Block {
    /** The page it is of; null if the block is made for one execution: its links are cleared before each. */
    CodePage page;
    /** The next one in the page's chain. */
    Block next;
    long[] code;
    /** Where the jump at the same index of {@link #code} went, if that is a block of the same page. */
    Block[] links;
    /** Instructions, all of them executed. */
    int count;
    /** First byte, offset in the page. */
    int start;
    /** Behind the last byte, offset from {@link #start}. */
    int lenBytes;
    /** It begins with {@link HartCore#BREAK}. */
    boolean breaks;
    /** Executions until it is hot; see {@link HotCode}. */
    int heat;
    /** Translated code that begins here, or null; set by any thread. */
    Region region;
}
