package hv.testkit.engine;

import hv.api.HvException;
import hv.api.state.NotAsleepException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/**
 * Runs a program on two engines, or two tiers or settings of one, and compares all of RAM, the registers, the number of instructions and what a device was asked
 * every so many instructions, and at the end the canonical states. A position is a number of retired instructions; so both must count them
 * ({@link hv.api.engine.spi.EngineTraits#countsInstructions}).
 *
 * <p>A difference behind many instructions is looked for again one by one from where both were last equal: the report names the instruction.
 */
public final class LockStep {
    /** What happens to the second side, at each multiple of {@code every}. */
    public enum Mode {
        /** Nothing. */
        PLAIN,
        /** It is saved, and restored into another machine with a copy of its RAM and a fresh engine. */
        RESTORED,
        /** Its engine is replaced, by one of the first side's setup, and back. */
        REPLACED,
        /** To both: the interrupt line rises; it falls 20 instructions later. */
        INTERRUPTED
    }

    /**
     * How it went.
     *
     * @param instructions retired by each side, of those compared
     * @param finished     the program came to its end
     * @param difference   the first difference with both states, in lines; null if there is none
     */
    public record Outcome(long instructions, boolean finished, String difference) {
    }

    private static final int LINE_UP = 20;
    private static final int MOST_WORDS = 16;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private final GuestCode code;
    private final EngineSetup first;
    private final EngineSetup second;
    private final Map<String, Integer> registers;

    public LockStep(GuestCode code, EngineSetup first, EngineSetup second) {
        this.code = code;
        this.first = first;
        this.second = second;
        registers = code.registers();
    }

    /**
     * Runs a program to its end, or for {@code most} instructions.
     *
     * @param every at least 1; in mode INTERRUPTED more than 20
     * @throws AssertionError a side broke the contract of engines: it ran beyond its budget, came no further, failed, or refused a state of the other
     */
    public Outcome run(byte[] program, Mode mode, int every, long most) {
        if (every < 1 || mode == Mode.INTERRUPTED && every <= LINE_UP) {
            throw new IllegalArgumentException("every " + every + " instructions in mode " + mode);
        }
        Outcome coarse = run(program, mode, every, most, Long.MAX_VALUE);
        if (coarse.difference() == null || every == 1) {
            return coarse;
        }
        Outcome fine = run(program, mode, every, coarse.instructions() + 1, coarse.instructions() - every);
        return fine.difference() == null ? coarse : fine;
    }

    /** @param singlyFrom compares after each instruction from there on */
    private Outcome run(byte[] program, Mode mode, int every, long most, long singlyFrom) {
        try (Side a = new Side(first, second, code, program); Side b = new Side(second, first, code, program)) {
            String unsettled = null;
            long at = 0;
            while ((at < most || unsettled != null) && !a.finished()) {
                long next = unsettled != null || at >= singlyFrom ? at + 1 : Math.min(most, next(at, mode, every));
                String where = next == at + 1 ? "at " + Long.toHexString(a.pc(registers)) + ": " + code.disassemble(a.core(), a.ram())
                    : "within the last " + (next - at) + " instructions";
                a.advance(next);
                b.advance(next);
                at = next;
                boolean same = isSame(a, b);
                if (!same && unsettled != null) {
                    return new Outcome(at - 1, false, unsettled);
                }
                unsettled = same ? null : report(a, b, at, where);
                // An interrupt that the last instruction let in is taken at once or with the next run, as the engine likes: one more settles it,
                // if the line stays as it is.
                if (!same && (mode != Mode.INTERRUPTED || a.finished() || b.finished())) {
                    return new Outcome(at, false, unsettled);
                }
                if (same) {
                    happen(a, b, mode, every, at);
                }
            }
            if (unsettled == null && a.finished() && !Arrays.equals(a.save().toBytes(), b.save().toBytes())) {
                unsettled = report(a, b, at, "at the end, in their canonical states");
            }
            return new Outcome(a.retired(), a.finished(), unsettled);
        } catch (HvException | NotAsleepException e) {
            throw new AssertionError(first + " and " + second + ": " + e.getMessage(), e);
        }
    }

    /** Where something happens next. */
    private static long next(long at, Mode mode, int every) {
        long since = at % every;
        return mode == Mode.INTERRUPTED && at >= every && since < LINE_UP ? at - since + LINE_UP : at - since + every;
    }

    private void happen(Side a, Side b, Mode mode, int every, long at) throws HvException, NotAsleepException {
        boolean due = at % every == 0;
        switch (mode) {
            case PLAIN -> { }
            case RESTORED -> {
                if (due) {
                    b.restoreElsewhere();
                }
            }
            case REPLACED -> {
                if (due) {
                    b.replaceEngine();
                }
            }
            case INTERRUPTED -> {
                boolean level = at >= every && at % every < LINE_UP;
                a.core().setInterrupt(code.interruptLine(), level);
                b.core().setInterrupt(code.interruptLine(), level);
            }
        }
    }

    private boolean isSame(Side a, Side b) {
        return a.finished() == b.finished() && a.retired() == b.retired() && a.asked() == b.asked()
            && Arrays.equals(a.registers(registers), b.registers(registers)) && a.ram().segment().mismatch(b.ram().segment()) < 0;
    }

    private String report(Side a, Side b, long at, String where) {
        StringBuilder out = new StringBuilder("after " + at + " instructions, " + where + "\n");
        line(out, "", a.name(), b.name());
        StringBuilder equal = new StringBuilder("the same in both:");
        long[] x = a.registers(registers);
        long[] y = b.registers(registers);
        int k = 0;
        for (String name : registers.keySet()) {
            if (x[k] != y[k]) {
                line(out, name, hex(x[k]), hex(y[k]));
            } else if (x[k] != 0) {
                equal.append(' ').append(name).append('=').append(Long.toHexString(x[k]));
            }
            k++;
        }
        differs(out, "retired", a.retired(), b.retired());
        differs(out, "asked of the device", a.asked(), b.asked());
        differs(out, "finished", a.finished() ? 1 : 0, b.finished() ? 1 : 0);
        int words = 0;
        for (long o = 0; o < a.ram().sizeBytes() && words < MOST_WORDS; o += 8) {
            long u = a.ram().segment().get(LONG, o);
            long v = b.ram().segment().get(LONG, o);
            if (u != v) {
                words++;
                line(out, "memory " + Long.toHexString(GuestCode.RAM_BASE + o), hex(u), hex(v));
            }
        }
        return out.append(words == MOST_WORDS ? "and maybe more memory\n" : "").append(equal).append(", all else 0").toString();
    }

    private static void differs(StringBuilder out, String what, long u, long v) {
        if (u != v) {
            line(out, what, hex(u), hex(v));
        }
    }

    private static void line(StringBuilder out, String what, String u, String v) {
        out.append(String.format("%-20s  %-16s  %s%n", what, u, v));
    }

    private static String hex(long v) {
        return String.format("%016x", v);
    }
}
