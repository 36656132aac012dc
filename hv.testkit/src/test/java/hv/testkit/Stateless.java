package hv.testkit;

import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;

/** A sample part without state. */
class Stateless implements Stateful, AutoCloseable {
    @Override
    public PartId id() {
        return new PartId("sample", new StateTag("sample", 1));
    }

    @Override
    public void sleep(Deadline by) throws hv.api.state.NotAsleepException {
        // It acts only when called.
    }

    @Override
    public void save(StateWriter out) {
        out.section("sample");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("sample");
        in.end();
    }

    @Override
    public void wake() {
        // Nothing to take up.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
