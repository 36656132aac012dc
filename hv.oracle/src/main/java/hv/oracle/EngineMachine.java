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
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** A bare machine around an engine of this platform. */
final class EngineMachine implements Peer {
    private static final long SLICE = 5_000_000;
    /** More than any batch needs, a hundred times over. */
    private static final long MAX_INSTRUCTIONS = 100_000_000L;
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
            stopped = run(machine.core());
            retired = machine.core().instructionsRetired();
            return batch.outcomes(ram.segment());
        } catch (HvException e) {
            throw new OracleException(e.getMessage(), e);
        }
    }

    private static String run(VcpuCore core) {
        Budget budget = new Budget();
        while (core.instructionsRetired() < MAX_INSTRUCTIONS) {
            core.run(budget.set(60_000_000_000L, SLICE));
            String why = answer(core);
            if (why != null) {
                return why;
            }
        }
        return "ran " + MAX_INSTRUCTIONS + " instructions";
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
                if (m.gpa() >= Layout.PCI && m.gpa() < Layout.HARNESS) {
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
