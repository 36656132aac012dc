package hv.interpreter.internal;

import hv.api.bus.Bus;
import hv.api.interpreter.spi.Interpreter;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import hv.riscv.Cause;
import hv.riscv.Privileged;

/**
 * The interpreter of RISC-V machines: register accesses, SBI calls, and instructions the engine does not own. Of its own it remembers only
 * what harts told it of their counters and steal time, each hart's apart, so any number of vCPU threads may be in it. Allocates only where bytes are
 * copied for a debug console or counters are set up.
 */
final class RiscvSbi implements Interpreter {
    static final PartId ID = new PartId("interpreter", new StateTag("riscv-sbi", 1));

    private final FirmwareHarts harts = new FirmwareHarts();

    @Override
    public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
        return switch (exit.view()) {
            case ExitView.Mmio access -> mmio(exit, access, bus);
            case ExitView.FirmwareCall call -> SbiCalls.call(exit, call, vcpu, harts);
            case ExitView.Privileged instruction -> privileged(instruction, vcpu);
            case ExitView.PortIo access -> portIo(exit, access);
            case ExitView.Idle _ -> Next.PARK;
            case ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Debug _ -> Next.RESUME;
            case ExitView.Failure failure -> {
                vcpu.guest().fail(failure.reason());
                yield Next.STOP;
            }
        };
    }

    /** Where nobody answers the access faults, as in QEMU's virt machine; the engine replaces the address by the virtual one, which it alone knows. */
    private static Next mmio(Exit exit, ExitView.Mmio access, Bus bus) {
        long gpa = access.gpa();
        int width = access.widthBytes();
        if (!bus.answers(gpa, width)) {
            exit.completion().trap(access.isWrite() ? Cause.STORE_ACCESS : Cause.LOAD_ACCESS, gpa);
            return Next.REFLECT;
        }
        if (access.isWrite()) {
            bus.write(gpa, width, access.value());
        } else {
            exit.completion().value(bus.read(gpa, width));
        }
        return Next.RESUME;
    }

    /** The meaning stands in hv.riscv, traps included: what the engine inlines otherwise, executed on the same registers. */
    private static Next privileged(ExitView.Privileged instruction, Vcpu vcpu) {
        return switch (Privileged.execute(vcpu.registers(), instruction.instruction())) {
            case Privileged.DONE, Privileged.TRAPPED -> Next.RESUME;
            case Privileged.WAIT -> Next.PARK;
            default -> throw new IllegalStateException("the engine left with instruction " + Integer.toHexString(instruction.instruction())
                    + " as a privileged one; a firmware call is an exit of its own");
        };
    }

    /** RISC-V has no ports: reads are ones, as on a bus without a device. */
    private static Next portIo(Exit exit, ExitView.PortIo access) {
        if (!access.isWrite()) {
            exit.completion().value(-1L >>> 64 - 8 * access.widthBytes());
        }
        return Next.RESUME;
    }

    @Override
    public void turnBegins(Vcpu vcpu) {
        harts.turnBegins(vcpu);
    }

    @Override
    public void reset() {
        harts.forgetAll();
    }

    @Override
    public PartId id() {
        return ID;
    }

    @Override
    public void sleep(Deadline by) {
        // Nothing happens in it but on a vCPU's thread, and those are out.
    }

    @Override
    public void save(StateWriter out) {
        out.section("riscv-sbi");
        harts.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("riscv-sbi");
        FirmwareHarts read = FirmwareHarts.read(in);
        in.end();
        harts.take(read);
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
