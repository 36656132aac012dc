package hv.oracle;

import hv.api.HvException;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamRegion;
import hv.api.part.PartFactory;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import hv.memory.GuestRam;
import hv.riscv.Cause;
import hv.riscv.Privileged;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** A bare machine around an engine of this platform. */
final class EngineMachine implements Peer {
    private static final long SLICE = 1_000_000;
    /** More than any program takes, with all its traps: one that takes more loops. */
    private static final int MAX_SLICES = 4;
    private final EngineFactory factory;
    private final boolean strict;
    private long retired;
    private String stopped = "";

    EngineMachine(EngineFactory factory, boolean strict) {
        this.factory = factory;
        this.strict = strict;
    }

    /** The engine of that type beside this class. */
    static EngineFactory engine(String type) throws OracleException {
        for (PartFactory f : ServiceLoader.load(PartFactory.class, EngineMachine.class.getClassLoader())) {
            if (f instanceof EngineFactory e && e.type().equals(type)) {
                return e;
            }
        }
        throw new OracleException("there is no engine \"" + type + "\" on the class path");
    }

    @Override
    public String description() {
        return "engine " + factory.type() + (strict ? ", strict" : "");
    }

    private BareMachine machine(GuestRam ram) throws HvException {
        return new BareMachine(factory, ram, strict, 1_000_000_000L, Map.of("mmu", "sv57"));
    }

    /** Instructions that the last batch took, with the harness's. */
    long retired() {
        return retired;
    }

    /** Why the last batch did not power its machine off; empty if it did. */
    String stopped() {
        return stopped;
    }

    @Override
    public List<Outcome> run(Batch batch) throws OracleException {
        try (GuestRam ram = new GuestRam(new RamRegion(Layout.HARNESS, Layout.RAM_BYTES)); BareMachine machine = machine(ram)) {
            batch.load(ram.segment());
            machine.core().registers().write(RiscvRegister.PC, Layout.HARNESS);
            stopped = run(machine.core(), ram.segment());
            retired = machine.core().instructionsRetired();
            return batch.outcomes(ram.segment());
        } catch (HvException e) {
            throw new OracleException(e.getMessage(), e);
        }
    }

    private static String run(VcpuCore core, MemorySegment ram) {
        Budget budget = new Budget();
        long program = 0;
        long until = SLICE * MAX_SLICES;
        while (core.instructionsRetired() < until) {
            core.run(budget.set(60_000_000_000L, SLICE));
            String why = answer(core);
            if (why != null) {
                return why;
            }
            long now = ram.get(Batch.LONG, Layout.HEADER - Layout.HARNESS + Layout.HEADER_INDEX);
            if (now != program) {
                program = now;
                until = core.instructionsRetired() + SLICE * MAX_SLICES;
            }
        }
        return "program " + program + " loops";
    }

    /** Answers the exit as a board without devices does; null to go on, "" when the machine powers off, else why it cannot go on. */
    static String answer(VcpuCore core) {
        return switch (core.exit().view()) {
            case ExitView.Mmio m -> {
                if (m.isWrite() && m.gpa() == Layout.POWER) {
                    yield "";
                }
                if (m.isWrite() && m.gpa() == Layout.MTIMECMP) {
                    yield null;
                }
                if (m.gpa() >= Layout.PCI && m.gpa() < Layout.HARNESS || m.gpa() >= Layout.PCI_HIGH && m.gpa() < Layout.PCI_HIGH_END) {
                    if (!m.isWrite()) {
                        core.exit().completion().value(-1L >>> 64 - 8 * m.widthBytes());
                    }
                    yield null;
                }
                core.exit().completion().trap(m.isWrite() ? Cause.STORE_ACCESS : Cause.LOAD_ACCESS, m.gpa());
                yield null;
            }
            case ExitView.Privileged p -> Privileged.execute(core.registers(), p.instruction()) == Privileged.FIRMWARE_CALL ? "called the firmware" : null;
            case ExitView.SliceEnd _, ExitView.Kicked _ -> null;
            case ExitView.Idle _ -> core.wantsToRun() ? null : "waits for ever at " + Long.toHexString(core.registers().read(RiscvRegister.PC));
            case ExitView.FirmwareCall _ -> "called the firmware at " + Long.toHexString(core.registers().read(RiscvRegister.PC));
            case ExitView.PortIo _ -> "made a port access";
            case ExitView.Debug _ -> "stopped for a debugger";
            case ExitView.Failure f -> f.reason();
        };
    }
}
