package hv.devices.internal.imsic;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of one interrupt file; that of an IMSIC, tag "riscv-imsic", is a list of them by hart.
 *
 * @param delivery  eidelivery, 0 or 1
 * @param threshold eithreshold, 0 .. 255
 * @param pending   four words of pending bits, bit 0 of the first clear
 * @param enabled   likewise, of enable bits
 */
record ImsicState(int delivery, int threshold, long[] pending, long[] enabled) {
    static final StateTag TAG = new StateTag("riscv-imsic", 1);

    void write(StateWriter out) {
        out.putInt(delivery).putInt(threshold).putLongs(pending).putLongs(enabled);
    }

    static ImsicState read(StateReader in) throws StateException {
        ImsicState s = new ImsicState(in.getInt(0, 1), in.getInt(0, PendingFile.IDENTITIES - 1), in.getLongs(PendingFile.WORDS),
                in.getLongs(PendingFile.WORDS));
        if (((s.pending[0] | s.enabled[0]) & 1) != 0) {
            throw new StateException("IMSIC state uses identity 0");
        }
        return s;
    }
}
