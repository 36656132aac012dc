package hv.network.internal;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a network backend, tag "net-connection". What is on its way is with the handles: a connection cannot outlive its process.
 *
 * @param connections how many there were
 */
record ConnectionState(long connections) {
    static final StateTag TAG = new StateTag("net-connection", 1);

    void write(StateWriter out) {
        out.section("connection").putLong(connections);
    }

    static ConnectionState read(StateReader in) throws StateException {
        in.section("connection");
        long n = in.getLong();
        in.end();
        if (n < 0 || n > Long.MAX_VALUE / 2) {
            throw new StateException("network state has " + n + " connections");
        }
        return new ConnectionState(n);
    }
}
