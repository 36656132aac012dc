package hv.devices.internal.aplic;

import static hv.devices.internal.aplic.AplicLayout.CLAIMI;
import static hv.devices.internal.aplic.AplicLayout.CLRIE;
import static hv.devices.internal.aplic.AplicLayout.CLRIENUM;
import static hv.devices.internal.aplic.AplicLayout.CLRIPNUM;
import static hv.devices.internal.aplic.AplicLayout.DELEGATED;
import static hv.devices.internal.aplic.AplicLayout.DETACHED;
import static hv.devices.internal.aplic.AplicLayout.DOMAINCFG;
import static hv.devices.internal.aplic.AplicLayout.DOMAINCFG_DM;
import static hv.devices.internal.aplic.AplicLayout.DOMAINCFG_FIXED;
import static hv.devices.internal.aplic.AplicLayout.DOMAINCFG_IE;
import static hv.devices.internal.aplic.AplicLayout.EIID_MASK;
import static hv.devices.internal.aplic.AplicLayout.GENMSI;
import static hv.devices.internal.aplic.AplicLayout.HART_MAX;
import static hv.devices.internal.aplic.AplicLayout.HART_SHIFT;
import static hv.devices.internal.aplic.AplicLayout.IDC;
import static hv.devices.internal.aplic.AplicLayout.IDC_STRIDE;
import static hv.devices.internal.aplic.AplicLayout.IDELIVERY;
import static hv.devices.internal.aplic.AplicLayout.IFORCE;
import static hv.devices.internal.aplic.AplicLayout.INACTIVE;
import static hv.devices.internal.aplic.AplicLayout.IN_CLRIP;
import static hv.devices.internal.aplic.AplicLayout.ITHRESHOLD;
import static hv.devices.internal.aplic.AplicLayout.LEVEL1;
import static hv.devices.internal.aplic.AplicLayout.PRIORITY_MASK;
import static hv.devices.internal.aplic.AplicLayout.SETIE;
import static hv.devices.internal.aplic.AplicLayout.SETIENUM;
import static hv.devices.internal.aplic.AplicLayout.SETIP;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM_BE;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM_LE;
import static hv.devices.internal.aplic.AplicLayout.SOURCECFG_END;
import static hv.devices.internal.aplic.AplicLayout.SOURCES;
import static hv.devices.internal.aplic.AplicLayout.TOPI;
import static hv.devices.internal.aplic.AplicLayout.WORDS;

import java.util.Arrays;

/**
 * One interrupt domain of an APLIC: its registers, and when sources pend and where they are sent (RISC-V Advanced Interrupt Architecture 1.0, 4.5,
 * 4.7 to 4.9). Its delivery mode is fixed: messages where harts have IMSICs, lines else. Guarded by the APLIC.
 */
final class Domain {
    private final Signal signal;
    private final boolean byMessage;
    /** Null: no child. */
    private final Domain child;

    // Sources.
    private final int[] sourcecfg = new int[SOURCES];
    private final int[] target = new int[SOURCES];
    private final int[] wires = new int[WORDS];
    private final int[] pending = new int[WORDS];
    private final int[] enabled = new int[WORDS];
    /** Sources that are there for this domain. */
    private final int[] delegated = new int[WORDS];
    private final boolean root;

    private boolean enable;
    private int genmsi;
    private final boolean[] delivery;
    private final boolean[] force;
    private final int[] threshold;
    private final boolean[] lineHigh;
    private boolean running;

    /** @param child gets what this domain, which is then the root, delegates; null for none */
    Domain(Signal signal, int harts, boolean byMessage, boolean root, Domain child) {
        this.signal = signal;
        this.byMessage = byMessage;
        this.root = root;
        this.child = child;
        delivery = new boolean[harts];
        force = new boolean[harts];
        threshold = new int[harts];
        lineHigh = new boolean[harts];
        reset();
    }

    // ---- sources -----------------------------------------------------------------------------------------------------------

