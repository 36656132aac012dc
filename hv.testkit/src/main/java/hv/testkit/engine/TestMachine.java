package hv.testkit.engine;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.VcpuCore;
import hv.api.part.PartException;
import hv.api.riscv.spi.InterruptFile;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.time.MachineClock;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import java.util.ArrayList;
import java.util.List;

/** An engine, its cores, RAM, and a clock that the test moves. The exits are the test's to answer, but for privileged instructions. */
public final class TestMachine implements EngineContext, MachineClock, AutoCloseable {
    private static final long HOST_NANOS = 600_000_000_000L;
    /** Runs in a row that retire nothing, beyond which a guest is taken to be stuck. */
    private static final int MAX_BARREN_RUNS = 10_000;
    private final GuestCode code;
    private final LoggedRam ram;
    private final int vcpus;
    private final Budget budget = new Budget();
    private EngineSetup setup;
    private Engine engine;
    private VcpuCore[] cores;
    private volatile long nowNanos;

    /** Cores are awake, in their reset state. */
    public TestMachine(EngineSetup setup, GuestCode code, int vcpus, LoggedRam ram) throws PartException {
        this.setup = setup;
        this.code = code;
        this.vcpus = vcpus;
        this.ram = ram;
        build();
        for (VcpuCore c : cores) {
            c.wake();
        }
    }

    /** One core, at the beginning of {@code program}. */
    public static TestMachine with(EngineSetup setup, GuestCode code, byte[] program) throws PartException {
        LoggedRam ram = new LoggedRam(GuestCode.RAM_BASE, GuestCode.RAM_BYTES);
        ram.store(GuestCode.CODE, program);
        TestMachine m = new TestMachine(setup, code, 1, ram);
        code.begin(m.core(0));
        return m;
    }

    private void build() throws PartException {
        engine = setup.factory().create(this);
        cores = new VcpuCore[vcpus];
        for (int k = 0; k < vcpus; k++) {
            cores[k] = engine.createVcpu(k);
        }
    }

    public VcpuCore core(int vcpu) {
        return cores[vcpu];
    }

    public Engine engine() {
        return engine;
    }

    /** Guest time from now on; never back. */
    public void now(long nanos) {
        nowNanos = nanos;
    }

    /** The state of each core, which sleeps for it. */
    public List<StateImage> save() throws NotAsleepException, StateException {
        List<StateImage> out = new ArrayList<>();
        for (VcpuCore c : cores) {
            c.sleep(Deadline.afterMillis(10_000));
            out.add(StateImage.of(c));
        }
        for (VcpuCore c : cores) {
            c.wake();
        }
        return out;
    }

    /** Hands this machine's vCPUs over to another engine, RAM stays. */
    public void replaceEngine(EngineSetup by) throws PartException, NotAsleepException, StateException {
        List<StateImage> state = save();
        Engine old = engine;
        setup = by;
        build();
        for (int k = 0; k < vcpus; k++) {
            state.get(k).into(cores[k]);
            cores[k].wake();
        }
        old.close();
    }

    /** Another machine with a copy of the RAM and the saved state of this one, which is closed. */
    public TestMachine restored(EngineSetup by) throws PartException, NotAsleepException, StateException {
        List<StateImage> state = save();
        TestMachine next = new TestMachine(by, code, vcpus, ram.copy());
        next.now(nowNanos);
        for (int k = 0; k < vcpus; k++) {
            next.cores[k].sleep(Deadline.afterMillis(10_000));
            state.get(k).into(next.cores[k]);
            next.cores[k].wake();
        }
        close();
        return next;
    }

    /**
     * Runs until that many instructions have retired. The state is then the one right behind the last of them. Privileged instructions are executed.
     *
     * @return the first other exit than the end of a budget; null if it came there
     * @throws AssertionError the core ran beyond its budget, or came no further
     */
    public ExitView runTo(int vcpu, long retired) {
        VcpuCore core = cores[vcpu];
        core.commit();
        int barren = 0;
        for (long before = core.instructionsRetired(); before < retired; ) {
            core.run(budget.set(HOST_NANOS, retired - before));
            switch (core.exit().view()) {
                case ExitView.SliceEnd _ -> { }
                case ExitView.Privileged p -> code.execute(core, p);
                case ExitView other -> {
                    return other;
                }
            }
            long now = core.instructionsRetired();
            barren = now == before ? barren + 1 : 0;
            if (now > retired || now < before) {
                throw new AssertionError(setup + ": a budget of " + (retired - before) + " instructions retired " + (now - before));
            }
            if (barren > MAX_BARREN_RUNS) {
                throw new AssertionError(setup + ": no instruction retired in " + barren + " runs, next is " + code.disassemble(core, ram));
            }
            before = now;
        }
        return null;
    }

    @Override
    public String machineName() {
        return "test";
    }

    @Override
    public int vcpuCount() {
        return vcpus;
    }

    @Override
    public LoggedRam ram() {
        return ram;
    }

    @Override
    public MachineClock clock() {
        return this;
    }

    @Override
    public long timebaseHz() {
        return 10_000_000;
    }

    @Override
    public boolean strict() {
        return setup.strict();
    }

    @Override
    public boolean firmwareMode() {
        return false;
    }

    @Override
    public InterruptFile interruptFile(int vcpu, boolean machineLevel) {
        return null;
    }

    @Override
    public String setting(String name) {
        return setup.settings().get(name);
    }

    /** Nothing: whoever moves the clock also tells the core. */
    @Override
    public void armTimer(int vcpu, long deadlineNanos) { }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public long wallNanos() {
        return nowNanos;
    }

    @Override
    public void close() {
        engine.close();
    }
}
