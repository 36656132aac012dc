package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.engine.spi.EngineTraits;
import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** vCPUs whose engine parks inside, on threads of their own. Slices are longer than any test: who does not give its host CPU back keeps it. */
class VcpuThreadTest {
    private static final long SLICE_NANOS = 3_600_000_000_000L;
    private static final int ROUNDS = 20;
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void start(long sliceNanos) throws HvException {
        bench.offers.removeIf(o -> o.factory() instanceof Bench.PolicyMaker || o.factory() instanceof Bench.EngineMaker);
        bench.offer(new Bench.PolicyMaker("fifo", () -> new LastResortPolicy(sliceNanos)), "fifo");
        bench.offer(bench.new EngineMaker() {
            @Override
            public EngineTraits traits() {
                return new EngineTraits("bench", true, false, true, 1, 8, true, "counts, and waits inside");
            }
        }, "engine");
        bench.start(1);
    }

    private Bench.Core core(String machine) {
        return bench.cores.get(machine + "/0");
    }

    @Test
    void aVcpuThatWaitsInsideGivesItsHostCpuBack() throws Exception {
        start(SLICE_NANOS);
        bench.hosting.create(Bench.spec("waits", 1));
        core("waits").halted(true);
        bench.hosting.machine("waits").start();
        MachineVcpu waits = ((HostedMachine) bench.hosting.machine("waits")).vcpu(0);
        Bench.await("it is in the guest", waits::isInGuest);
        bench.running("works", 1);
        bench.awaitProgress("works", 0);
        // What an interrupt wakes inside goes on, without a host CPU of ours.
        core("waits").halted(false);
        bench.awaitProgress("waits", 0);
        bench.awaitProgress("works", 0);
    }

    /** On a quiet host nearly always: one that the JVM or a busy host holds up for as long as a look takes is seen waiting, and that is harmless. */
    @Test
    void oneThatWorksKeepsItsHostCpu() throws Exception {
        start(SLICE_NANOS);
        int kept = 0;
        for (int k = 0; k < ROUNDS; k++) {
            bench.running("works", 1);
            bench.awaitProgress("works", 0);
            bench.running("wants", 1);
            bench.awaitProgress("works", 0);
            bench.awaitProgress("works", 0);
            kept += bench.counted("wants", 0) == 0 ? 1 : 0;
            bench.hosting.destroy("works");
            bench.awaitProgress("wants", 0);
            bench.hosting.destroy("wants");
        }
        assertTrue(kept > 0, "not once in " + ROUNDS + " rounds");
    }

    @Test
    void moreThanHostCpusTakeTurns() throws Exception {
        start(5_000_000);
        bench.running("a", 2);
        bench.running("b", 1);
        for (int k = 0; k < 3; k++) {
            bench.awaitProgress("a", 0);
            bench.awaitProgress("a", 1);
            bench.awaitProgress("b", 0);
        }
    }

    @Test
    void oneThatWaitsInsideIsPausedReplacedAndDestroyed() throws Exception {
        start(SLICE_NANOS);
        Machine m = bench.hosting.create(Bench.spec("waits", 1));
        core("waits").halted(true);
        m.start();
        MachineVcpu v = ((HostedMachine) m).vcpu(0);
        Bench.await("it is in the guest", v::isInGuest);
        Bench.await("it waits without a host CPU", () -> v.schedState == MachineVcpu.BLOCKED && v.waitsInside());
        m.pause();
        assertFalse(v.isInRun());
        m.resume();
        Bench.await("it is in the guest", v::isInGuest);
        Bench.await("it waits without a host CPU", () -> v.schedState == MachineVcpu.BLOCKED && v.waitsInside());
        bench.offer(bench.new EngineMaker() {
            @Override
            public EngineTraits traits() {
                return new EngineTraits("bench", true, false, true, 1, 8, true, "another");
            }
        }, "engine2");
        m.replace("engine", "engine2");
        bench.awaitProgress("waits", 0);
        assertEquals(MachineState.RUNNING, m.state());
        bench.hosting.destroy("waits");
        Bench.await("its thread has ended", () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("hv-vcpu-waits")));
    }
}