    private static boolean has(int[] words, int source) {
        return (words[source >> 5] >>> source & 1) != 0;
    }

    private static void put(int[] words, int source, boolean value) {
        if (value) {
            words[source >> 5] |= 1 << source;
        } else {
            words[source >> 5] &= ~(1 << source);
        }
    }

    private boolean isActive(int source) {
        return source > 0 && source < SOURCES && sourcecfg[source] != INACTIVE && sourcecfg[source] != DELEGATED;
    }

    private boolean isLevel(int source) {
        return sourcecfg[source] == LEVEL1 || sourcecfg[source] == LEVEL1 + 1;
    }

    /** Rectified input value (4.5.2). */
    private boolean rectified(int source) {
        int mode = sourcecfg[source];
        return mode > DETACHED && mode != DELEGATED && has(wires, source) != ((mode & 1) != 0);
    }

    /** The wire of a source. */
    void wire(int source, boolean high) {
        boolean before = rectified(source);
        put(wires, source, high);
        boolean now = rectified(source);
        if (now && !before) {
            put(pending, source, true);
        } else if (!now && isLevel(source)) {
            put(pending, source, false);
        }
        if (child != null) {
            child.wire(source, high);
        }
        update();
    }

    /** The parent delegates a source to this domain, or does no more. */
    private void delegate(int source, boolean to) {
        put(delegated, source, to);
        if (!to) {
            configure(source, INACTIVE);
        }
        update();
    }

    private void writeSourcecfg(int source, int value) {
        if (!has(delegated, source)) {
            return;
        }
        if ((value & DELEGATED) != 0) {
            // Child Index can be 0 alone (WLRL); a leaf cannot delegate.
            configure(source, child == null ? INACTIVE : DELEGATED);
        } else {
            configure(source, AplicLayout.isMode(value & 7) ? value & 7 : INACTIVE);
        }
    }

    private void configure(int source, int value) {
        boolean wasActive = isActive(source);
        boolean wasDelegated = sourcecfg[source] == DELEGATED;
        sourcecfg[source] = value;
        if (child != null && (value == DELEGATED) != wasDelegated) {
            child.delegate(source, !wasDelegated);
        }
        if (!isActive(source)) {
            put(pending, source, false);
            put(enabled, source, false);
            target[source] = 0;
            return;
        }
        if (!wasActive) {
            // UNSPECIFIED, but 0 is no priority.
            target[source] = byMessage ? 0 : 1;
        }
        if (isLevel(source)) {
            put(pending, source, rectified(source));
        }
    }

    /** A write that would set the pending bit (4.7). */
    private void pend(int source) {
        if (isActive(source) && (!isLevel(source) || byMessage && rectified(source))) {
            put(pending, source, true);
        }
    }

    /** A write that would clear the pending bit, or a claim (4.7). */
    private void unpend(int source) {
        if (isActive(source) && (!isLevel(source) || byMessage)) {
            put(pending, source, false);
        }
    }

    private void enable(int source, boolean value) {
        if (isActive(source)) {
            put(enabled, source, value);
        }
    }

    // ---- registers ---------------------------------------------------------------------------------------------------------

    /** @param at offset from the domain's start, a multiple of 4 */
    int read(int at) {
        if (at == DOMAINCFG) {
            return DOMAINCFG_FIXED | (enable ? DOMAINCFG_IE : 0) | (byMessage ? DOMAINCFG_DM : 0);
        }
        if (at < SOURCECFG_END) {
            return at / 4 < SOURCES ? sourcecfg[at / 4] : 0;
        }
        int word = (at & 0xff) / 4;
        return switch (at & ~0xff) {
            case SETIP -> word < WORDS ? pending[word] : 0;
            case IN_CLRIP -> word < WORDS ? rectifiedWord(word) : 0;
            case SETIE -> word < WORDS ? enabled[word] : 0;
            default -> {
                if (at == GENMSI) {
                    yield genmsi;
                }
                if (at >= IDC) {
                    yield readDelivery((at - IDC) / IDC_STRIDE, at % IDC_STRIDE);
                }
                yield at > GENMSI && (at - GENMSI) / 4 < SOURCES ? target[(at - GENMSI) / 4] : 0;
            }
        };
    }

