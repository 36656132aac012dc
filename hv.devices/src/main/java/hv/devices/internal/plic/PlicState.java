package hv.devices.internal.plic;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a PLIC, tag "riscv-plic". Levels of the input lines are not part of it: the host tells them after a restore.
 *
 * @param priority  of each source, 0 .. 7, source 0 has 0
 * @param pending   bits of the sources whose request waits to be claimed
 * @param claimed   bits of the sources that are claimed and not completed; disjoint from pending
 * @param enable    three words for each context
 * @param threshold of each context, 0 .. 7
 */
record PlicState(int[] priority, int[] pending, int[] claimed, int[] enable, int[] threshold) {
    static final StateTag TAG = new StateTag("riscv-plic", 1);

    void write(StateWriter out) {
        out.section("sources");
        put(out, priority);
        put(out, pending);
        put(out, claimed);
        out.section("contexts").putInt(threshold.length);
        put(out, enable);
        put(out, threshold);
    }

    private static void put(StateWriter out, int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i] & 0xffff_ffffL;
        }
        out.putLongs(wide);
    }

    static PlicState read(StateReader in, int contexts) throws StateException {
        in.section("sources");
        int[] priority = get(in, PlicLayout.SOURCES, PlicLayout.PRIORITY_MAX);
        int[] pending = get(in, PlicLayout.WORDS, 0xffff_ffffL);
        int[] claimed = get(in, PlicLayout.WORDS, 0xffff_ffffL);
        in.section("contexts");
        int saved = in.getInt();
        if (saved != contexts) {
            throw new StateException("PLIC state is of " + saved + " contexts, this machine has " + contexts);
        }
        int[] enable = get(in, contexts * PlicLayout.WORDS, 0xffff_ffffL);
        int[] threshold = get(in, contexts, PlicLayout.PRIORITY_MAX);
        in.end();
        int zero = priority[0] | (pending[0] | claimed[0]) & 1;
        for (int w = 0; w < PlicLayout.WORDS; w++) {
            zero |= pending[w] & claimed[w];
        }
        for (int c = 0; c < contexts; c++) {
            zero |= enable[c * PlicLayout.WORDS] & 1;
        }
        if (zero != 0) {
            throw new StateException("PLIC state uses source 0, or has a source both pending and claimed");
        }
        return new PlicState(priority, pending, claimed, enable, threshold);
    }

    private static int[] get(StateReader in, int count, long max) throws StateException {
        long[] wide = in.getLongs(count);
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            if (wide[i] < 0 || wide[i] > max) {
                throw new StateException("PLIC state has " + wide[i] + " where 0 .. " + max + " is allowed");
            }
            out[i] = (int) wide[i];
        }
        return out;
    }
}
