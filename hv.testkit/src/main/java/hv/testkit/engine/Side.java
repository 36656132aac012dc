package hv.testkit.engine;

import hv.api.HvException;
import hv.api.engine.spi.VcpuCore;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.vcpu.ExitView;
import java.util.Map;

/** One of two machines in lock step, with a device whose answers depend on nothing but what it was asked before. */
final class Side implements AutoCloseable {
    private final EngineSetup setup;
    private final EngineSetup other;
    private TestMachine machine;
    private long asked;
    private boolean finished;
    private boolean swapped;

    /** @param other whom its engine is replaced by and by whom that one */
    Side(EngineSetup setup, EngineSetup other, GuestCode code, byte[] program) throws HvException {
        this.setup = setup;
        this.other = other;
        machine = TestMachine.with(setup, code, program);
    }

    VcpuCore core() {
        return machine.core(0);
    }

    LoggedRam ram() {
        return machine.ram();
    }

    String name() {
        return setup.name();
    }

    boolean finished() {
        return finished;
    }

    /** A number for all that the device was asked so far. */
    long asked() {
        return asked;
    }

    long retired() {
        return core().instructionsRetired();
    }

    void advance(long retired) {
        while (!finished) {
            ExitView v = machine.runTo(0, retired);
            if (v == null) {
                return;
            }
            answer(v);
            core().commit();
        }
    }

    private void answer(ExitView view) {
        switch (view) {
            case ExitView.Mmio m -> {
                ask(m.gpa(), m.widthBytes(), m.isWrite() ? m.value() : -1);
                if (!m.isWrite()) {
                    core().exit().completion().value(asked >>> 64 - 8 * m.widthBytes());
                }
                finished = m.isWrite() && m.gpa() == GuestCode.FINISH;
            }
            case ExitView.FirmwareCall f -> {
                for (int k = 0; k < 8; k++) {
                    ask(k, 8, f.arg(k));
                }
                core().exit().completion().pair(asked, asked * 3);
            }
            // It may wake for no reason.
            case ExitView.Idle _ -> { }
            case ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Privileged _, ExitView.PortIo _, ExitView.Debug _ ->
                throw new AssertionError(name() + " left with " + view.label() + " unasked");
            case ExitView.Failure f -> throw new AssertionError(name() + " failed: " + f.reason());
        }
    }

    private void ask(long where, int width, long value) {
        long mixed = (asked ^ where * 0x9E37_79B9_7F4A_7C15L ^ width) + value;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        asked = mixed ^ mixed >>> 31;
    }

    StateImage save() throws NotAsleepException, StateException {
        return machine.save().getFirst();
    }

    void replaceEngine() throws HvException, NotAsleepException {
        swapped = !swapped;
        machine.replaceEngine(swapped ? other : setup);
    }

    void restoreElsewhere() throws HvException, NotAsleepException {
        machine = machine.restored(setup);
    }

    /** The first of the registers. */
    long pc(Map<String, Integer> registers) {
        return core().registers().read(registers.values().iterator().next());
    }

    long[] registers(Map<String, Integer> which) {
        long[] out = new long[which.size()];
        int k = 0;
        for (int number : which.values()) {
            out[k++] = core().registers().read(number);
        }
        return out;
    }

    @Override
    public void close() {
        machine.close();
    }
}
