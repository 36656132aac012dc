package hv.oracle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Programs of one kind that run one after the other in one machine.
 *
 * @param programs at most {@link Layout#MAX_PROGRAMS}
 */
record Batch(Kind kind, List<Program> programs, Avoided avoided) {
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    Batch {
        programs = List.copyOf(programs);
        if (programs.isEmpty() || programs.size() > Layout.MAX_PROGRAMS || programs.stream().anyMatch(p -> p.kind() != kind)) {
            throw new IllegalArgumentException("a batch of " + programs.size() + " programs; 1 to " + Layout.MAX_PROGRAMS + " of one kind");
        }
    }

    /** Writes the batch into the RAM of a machine, all zero before, whose first byte is at {@link Layout#HARNESS}. */
    void load(MemorySegment ram) {
        byte[] harness = Harness.image(kind);
        MemorySegment.copy(harness, 0, ram, ValueLayout.JAVA_BYTE, 0, harness.length);
        ram.set(LONG, Layout.HEADER - Layout.HARNESS + Layout.HEADER_COUNT, programs.size());
        for (int k = 0; k < programs.size(); k++) {
            byte[] region = ProgramGenerator.generate(programs.get(k), Layout.region(k), avoided).bytes();
            MemorySegment.copy(region, 0, ram, ValueLayout.JAVA_BYTE, Layout.region(k) - Layout.HARNESS, region.length);
        }
    }

    /** What became of the programs. */
    List<Outcome> outcomes(MemorySegment ram) {
        return java.util.stream.IntStream.range(0, programs.size()).mapToObj(k -> Outcome.read(programs.get(k), ram, k)).toList();
    }
}
