package hv.devices.internal.aplic;

import static hv.devices.internal.aplic.AplicLayout.DELEGATED;
import static hv.devices.internal.aplic.AplicLayout.DETACHED;
import static hv.devices.internal.aplic.AplicLayout.EIID_MASK;
import static hv.devices.internal.aplic.AplicLayout.HART_MAX;
import static hv.devices.internal.aplic.AplicLayout.HART_SHIFT;
import static hv.devices.internal.aplic.AplicLayout.INACTIVE;
import static hv.devices.internal.aplic.AplicLayout.LEVEL1;
import static hv.devices.internal.aplic.AplicLayout.PRIORITY_MASK;
import static hv.devices.internal.aplic.AplicLayout.SOURCES;
import static hv.devices.internal.aplic.AplicLayout.WORDS;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;

/**
 * State of one interrupt domain.
 *
 * @param enable    domaincfg.IE
 * @param genmsi    as it reads; 0 without messages
 * @param sourcecfg of each source, source 0 has 0
 * @param target    of each source, 0 for one that is not active
 * @param pending   bits of sources, 0 for those that are not active
 * @param enabled   likewise
 * @param delivery  idelivery of each hart; false with messages, as are force and threshold
 * @param force     iforce
 * @param threshold ithreshold, 0 .. 255
 */
record DomainState(boolean enable, int genmsi, int[] sourcecfg, int[] target, int[] pending, int[] enabled, boolean[] delivery, boolean[] force,
        int[] threshold) {
    void write(String name, StateWriter out) {
        out.section(name).putBoolean(enable).putInt(genmsi);
        putInts(out, sourcecfg);
        putInts(out, target);
        putInts(out, pending);
        putInts(out, enabled);
        out.putInt(threshold.length);
        for (int hart = 0; hart < threshold.length; hart++) {
            out.putBoolean(delivery[hart]).putBoolean(force[hart]).putInt(threshold[hart]);
        }
    }

    static void putInts(StateWriter out, int[] values) {
        for (int v : values) {
            out.putInt(v);
        }
    }

    static int[] getInts(StateReader in, int count) throws StateException {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getInt();
        }
        return values;
    }

    /**
     * Reads a state and checks that a domain comes to it.
     *
     * @param parent  null for the root
     * @param hasChild whether sources can be delegated
     */
    static DomainState read(String name, StateReader in, int harts, boolean byMessage, int[] wires, DomainState parent, boolean hasChild)
            throws StateException {
        in.section(name);
        boolean enable = in.getBoolean();
        int genmsi = in.getInt();
        int[] sourcecfg = getInts(in, SOURCES);
        int[] target = getInts(in, SOURCES);
        int[] pending = getInts(in, WORDS);
        int[] enabled = getInts(in, WORDS);
        in.getInt(harts, harts);
        boolean[] delivery = new boolean[harts];
        boolean[] force = new boolean[harts];
        int[] threshold = new int[harts];
        for (int hart = 0; hart < harts; hart++) {
            delivery[hart] = in.getBoolean();
            force[hart] = in.getBoolean();
            threshold[hart] = in.getInt(0, byMessage ? 0 : PRIORITY_MASK);
            if (byMessage && (delivery[hart] || force[hart])) {
                throw new StateException("APLIC state delivers by line, this APLIC by message");
            }
        }
        if ((genmsi & ~(byMessage ? HART_MAX << HART_SHIFT | EIID_MASK : 0)) != 0) {
            throw new StateException("APLIC state has genmsi " + Integer.toHexString(genmsi));
        }
        DomainState s = new DomainState(enable, genmsi, sourcecfg, target, pending, enabled, delivery, force, threshold);
        for (int source = 0; source < 32 * WORDS; source++) {
            boolean there = source > 0 && source < SOURCES && (parent == null || parent.sourcecfg[source] == DELEGATED);
            if (!s.isLegal(source, there, byMessage, bit(wires, source), hasChild)) {
                throw new StateException("APLIC state of domain " + name + " has source " + source + " as none can be");
            }
        }
        return s;
    }

    private boolean isLegal(int source, boolean there, boolean byMessage, boolean wire, boolean hasChild) {
        int mode = source < SOURCES ? sourcecfg[source] : 0;
        int to = source < SOURCES ? target[source] : 0;
        boolean pends = bit(pending, source);
        if (mode == INACTIVE || mode == DELEGATED) {
            return (mode == INACTIVE || there && hasChild) && to == 0 && !pends && !bit(enabled, source);
        }
        boolean modeIsLegal = there && AplicLayout.isMode(mode);
        boolean targetIsLegal = (to & ~(HART_MAX << HART_SHIFT | (byMessage ? EIID_MASK : PRIORITY_MASK))) == 0
                && (byMessage || (to & PRIORITY_MASK) != 0);
        boolean high = mode > DETACHED && wire != ((mode & 1) != 0);
        boolean pendingIsLegal = mode < LEVEL1 || (byMessage ? !pends || high : pends == high);
        return modeIsLegal && targetIsLegal && pendingIsLegal;
    }

    private static boolean bit(int[] words, int source) {
        return (words[source >> 5] >>> source & 1) != 0;
    }
}
