package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplacementTest {
    private final Bench bench = new Bench();
    private final List<Bench.Counter> made = new ArrayList<>();
    private Machine machine;

    @BeforeEach
    void start() throws Exception {
        bench.offer(new Bench.CounterMaker(c -> {
            Bench.Counter d = new Bench.Counter();
            made.add(d);
            return d;
        }), "second");
        bench.start(2);
        machine = bench.running("a", 2);
        bench.awaitProgress("a", 0);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private String makerOf(String path) {
        return machine.parts().stream().filter(p -> p.path().equals(path)).findFirst().orElseThrow().origin().symbolicName();
    }

    @Test
    void theStateGoesAlong() throws Exception {
        ReplaceReport r = machine.replace("counter0", "second");
        assertTrue(r.stateKept());
        assertEquals("counter", r.from().symbolicName());
        assertEquals("second", makerOf("counter0"));
        assertTrue(made.getLast().writes > 0, "the new device begins where the old one was");
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
    }

    @Test
    void noWriteIsLostInAHundredReplacements() throws Exception {
        for (int i = 0; i < 100; i++) {
            machine.replace("counter0", i % 2 == 0 ? "second" : "counter");
        }
        machine.replace("counter0", "second");
        machine.pause();
        long written = 0;
        for (int v = 0; v < 2; v++) {
            written += bench.counted("a", v) / (2 * Bench.MMIO_EVERY);
        }
        assertEquals(written, made.getLast().writes);
        assertTrue(machine.replaceStops().length >= 101);
    }

    @Test
    void moduleAndEngineAreReplacedLikeDevices() throws Exception {
        bench.offer(new Bench.DispatcherMaker(Bench.PassDispatcher::new), "dispatcher2");
        bench.offer(new Bench.InterpreterMaker(Bench.BusInterpreter::new), "interpreter2");
        bench.offer(bench.new EngineMaker(), "engine2");
        machine.replace("dispatcher", "dispatcher2");
        machine.replace("interpreter", "interpreter2");
        long before = bench.counted("a", 0);
        MachineVcpu vcpu = ((HostedMachine) machine).vcpu(0);
        vcpu.interrupt(3, true);
        vcpu.interrupt(3, false);
        vcpu.interrupt(4, true);
        machine.replace("engine", "engine2");
        assertEquals(java.util.Map.of(3, false, 4, true), bench.cores.get("a/0").levels, "a line that fell on the way is told as one that rose");
        assertTrue(bench.counted("a", 0) >= before, "the new core begins where the old one was");
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
    }

    @Test
    void allocatorAndPolicyOfTheHostAreReplacedUnderLoad() throws Exception {
        bench.offer(new Bench.AllocatorMaker(), "allocator2");
        bench.offer(new Bench.PolicyMaker("other", LastResortPolicy::new), "policy2");
        for (int i = 0; i < 50; i++) {
            bench.hosting.replace("policy", i % 2 == 0 ? "policy2" : "fifo");
        }
        bench.hosting.replace("policy", "policy2");
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        assertEquals("policy2", bench.hosting.parts().getFirst().origin().symbolicName());
    }

    @Test
    void aPartThatRefusesTheStateLeavesTheOldOneServing() throws Exception {
        expectRollback(new Bench.Counter() {
            @Override
            public void restore(StateReader in) throws StateException {
                throw new StateException("not for me");
            }
        }, "not for me");
    }

    @Test
    void aPartThatThrowsLeavesTheOldOneServing() throws Exception {
        expectRollback(new Bench.Counter() {
            @Override
            public void restore(StateReader in) {
                throw new NullPointerException("oops");
            }
        }, "oops");
    }

    @Test
    void aPartThatHangsLeavesTheOldOneServing() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            expectRollback(new Bench.Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new StateException("interrupted at last");
                }
            }, "did not return within");
        } finally {
            never.countDown();
        }
    }

    @Test
    void aFactoryThatThrowsLeavesTheOldOneServing() {
        bench.offer(new Bench.CounterMaker(c -> {
            throw new LinkageError("no such class");
        }), "broken");
        ReplaceException e = assertThrows(ReplaceException.class, () -> machine.replace("counter0", "broken"));
        assertTrue(e.getMessage().contains("no such class"), e.getMessage());
        assertEquals("counter", makerOf("counter0"));
    }

    private void expectRollback(Bench.Counter bad, String why) throws Exception {
        bench.offer(new Bench.CounterMaker(c -> bad), "bad");
        ReplaceException e = assertThrows(ReplaceException.class, () -> machine.replace("counter0", "bad"));
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
        assertEquals("counter", makerOf("counter0"));
        assertEquals(MachineState.RUNNING, machine.state());
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        assertTrue(bench.hosting.health().stream().anyMatch(l -> l.contains("serves on")));
    }

    @Test
    void aWrongPathOrBundleIsSaidWithWhatThereIs() {
        assertTrue(assertThrows(ReplaceException.class, () -> machine.replace("counter9", "second")).getMessage().contains("counter0"));
        assertTrue(assertThrows(ReplaceException.class, () -> machine.replace("counter0", "nobody")).getMessage().contains("second"));
    }

    @Test
    void aFactoryThatLeavesHandsItsPartsToAnother() throws Exception {
        hv.api.part.PartFactory leaving = bench.offers.stream().filter(o -> o.origin().symbolicName().equals("counter")).findFirst().orElseThrow().factory();
        bench.hosting.withdraw(leaving);
        assertEquals("second", makerOf("counter0"));
        bench.awaitProgress("a", 0);
    }

    @Test
    void aPartWithoutABundleWaitsWithItsStateForASuccessor() throws Exception {
        for (var o : List.copyOf(bench.offers)) {
            if (o.factory() instanceof Bench.CounterMaker) {
                bench.hosting.withdraw(o.factory());
            }
        }
        long count = bench.counted("a", 0);
        assertTrue(machine.info().detail().contains("counter0"), machine.info().detail());
        assertThrows(hv.api.HvException.class, () -> machine.save(null));
        assertEquals(count, bench.counted("a", 0), "the guest stands");
        List<Bench.Counter> successors = new ArrayList<>();
        bench.offer(new Bench.CounterMaker(c -> {
            successors.add(new Bench.Counter());
            return successors.getLast();
        }), "late");
        assertEquals("late", makerOf("counter0"));
        assertTrue(successors.getLast().writes > 0, "the state has waited");
        assertEquals("", machine.info().detail());
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
    }

    @Test
    void aMachineThatWaitsForAPartCanBeDestroyed() throws Exception {
        for (var o : List.copyOf(bench.offers)) {
            if (o.factory() instanceof Bench.DispatcherMaker) {
                bench.hosting.withdraw(o.factory());
            }
        }
        assertTrue(machine.info().detail().contains("dispatcher"), machine.info().detail());
        bench.hosting.destroy("a");
        assertTrue(bench.hosting.accounts().isEmpty());
    }

    @Test
    void aNewBundleOfTheSameNameTakesOver() throws Exception {
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter()), "counter");
        long id = bench.offers.getLast().origin().bundleId();
        List<ReplaceReport> done = bench.hosting.takeOver("counter", id);
        assertEquals(1, done.size());
        assertTrue(bench.hosting.inUse(id));
        assertEquals(0, bench.hosting.takeOver("unknown", id).size());
    }

    @Test
    void aPausedMachineIsReplacedTooAndStaysPaused() throws Exception {
        machine.pause();
        machine.replace("counter0", "second");
        assertEquals(MachineState.PAUSED, machine.state());
        long count = bench.counted("a", 0);
        assertEquals(count, bench.counted("a", 0));
        machine.resume();
        bench.awaitProgress("a", 0);
    }

    @Test
    void aModuleThatThrowsAfterItsReplacementIsTakenBack() throws Exception {
        class Throwing extends Bench.PassDispatcher {
            @Override
            public hv.api.vcpu.Next dispatch(hv.api.vcpu.Exit exit, hv.api.vcpu.Vcpu vcpu, hv.api.bus.Wiring wiring) {
                throw new IllegalStateException("broken in service");
            }
        }
        bench.offer(new Bench.DispatcherMaker(Throwing::new), "bad");
        machine.replace("dispatcher", "bad");
        Bench.await("the old dispatcher is back", () -> makerOf("dispatcher").equals("dispatcher"));
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        assertTrue(bench.hosting.health().stream().anyMatch(l -> l.contains("broken in service") && l.contains("going back")));
    }

    @Test
    void aDeviceThatThrowsAfterItsReplacementIsTakenBack() throws Exception {
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter() {
            @Override
            public void write(long offset, int widthBytes, long value) {
                throw new IllegalStateException("broken in service");
            }
        }), "bad");
        machine.replace("counter0", "bad");
        Bench.await("the old device is back", () -> makerOf("counter0").equals("counter"));
        bench.awaitProgress("a", 0);
        Bench.await("it reads the count again", () -> bench.cores.get("a/0").lastRead > 0);
    }
}
