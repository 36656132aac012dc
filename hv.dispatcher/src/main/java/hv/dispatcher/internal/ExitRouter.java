package hv.dispatcher.internal;

import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.bus.Wiring;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Route;
import hv.api.vcpu.Vcpu;

/**
 * Sends each kind of exit to the module that acts on it. Stateless, so any number of vCPU threads may be in it; allocates only where a vCPU is
 * started or stopped, since that is the one firmware call that asks for resources (SBI 2.0, chapter 9: hart state management).
 */
final class ExitRouter implements Dispatcher {
    static final PartId ID = new PartId("dispatcher", new StateTag("dispatcher", 1));

    /** SBI 2.0, 9: extension and functions that take or give back a host resource. */
    static final long EID_HSM = 0x48534DL;
    static final long HART_START = 0;
    static final long HART_STOP = 1;
    /** SBI 2.0, table 1. Of the errors that hart_start and hart_stop may return it is the one for "refused". */
    static final long SBI_ERR_FAILED = -1;

    @Override
    public Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring) {
        return switch (exit.view()) {
            case ExitView.Mmio _, ExitView.PortIo _, ExitView.Privileged _ -> interpret(exit, vcpu, wiring);
            case ExitView.FirmwareCall call -> firmwareCall(exit, call, vcpu, wiring);
            case ExitView.Idle _ -> {
                exit.routed(Route.RUN_LOOP);
                yield Next.PARK;
            }
            case ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Debug _ -> {
                exit.routed(Route.RUN_LOOP);
                yield Next.RESUME;
            }
            case ExitView.Failure failure -> {
                exit.routed(Route.RUN_LOOP);
                vcpu.guest().fail(failure.reason());
                yield Next.STOP;
            }
        };
    }

    private static Next interpret(Exit exit, Vcpu vcpu, Wiring wiring) {
        exit.routed(Route.INTERPRETER);
        return wiring.interpreter().interpret(exit, vcpu, wiring.bus());
    }

    private static Next firmwareCall(Exit exit, ExitView.FirmwareCall call, Vcpu vcpu, Wiring wiring) {
        if (call.arg(7) == EID_HSM) {
            if (call.arg(6) == HART_START) {
                return startVcpu(exit, call.arg(0), vcpu, wiring);
            }
            if (call.arg(6) == HART_STOP) {
                return stopVcpu(exit, vcpu, wiring);
            }
        }
        return interpret(exit, vcpu, wiring);
    }

    private static Next startVcpu(Exit exit, long target, Vcpu vcpu, Wiring wiring) {
        Vcpu.Guest guest = vcpu.guest();
        if (target < 0 || target >= guest.vcpuCount() || guest.vcpu((int) target).isStarted()) {
            // Takes nothing: the interpreter knows what such a call returns.
            return interpret(exit, vcpu, wiring);
        }
        int index = (int) target;
        Allocator allocator = wiring.allocator();
        if (allocator.decide(new ResourceRequest.StartVcpu(guest.name(), index)) instanceof Decision.Refused) {
            return refused(exit);
        }
        Next next = wiring.interpreter().interpret(exit, vcpu, wiring.bus());
        exit.routed(Route.ALLOCATOR_AND_INTERPRETER);
        // Not started after all (a bad start address): the grant goes back. Asked of the vCPU, since another hart may have started it meanwhile.
        Completion c = exit.completion();
        if (!(c.kind() == Completion.Kind.PAIR && c.first() == 0) && !guest.vcpu(index).isStarted()) {
            allocator.decide(new ResourceRequest.StopVcpu(guest.name(), index));
        }
        return next;
    }

    private static Next stopVcpu(Exit exit, Vcpu vcpu, Wiring wiring) {
        if (wiring.allocator().decide(new ResourceRequest.StopVcpu(vcpu.guest().name(), vcpu.index())) instanceof Decision.Refused) {
            return refused(exit);
        }
        Next next = wiring.interpreter().interpret(exit, vcpu, wiring.bus());
        exit.routed(Route.ALLOCATOR_AND_INTERPRETER);
        return next;
    }

    private static Next refused(Exit exit) {
        exit.routed(Route.ALLOCATOR);
        exit.completion().pair(SBI_ERR_FAILED, 0);
        return Next.RESUME;
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
        out.section("dispatcher");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("dispatcher");
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
