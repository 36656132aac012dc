package hv.devices.internal.plic;

import static hv.devices.internal.plic.PlicLayout.CONTEXT;
import static hv.devices.internal.plic.PlicLayout.CONTEXTS_PER_HART;
import static hv.devices.internal.plic.PlicLayout.CONTEXT_STRIDE;
import static hv.devices.internal.plic.PlicLayout.ENABLE;
import static hv.devices.internal.plic.PlicLayout.ENABLE_STRIDE;
import static hv.devices.internal.plic.PlicLayout.PENDING;
import static hv.devices.internal.plic.PlicLayout.PRIORITY_MAX;
import static hv.devices.internal.plic.PlicLayout.SOURCES;
import static hv.devices.internal.plic.PlicLayout.WORDS;

import hv.api.device.DeviceContext;
import hv.api.device.InterruptLine;
import hv.api.device.spi.InterruptController;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;

/**
 * A platform-level interrupt controller (RISC-V PLIC 1.0.0). A gateway turns a level into one request, which stays pending until it is
 * claimed even if the line falls (chapter 1.3 there), and looks at the line again when the claim is completed.
 * <p>The S context of each hart drives its line 9 (supervisor external), and with property "machine-mode" = "true" its M context line 11 (machine
 * external). Otherwise M contexts have registers and lead nowhere.
 */
final class Plic extends RegisterDevice implements InterruptController {
    private static final int SUPERVISOR_EXTERNAL = 9;
    private static final int MACHINE_EXTERNAL = 11;

    private final int contexts;
    /** One for each context; null where it leads nowhere. */
    private final InterruptLine[] lines;

    // All guarded by this.
    private final int[] priority = new int[SOURCES];
    private final int[] level = new int[WORDS];
    private final int[] pending = new int[WORDS];
    private final int[] claimed = new int[WORDS];
    private final int[] enable;
    private final int[] threshold;
    private final boolean[] lineHigh;

    Plic(String path, DeviceContext context, boolean machineMode) {
        super(path, PlicState.TAG);
        int harts = context.guest().vcpuCount();
        contexts = CONTEXTS_PER_HART * harts;
        lines = new InterruptLine[contexts];
        for (int h = 0; h < harts; h++) {
            lines[CONTEXTS_PER_HART * h] = machineMode ? context.vcpuLine(h, MACHINE_EXTERNAL) : null;
            lines[CONTEXTS_PER_HART * h + 1] = context.vcpuLine(h, SUPERVISOR_EXTERNAL);
        }
        enable = new int[contexts * WORDS];
        threshold = new int[contexts];
        lineHigh = new boolean[contexts];
    }

    @Override
    public synchronized void input(int irq, boolean high) {
        if (irq <= 0 || irq >= SOURCES) {
            return; // 0 is "no interrupt"; the board gives none above.
        }
        int w = irq >> 5;
        int bit = 1 << irq;
        if (high) {
            level[w] |= bit;
            if ((claimed[w] & bit) == 0) {
                pending[w] |= bit;
            }
        } else {
            level[w] &= ~bit;
        }
        update();
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        if (widthBytes != 4 || (offset & 3) != 0) {
            return 0;
        }
        int at = (int) offset;
        if (at < PENDING) {
            return at / 4 < SOURCES ? priority[at / 4] : 0;
        }
        if (at < ENABLE) {
            int w = (at - PENDING) / 4;
            return w < WORDS ? pending[w] & 0xffff_ffffL : 0;
        }
        if (at < CONTEXT) {
            int i = enableIndex(at);
            return i >= 0 ? enable[i] & 0xffff_ffffL : 0;
        }
        int c = (at - CONTEXT) / CONTEXT_STRIDE;
        if (c >= contexts) {
            return 0;
        }
        return switch (at % CONTEXT_STRIDE) {
            case 0 -> threshold[c];
            case 4 -> claim(c);
            default -> 0;
        };
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        if (widthBytes != 4 || (offset & 3) != 0) {
            return;
        }
        int at = (int) offset;
        int v = (int) value;
        if (at < PENDING) {
            if (at >= 4 && at / 4 < SOURCES) {
                priority[at / 4] = v & PRIORITY_MAX;
            }
        } else if (at < ENABLE) {
            return; // pending bits are read-only
        } else if (at < CONTEXT) {
            int i = enableIndex(at);
            if (i >= 0) {
                enable[i] = i % WORDS == 0 ? v & ~1 : v;
            }
        } else {
            int c = (at - CONTEXT) / CONTEXT_STRIDE;
            if (c < contexts) {
                switch (at % CONTEXT_STRIDE) {
                    case 0 -> threshold[c] = v & PRIORITY_MAX;
                    case 4 -> complete(c, v);
                    default -> { }
                }
            }
        }
        update();
    }

