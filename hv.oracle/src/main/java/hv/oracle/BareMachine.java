package hv.oracle;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.VcpuCore;
import hv.api.riscv.spi.InterruptFile;
import hv.api.memory.RamView;
import hv.api.part.PartException;
import hv.api.time.MachineClock;
import java.util.Map;

/** All that an engine needs of a machine with one vCPU that boots firmware, and nothing else: RAM, and a clock that stands, so that no timer comes due. */
final class BareMachine implements EngineContext, MachineClock, AutoCloseable {
    private final RamView ram;
    private final boolean strict;
    private final long nowNanos;
    private final Map<String, String> settings;
    private final Engine engine;
    private final VcpuCore core;

    /**
     * @param ram      stays the caller's to close
     * @param strict   every privileged instruction exits
     * @param nowNanos what the clock says
     * @param settings of the machine's description, by name
     * @throws PartException the engine refuses such a machine
     */
    BareMachine(EngineFactory factory, RamView ram, boolean strict, long nowNanos, Map<String, String> settings) throws PartException {
        this.ram = ram;
        this.strict = strict;
        this.nowNanos = nowNanos;
        this.settings = Map.copyOf(settings);
        engine = factory.create(this);
        core = engine.createVcpu(0);
        core.wake();
    }

    VcpuCore core() {
        return core;
    }

    @Override
    public String machineName() {
        return "bare";
    }

    @Override
    public int vcpuCount() {
        return 1;
    }

    @Override
    public RamView ram() {
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
        return strict;
    }

    @Override
    public boolean firmwareMode() {
        return true;
    }

    @Override
    public InterruptFile interruptFile(int vcpu, boolean machineLevel) {
        return null;
    }

    @Override
    public String setting(String name) {
        return settings.get(name);
    }

    /** Nothing: the clock stands, and a timer of the past is seen by the hart itself. */
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
