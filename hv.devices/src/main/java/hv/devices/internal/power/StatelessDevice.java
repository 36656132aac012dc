package hv.devices.internal.power;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;

/** A device that remembers nothing, does nothing by itself and drives no line. */
abstract class StatelessDevice extends RegisterDevice {
    StatelessDevice(String path, StateTag tag) {
        super(path, tag);
    }

    @Override
    public final void reset() {
        // Nothing to forget.
    }

    @Override
    public final void save(StateWriter out) {
        out.section("none");
    }

    @Override
    public final void restore(StateReader in) throws StateException {
        in.section("none");
        in.end();
    }

    @Override
    protected final void stop() {
        // Nothing here happens by itself.
    }

    @Override
    protected final void start() {
        // It drives no line.
    }

    @Override
    protected final void lowerLines() {
        // It drives no line.
    }
}
