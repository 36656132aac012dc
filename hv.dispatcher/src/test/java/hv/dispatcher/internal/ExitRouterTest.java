package hv.dispatcher.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.bus.Wiring;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.testkit.DispatcherLaws;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ExitRouterTest extends DispatcherLaws {
    @Override
    protected Dispatcher create() {
        return new ExitRouterFactory().create();
    }

    @Test
    void exitsOfTheRunLoopAllocateNothing() {
        Assumptions.assumeTrue(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean,
                "this JVM does not count what a thread allocates");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        RecordedVcpu vcpu = new RecordedGuest(1).vcpu(0);
        Dispatcher dispatcher = create();
        // Kicks and idleness: the kinds that no module sees.
        Wiring wiring = new Wiring(1, null, null, null);
        turn(dispatcher, vcpu, wiring, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        turn(dispatcher, vcpu, wiring, 100_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, "200,000 exits allocated " + bytes + " bytes");
    }

    private static void turn(Dispatcher dispatcher, RecordedVcpu vcpu, Wiring wiring, int times) {
        Exit exit = vcpu.exit();
        for (int i = 0; i < times; i++) {
            exit.kicked();
            dispatcher.dispatch(exit, vcpu, wiring);
            exit.idle();
            dispatcher.dispatch(exit, vcpu, wiring);
            if (!(exit.view() instanceof ExitView.Idle)) {
                throw new AssertionError("a dispatcher must not change the exit");
            }
        }
    }
}
