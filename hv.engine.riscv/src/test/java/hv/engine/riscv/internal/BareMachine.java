package hv.engine.riscv.internal;

import hv.api.HvException;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamRegion;
import hv.api.memory.RamView;
import hv.api.riscv.spi.InterruptFile;
import hv.api.time.MachineClock;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.memory.GuestRam;
import hv.riscv.Hart;
import hv.riscv.asm.Assembler;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** A bare machine for tests: 16 MiB of RAM at 2 GiB, an engine that soon translates, a clock that the test moves. */
final class BareMachine implements AutoCloseable, EngineContext, MachineClock {
    static final long BASE = 0x8000_0000L;
    static final long SIZE_BYTES = 16 << 20;
    /** A few rounds of a loop are enough to have both tiers run it. */
    private static final Translator.Limits SOON = new Translator.Limits(2, 3_000, true);
    final GuestRam ram;
    final RiscvEngine engine;
    final RiscvVcpu[] vcpus;
    final RiscvVcpu vcpu;
    final Hart hart;
    final Budget budget = new Budget();
    final Map<String, String> settings = new HashMap<>();
    private final InterruptFile supervisorFile;
    private final InterruptFile machineFile;
    private final boolean strict;
    private final boolean firmwareMode;
    volatile long nowNanos;
    long armedNanos = Long.MAX_VALUE;
    Assembler program;

    BareMachine() throws HvException {
        this(1, false);
    }

    /** One hart. */
    BareMachine(Translator.Limits limits) throws HvException {
        this(1, false, false, null, null, limits);
    }

    BareMachine(int vcpus, boolean strict) throws HvException {
        this(vcpus, strict, false, null, null);
    }

    /** With an IMSIC, one hart; with M mode if it has a file of machine level. */
    BareMachine(boolean strict, InterruptFile supervisorFile, InterruptFile machineFile) throws HvException {
        this(1, strict, machineFile != null, supervisorFile, machineFile);
    }

    /** With M mode, one hart. */
    static BareMachine machineMode(boolean strict) throws HvException {
        return new BareMachine(1, strict, true, null, null);
    }

    private BareMachine(int vcpus, boolean strict, boolean firmwareMode, InterruptFile supervisorFile, InterruptFile machineFile) throws HvException {
        this(vcpus, strict, firmwareMode, supervisorFile, machineFile, SOON);
    }

    private BareMachine(int vcpus, boolean strict, boolean firmwareMode, InterruptFile supervisorFile, InterruptFile machineFile, Translator.Limits limits)
            throws HvException {
        this.supervisorFile = supervisorFile;
        this.machineFile = machineFile;
        this.strict = strict;
        this.firmwareMode = firmwareMode;
        ram = new GuestRam(new RamRegion(BASE, SIZE_BYTES));
        this.vcpus = new RiscvVcpu[vcpus];
        engine = new RiscvEngine(this, 10, limits);
        for (int k = 0; k < vcpus; k++) {
            this.vcpus[k] = (RiscvVcpu) engine.createVcpu(k);
        }
        vcpu = this.vcpus[0];
        hart = (Hart) vcpu.registers();
    }

    /** Assembles {@code source} at BASE, and lets the first hart begin there. */
    BareMachine load(String source) {
        program = new Assembler(BASE);
        byte[] image = program.assemble(source);
        MemorySegment.copy(MemorySegment.ofArray(image), 0, ram.segment(), 0, image.length);
        hart.pc = BASE;
        return this;
    }

    /** Runs the first hart for at most {@code instructions}, and tells why it came out. */
    ExitView run(long instructions) {
        vcpu.run(budget.set(60_000_000_000L, instructions));
        return vcpu.exit().view();
    }

    /** Runs to an ecall in S mode. */
    BareMachine toCall() {
        ExitView v = run(100_000_000);
        if (!(v instanceof ExitView.FirmwareCall)) {
            throw new AssertionError("left with " + v.label() + " at pc " + Long.toHexString(hart.pc) + ", cause " + hart.scause + ", stval "
                + Long.toHexString(hart.stval));
        }
        return this;
    }

    /** Loads and runs to an ecall. */
    BareMachine execute(String source) {
        return load(source).toCall();
    }

    long symbol(String name) {
        return program.symbol(name);
    }

    Exit exit() {
        return vcpu.exit();
    }

    VcpuCore core(int index) {
        return vcpus[index];
    }

    @Override
    public String machineName() {
        return "bare";
    }

    @Override
    public int vcpuCount() {
        return vcpus.length;
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
        return firmwareMode;
    }

    @Override
    public InterruptFile interruptFile(int vcpu, boolean machineLevel) {
        return machineLevel ? machineFile : supervisorFile;
    }

    @Override
    public String setting(String name) {
        return settings.get(name);
    }

    @Override
    public void armTimer(int vcpuIndex, long deadlineNanos) {
        armedNanos = deadlineNanos;
    }

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
        ram.close();
    }
}