    /** Index of an enable word, -1 if there is none at that offset. */
    private int enableIndex(int at) {
        int c = (at - ENABLE) / ENABLE_STRIDE;
        int w = (at - ENABLE) % ENABLE_STRIDE / 4;
        return c < contexts && w < WORDS ? c * WORDS + w : -1;
    }

    /** The source a context would claim: the highest priority above the threshold, of equals the lowest number; 0 for none. */
    private int best(int c) {
        int best = 0;
        int bestPriority = threshold[c];
        for (int w = 0; w < WORDS; w++) {
            for (int bits = pending[w] & enable[c * WORDS + w]; bits != 0; bits &= bits - 1) {
                int s = w * 32 + Integer.numberOfTrailingZeros(bits);
                if (priority[s] > bestPriority) {
                    best = s;
                    bestPriority = priority[s];
                }
            }
        }
        return best;
    }

    private int claim(int c) {
        int s = best(c);
        if (s != 0) {
            pending[s >> 5] &= ~(1 << s);
            claimed[s >> 5] |= 1 << s;
            update();
        }
        return s;
    }

    /** Ignored unless the source is enabled for the context (chapter 9 of the specification). */
    private void complete(int c, int s) {
        if (s <= 0 || s >= SOURCES) {
            return;
        }
        int w = s >> 5;
        int bit = 1 << s;
        if ((enable[c * WORDS + w] & claimed[w] & bit) != 0) {
            claimed[w] &= ~bit;
            pending[w] |= level[w] & bit;
        }
    }

    private void update() {
        if (isAsleep()) {
            return; // wake asserts all
        }
        for (int c = 0; c < contexts; c++) {
            boolean high = lines[c] != null && best(c) != 0;
            if (high != lineHigh[c]) {
                lineHigh[c] = high;
                lines[c].level(high);
            }
        }
    }

    /** The levels of the input lines stay: they are the devices'. */
    @Override
    public synchronized void reset() {
        java.util.Arrays.fill(priority, 0);
        java.util.Arrays.fill(claimed, 0);
        java.util.Arrays.fill(enable, 0);
        java.util.Arrays.fill(threshold, 0);
        System.arraycopy(level, 0, pending, 0, WORDS);
        lowerLines();
    }

    @Override
    public synchronized void save(StateWriter out) {
        new PlicState(priority.clone(), pending.clone(), claimed.clone(), enable.clone(), threshold.clone()).write(out);
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        PlicState s = PlicState.read(in, contexts);
        System.arraycopy(s.priority(), 0, priority, 0, SOURCES);
        System.arraycopy(s.pending(), 0, pending, 0, WORDS);
        System.arraycopy(s.claimed(), 0, claimed, 0, WORDS);
        System.arraycopy(s.enable(), 0, enable, 0, enable.length);
        System.arraycopy(s.threshold(), 0, threshold, 0, contexts);
        java.util.Arrays.fill(level, 0);
    }

    @Override
    protected void stop() {
        // Nothing here happens by itself.
    }

    @Override
    protected void start() {
        for (int c = 0; c < contexts; c++) {
            if (lines[c] != null) {
                lineHigh[c] = best(c) != 0;
                lines[c].level(lineHigh[c]);
            }
        }
    }

    @Override
    protected void lowerLines() {
        for (int c = 0; c < contexts; c++) {
            if (lines[c] != null) {
                lineHigh[c] = false;
                lines[c].level(false);
            }
        }
    }
}
