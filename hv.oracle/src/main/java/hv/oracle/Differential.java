package hv.oracle;

import hv.riscv.Disassembler;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** Runs the same random programs on two machines and compares all that became of them; shortens what differs. */
final class Differential {
    /**
     * A program that ends differently.
     *
     * @param shortest with what is left of its instructions
     * @param values   what differs, here | there
     * @param listing  the instructions that are left
     */
    record Difference(Program shortest, List<String> values, List<String> listing) {
        /** Not every trap: what went wrong stands in the first. */
        private List<String> telling() {
            List<String> traps = values.stream().filter(v -> v.startsWith("trap ")).limit(8).toList();
            List<String> out = new ArrayList<>(traps);
            values.stream().filter(v -> !v.startsWith("trap ")).limit(16).forEach(out::add);
            return out;
        }

        @Override
        public String toString() {
            return shortest + ", " + listing.size() + " instructions left:\n  " + String.join("\n  ", listing) + "\n  here | there\n  "
                + String.join("\n  ", telling());
        }
    }

    /**
     * What a batch came to.
     *
     * @param finished     programs that came to their end on both machines
     * @param instructions that the engine took, with the harness's
     * @param differing    programs that end differently
     * @param shortened    the first of these
     */
    record Report(int finished, long instructions, int differing, List<Difference> shortened) { }

    private final EngineMachine here;
    private final Peer there;
    private final Avoided avoided;
    private final Consumer<String> progress;

    Differential(EngineMachine here, Peer there, Avoided avoided, Consumer<String> progress) {
        this.here = here;
        this.there = there;
        this.avoided = avoided;
        this.progress = progress;
    }

    /** The indices of programs whose outcomes differ. */
    private List<Integer> differing(Batch batch, List<Outcome> a, List<Outcome> b) {
        List<Integer> out = new ArrayList<>();
        for (int k = 0; k < batch.programs().size(); k++) {
            if (!a.get(k).differences(b.get(k)).isEmpty()) {
                out.add(k);
            }
        }
        return out;
    }

    /** Compares; at most {@code most} differences are shortened. */
    Report compare(List<Program> programs, int most) throws OracleException {
        Batch batch = new Batch(programs.get(0).kind(), programs, avoided);
        List<Outcome> a = here.run(batch);
        long instructions = here.retired();
        List<Outcome> b = there.run(batch);
        int finished = 0;
        for (int k = 0; k < programs.size(); k++) {
            finished += a.get(k).finished() && b.get(k).finished() ? 1 : 0;
        }
        List<Integer> differing = differing(batch, a, b);
        List<Difference> shortened = new ArrayList<>();
        for (int k : differing.subList(0, Math.min(most, differing.size()))) {
            List<String> values = a.get(k).differences(b.get(k));
            progress.accept(programs.get(k) + " ends differently (" + values.get(0) + "); shortening it");
            shortened.add(shorten(programs.get(k), signature(values)));
        }
        return new Report(finished, instructions, differing.size(), shortened);
    }

    private static BitSet all(int n) {
        BitSet s = new BitSet(n);
        s.set(0, n);
        return s;
    }

    /** Leaves out as many instructions as can be without the difference going away, fences never; candidates run many at a time. */
    private Difference shorten(Program program, String signature) throws OracleException {
        BitSet kept = all(ProgramGenerator.generate(program, Layout.region(0), avoided).places().size());
        int parts = 16;
        while (true) {
            int[] left = kept.stream().toArray();
            int chunk = Math.max(1, (left.length + parts - 1) / parts);
            List<Program> candidates = new ArrayList<>();
            for (int from = 0; from < left.length && candidates.size() < Layout.MAX_PROGRAMS; from += chunk) {
                BitSet less = (BitSet) kept.clone();
                for (int k = from; k < Math.min(left.length, from + chunk); k++) {
                    less.clear(left[k]);
                }
                candidates.add(program.keeping(less));
            }
            List<Integer> still = candidates.isEmpty() ? List.of() : differingOf(candidates, signature);
            if (still.isEmpty()) {
                if (chunk == 1) {
                    break;
                }
                parts = Math.min(left.length, parts * 4);
                continue;
            }
            // As many as can go together of those that can go alone: all, half of them, a quarter, ..., the first.
            List<Program> groups = new ArrayList<>();
            for (int n = still.size(); n > 0; n /= 2) {
                BitSet together = (BitSet) kept.clone();
                still.subList(0, n).forEach(k -> together.and(candidates.get(k).kept()));
                groups.add(program.keeping(together));
            }
            kept = groups.get(groups.size() == 1 ? 0 : differingOf(groups, signature).get(0)).kept();
        }
        Program shortest = program.keeping(kept);
        Batch batch = new Batch(program.kind(), List.of(shortest), avoided);
        List<String> values = here.run(batch).get(0).differences(there.run(batch).get(0));
        return new Difference(shortest, values, listing(shortest));
    }

    /**
     * The candidates that differ first in the same as the whole program: else another difference would be followed. One that does not end is none,
     * and those after it run again without it.
     */
    private List<Integer> differingOf(List<Program> candidates, String signature) throws OracleException {
        List<Integer> out = new ArrayList<>();
        for (int from = 0; from < candidates.size();) {
            List<Program> rest = candidates.subList(from, candidates.size());
            List<Outcome> a = here.run(new Batch(rest.get(0).kind(), rest, avoided));
            int ended = (int) a.stream().takeWhile(Outcome::finished).count();
            if (ended > 0) {
                List<Program> both = rest.subList(0, ended);
                List<Outcome> b = there.run(new Batch(both.get(0).kind(), both, avoided));
                for (int k = 0; k < ended; k++) {
                    List<String> values = a.get(k).differences(b.get(k));
                    if (!values.isEmpty() && signature(values).equals(signature)) {
                        out.add(from + k);
                    }
                }
            }
            from += ended + 1;
        }
        return out;
    }

    /** The first difference without its place; of a cause with its values. */
    private static String signature(List<String> differences) {
        String first = differences.get(0).replaceAll("^trap [0-9]+", "trap").replaceAll("[+][0-9a-f]+", "");
        return first.startsWith("trap cause") ? first : first.replaceAll(":.*", "");
    }

    /** The instructions that are left, disassembled, with their addresses in the region. */
    private List<String> listing(Program program) {
        ProgramGenerator.Region region = ProgramGenerator.generate(program, Layout.region(0), avoided);
        List<String> out = new ArrayList<>();
        for (int k = program.kept().nextSetBit(0); k >= 0 && k < region.places().size(); k = program.kept().nextSetBit(k + 1)) {
            CodeWriter.Place p = region.places().get(k);
            int at = Layout.SKEW + p.offset();
            int code = 0;
            for (int i = p.lenBytes() - 1; i >= 0; i--) {
                code = code << 8 | region.bytes()[at + i] & 0xff;
            }
            long address = Layout.region(0) + at;
            out.add(Long.toHexString(address) + "  " + (p.lenBytes() == 4 ? String.format("%08x", code) : String.format("    %04x", code)) + "  "
                + Disassembler.disassemble(code, address));
        }
        return out;
    }
}