    private int rectifiedWord(int word) {
        int bits = 0;
        for (int source = Math.max(1, word * 32); source < Math.min(SOURCES, word * 32 + 32); source++) {
            bits |= rectified(source) ? 1 << source : 0;
        }
        return bits;
    }

    /** @param at offset from the domain's start, a multiple of 4 */
    void write(int at, int value) {
        if (at == DOMAINCFG) {
            enable = (value & DOMAINCFG_IE) != 0;
        } else if (at < SOURCECFG_END) {
            if (at / 4 < SOURCES) {
                writeSourcecfg(at / 4, value);
            }
        } else if (at >= IDC) {
            writeDelivery((at - IDC) / IDC_STRIDE, at % IDC_STRIDE, value);
        } else if (at > GENMSI) {
            if ((at - GENMSI) / 4 < SOURCES && isActive((at - GENMSI) / 4)) {
                target[(at - GENMSI) / 4] = legalTarget(value);
            }
        } else {
            writeByNumberOrWord(at, value);
        }
        update();
    }

    /** 4.5.16: harts can be any, also such as do not exist, to which nothing is delivered. */
    private int legalTarget(int value) {
        int hart = value & HART_MAX << HART_SHIFT;
        return hart | (byMessage ? value & EIID_MASK : Math.max(1, value & PRIORITY_MASK));
    }

    private void writeByNumberOrWord(int at, int value) {
        switch (at) {
            case SETIPNUM, SETIPNUM_LE -> pend(value);
            case SETIPNUM_BE -> pend(Integer.reverseBytes(value));
            case CLRIPNUM -> unpend(value);
            case SETIENUM -> enable(value, true);
            case CLRIENUM -> enable(value, false);
            case GENMSI -> {
                if (byMessage) {
                    // Sent at once: Busy (bit 12) is never seen.
                    genmsi = value & (HART_MAX << HART_SHIFT | EIID_MASK);
                    signal.message(genmsi >>> HART_SHIFT, genmsi & EIID_MASK);
                }
            }
            default -> {
                int first = (at & 0xff) / 4 * 32;
                for (int bits = first < SOURCES ? value : 0; bits != 0; bits &= bits - 1) {
                    int source = first + Integer.numberOfTrailingZeros(bits);
                    switch (at & ~0xff) {
                        case SETIP -> pend(source);
                        case IN_CLRIP -> unpend(source);
                        case SETIE -> enable(source, true);
                        case CLRIE -> enable(source, false);
                        default -> { } // reserved
                    }
                }
            }
        }
    }

    // ---- delivery ----------------------------------------------------------------------------------------------------------

    private boolean hasDelivery(int hart) {
        return !byMessage && hart < delivery.length;
    }

    private int readDelivery(int hart, int register) {
        if (!hasDelivery(hart)) {
            return 0;
        }
        return switch (register) {
            case IDELIVERY -> delivery[hart] ? 1 : 0;
            case IFORCE -> force[hart] ? 1 : 0;
            case ITHRESHOLD -> threshold[hart];
            case TOPI -> top(hart);
            case CLAIMI -> claim(hart);
            default -> 0;
        };
    }

    private void writeDelivery(int hart, int register, int value) {
        if (hasDelivery(hart)) {
            switch (register) {
                case IDELIVERY -> delivery[hart] = (value & 1) != 0;
                case IFORCE -> force[hart] = (value & 1) != 0;
                case ITHRESHOLD -> threshold[hart] = value & PRIORITY_MASK;
                default -> { } // topi and claimi ignore writes, the others are reserved
            }
        }
    }

