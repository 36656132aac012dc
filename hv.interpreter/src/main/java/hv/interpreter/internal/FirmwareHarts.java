package hv.interpreter.internal;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** What the firmware remembers of each hart: its counters, and where it is told its steal time. Made when a hart first asks. */
final class FirmwareHarts {
    /** More harts than a hart mask holds are not served. */
    static final int MOST = 64;

    /** Of one hart. */
    record One(PmuCounters counters, StealTime stealTime) {
        One() {
            this(new PmuCounters(), new StealTime());
        }
    }

    private final AtomicReferenceArray<One> harts = new AtomicReferenceArray<>(MOST);

    /** That of a hart below {@link #MOST}; its own thread only. */
    One of(int hart) {
        One one = harts.get(hart);
        if (one == null) {
            one = new One();
            harts.set(hart, one);
        }
        return one;
    }

    /** A firmware event of a hart. Any thread. */
    void count(int hart, int event) {
        One one = hart < MOST ? harts.get(hart) : null;
        if (one != null) {
            one.counters().count(event);
        }
    }

    /** A turn of the hart begins, on its own thread. */
    void turnBegins(hv.api.vcpu.Vcpu vcpu) {
        One one = vcpu.index() < MOST ? harts.get(vcpu.index()) : null;
        if (one != null) {
            one.stealTime().tell(vcpu);
        }
    }

    /** The hart stops, and will start anew. */
    void forget(int hart) {
        if (hart < MOST) {
            harts.set(hart, null);
        }
    }

    void forgetAll() {
        for (int k = 0; k < MOST; k++) {
            harts.set(k, null);
        }
    }

    void save(StateWriter out) {
        int n = 0;
        for (int k = 0; k < MOST; k++) {
            n += harts.get(k) != null ? 1 : 0;
        }
        out.section("harts").putInt(n);
        for (int k = 0; k < MOST; k++) {
            One one = harts.get(k);
            if (one != null) {
                out.putInt(k);
                one.counters().save(out);
                one.stealTime().save(out);
            }
        }
    }

    /** Reads the section "harts", which earlier versions do not write, and gives what takes its place with {@link #take}. */
    static FirmwareHarts read(StateReader in) throws StateException {
        FirmwareHarts read = new FirmwareHarts();
        if (in.optionalSection("harts")) {
            int n = in.getInt(0, MOST);
            int before = -1;
            for (int k = 0; k < n; k++) {
                before = in.getInt(before + 1, MOST - 1);
                One one = read.of(before);
                one.counters().restore(in);
                one.stealTime().restore(in);
            }
        }
        return read;
    }

    void take(FirmwareHarts other) {
        for (int k = 0; k < MOST; k++) {
            harts.set(k, other.harts.get(k));
        }
    }
}
