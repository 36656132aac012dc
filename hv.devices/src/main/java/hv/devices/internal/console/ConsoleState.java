package hv.devices.internal.console;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a virtio console, tag "virtio-console".
 *
 * @param sentBytes bytes of the next output buffer that the world has taken already, 0 .. 2^32 - 1
 * @param columns   of the terminal, as the driver was told; 0 .. 65535
 * @param rows      likewise
 */
record ConsoleState(long sentBytes, int columns, int rows) {
    static final StateTag TAG = new StateTag("virtio-console", 1);

    void write(StateWriter out) {
        out.section("console").putLong(sentBytes).putInt(columns).putInt(rows);
    }

    static ConsoleState read(StateReader in) throws StateException {
        in.section("console");
        long sent = in.getLong();
        int columns = in.getInt(0, 0xffff);
        int rows = in.getInt(0, 0xffff);
        in.end();
        if (sent < 0 || sent > 0xffff_ffffL) {
            throw new StateException("console state has sent " + sent + " bytes of one buffer, more than there can be");
        }
        return new ConsoleState(sent, columns, rows);
    }
}