    /** Lowest priority number below the threshold, of equals the lowest source. */
    private int top(int hart) {
        int best = 0;
        int bestPriority = threshold[hart] == 0 ? PRIORITY_MASK + 1 : threshold[hart];
        for (int w = 0; w < WORDS; w++) {
            for (int bits = pending[w] & enabled[w]; bits != 0; bits &= bits - 1) {
                int source = w * 32 + Integer.numberOfTrailingZeros(bits);
                int priority = target[source] & PRIORITY_MASK;
                if (priority < bestPriority && target[source] >>> HART_SHIFT == hart) {
                    best = source;
                    bestPriority = priority;
                }
            }
        }
        return best == 0 ? 0 : best << 16 | bestPriority;
    }

    private int claim(int hart) {
        int top = top(hart);
        if (top == 0) {
            force[hart] = false;
        } else {
            unpend(top >>> 16);
        }
        update();
        return top;
    }

    private void update() {
        if (!running) {
            return;
        }
        if (!byMessage) {
            for (int hart = 0; hart < lineHigh.length; hart++) {
                boolean high = isSignalled(hart);
                if (high != lineHigh[hart]) {
                    lineHigh[hart] = high;
                    signal.line(hart, high);
                }
            }
        } else if (enable) {
            for (int w = 0; w < WORDS; w++) {
                for (int bits = pending[w] & enabled[w]; bits != 0; bits &= bits - 1) {
                    int source = w * 32 + Integer.numberOfTrailingZeros(bits);
                    put(pending, source, false);
                    signal.message(target[source] >>> HART_SHIFT, target[source] & EIID_MASK);
                }
            }
        }
    }

    private boolean isSignalled(int hart) {
        return enable && delivery[hart] && (force[hart] || top(hart) != 0);
    }

    // ---- life --------------------------------------------------------------------------------------------------------------

    void stop() {
        running = false;
    }

    void start() {
        running = true;
        for (int hart = 0; !byMessage && hart < lineHigh.length; hart++) {
            lineHigh[hart] = isSignalled(hart);
            signal.line(hart, lineHigh[hart]);
        }
        update();
    }

    void lowerLines() {
        for (int hart = 0; !byMessage && hart < lineHigh.length; hart++) {
            lineHigh[hart] = false;
            signal.line(hart, false);
        }
    }

    /** The wires stay: they are the devices'. */
    void reset() {
        Arrays.fill(sourcecfg, 0);
        Arrays.fill(target, 0);
        Arrays.fill(pending, 0);
        Arrays.fill(enabled, 0);
        Arrays.fill(delegated, 0);
        for (int source = 1; root && source < SOURCES; source++) {
            put(delegated, source, true);
        }
        enable = false;
        genmsi = 0;
        Arrays.fill(delivery, false);
        Arrays.fill(force, false);
        Arrays.fill(threshold, 0);
    }

    int[] wires() {
        return wires.clone();
    }

    DomainState state() {
        return new DomainState(enable, genmsi, sourcecfg.clone(), target.clone(), pending.clone(), enabled.clone(), delivery.clone(), force.clone(),
                threshold.clone());
    }

    /** A state that {@link DomainState} found to be one of such a domain. */
    void restore(int[] wired, DomainState s, DomainState parent) {
        System.arraycopy(wired, 0, wires, 0, WORDS);
        System.arraycopy(s.sourcecfg(), 0, sourcecfg, 0, SOURCES);
        System.arraycopy(s.target(), 0, target, 0, SOURCES);
        System.arraycopy(s.pending(), 0, pending, 0, WORDS);
        System.arraycopy(s.enabled(), 0, enabled, 0, WORDS);
        System.arraycopy(s.delivery(), 0, delivery, 0, delivery.length);
        System.arraycopy(s.force(), 0, force, 0, force.length);
        System.arraycopy(s.threshold(), 0, threshold, 0, threshold.length);
        for (int source = 1; source < SOURCES; source++) {
            put(delegated, source, parent == null || parent.sourcecfg()[source] == DELEGATED);
        }
        enable = s.enable();
        genmsi = s.genmsi();
    }
}
