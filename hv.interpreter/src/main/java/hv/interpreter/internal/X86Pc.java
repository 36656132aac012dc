package hv.interpreter.internal;

import hv.api.bus.Bus;
import hv.api.bus.PortSpace;
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

/**
 * The interpreter of x86 machines: accesses to registers and ports. Where nobody answers reads are ones and writes are lost, as on a PC's buses. It has no state;
 * any number of vCPU threads may be in it, and nothing is allocated.
 */
final class X86Pc implements Interpreter {
    static final PartId ID = new PartId("interpreter", new StateTag("x86-pc", 1));
    /** Vector of "invalid opcode" (Intel SDM volume 3, 7.3). */
    private static final int UNDEFINED = 6;
    /** Of a hypercall that does not exist (Linux, {@code Documentation/virt/kvm/x86/hypercalls.rst}: {@code KVM_ENOSYS}). */
    private static final long NO_SUCH_CALL = -1000;

    @Override
    public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
        return switch (exit.view()) {
            case ExitView.Mmio access -> access(exit, bus, access.gpa(), access.widthBytes(), access.isWrite(), access.value());
            case ExitView.PortIo access -> access(exit, bus, PortSpace.BASE_GPA + access.port(), access.widthBytes(), access.isWrite(), access.value());
            case ExitView.FirmwareCall _ -> {
                exit.completion().pair(NO_SUCH_CALL, 0);
                yield Next.RESUME;
            }
            case ExitView.Privileged _ -> {
                // What neither the engine nor anybody here owns does not exist.
                exit.completion().trap(UNDEFINED, 0);
                yield Next.REFLECT;
            }
            case ExitView.Idle _ -> Next.PARK;
            case ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Debug _ -> Next.RESUME;
            case ExitView.Failure failure -> {
                vcpu.guest().fail(failure.reason());
                yield Next.STOP;
            }
        };
    }

    private static Next access(Exit exit, Bus bus, long address, int widthBytes, boolean write, long value) {
        boolean answers = bus.answers(address, widthBytes);
        if (!write) {
            exit.completion().value(answers ? bus.read(address, widthBytes) : -1L >>> 64 - 8 * widthBytes);
        } else if (answers) {
            bus.write(address, widthBytes, value);
        }
        return Next.RESUME;
    }

    @Override
    public void turnBegins(Vcpu vcpu) {
        // Steal time is the engine's to tell, by the MSR that KVM has for it.
    }

    @Override
    public void reset() {
        // Nothing to forget.
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
        out.section("none");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("none");
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
