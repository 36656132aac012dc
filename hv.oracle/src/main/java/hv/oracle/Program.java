package hv.oracle;

import java.util.BitSet;

/**
 * A random program: what it is made of follows from kind and seed alone.
 *
 * @param slots  number of its slots, 1 .. {@link Layout#MAX_SLOTS}
 * @param kept   numbers of its instructions that are not left out, or null for all
 */
public record Program(Kind kind, long seed, int slots, BitSet kept) {
    public Program {
        if (slots < 1 || slots > Layout.MAX_SLOTS) {
            throw new IllegalArgumentException(slots + " slots; from 1 to " + Layout.MAX_SLOTS);
        }
        kept = kept == null ? null : (BitSet) kept.clone();
    }

    public Program(Kind kind, long seed, int slots) {
        this(kind, seed, slots, null);
    }

    @Override
    public BitSet kept() {
        return kept == null ? null : (BitSet) kept.clone();
    }

    /** The same program with only these of its instructions. */
    Program keeping(BitSet numbers) {
        return new Program(kind, seed, slots, numbers);
    }

    @Override
    public String toString() {
        return "kind " + kind + ", seed " + seed + ", " + slots + " slots";
    }
}
