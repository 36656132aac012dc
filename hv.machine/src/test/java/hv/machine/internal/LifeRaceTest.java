package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.state.StateImage;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several callers at one machine's life at once, as from several shells. */
@Timeout(240)
class LifeRaceTest {
    private static final long RACE_NANOS = 3_000_000_000L;
    private static final int CALLERS = 4;

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** A saved machine that nobody wants. */
    private static final class Nowhere implements MachineSink {
        @Override
        public void machine(MachineSpec spec, boolean wasRunning) {
            // Dropped.
        }

        @Override
        public void part(String path, String type, StateImage state, Map<String, String> claims) {
            // Dropped.
        }

        @Override
        public void ram(long gpa, MemorySegment bytes) {
            // Dropped.
        }
    }

    @Test
    void callsFromSeveralThreadsNeitherDeadlockNorLeakNorDisturbOthers() throws Exception {
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter()), "other");
        bench.start(2);
        Machine bystander = bench.running("bystander", 1);
        Queue<Throwable> bugs = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + RACE_NANOS;
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            callers.add(Thread.ofPlatform().name("caller-" + i).daemon().start(() -> {
                while (System.nanoTime() < end) {
                    try {
                        act(random);
                    } catch (HvException e) {
                        continue;   // an answer in words: the state did not fit
                    } catch (Throwable t) {
                        bugs.add(t);
                    }
                }
            }));
        }
        for (Thread t : callers) {
            assertTrue(t.join(Duration.ofSeconds(60)), () -> t.getName() + " hangs at " + List.of(t.getStackTrace()));
        }
        assertEquals(List.of(), List.copyOf(bugs));
        bench.awaitProgress("bystander", 0);
        assertEquals(MachineState.RUNNING, bystander.state());
        for (Machine m : bench.hosting.machines()) {
            bench.hosting.destroy(m.name());
        }
        assertEquals(List.of(), bench.hosting.accounts());
        assertEquals(List.of(), bench.hosting.health());
        bench.running("x0", 2);
        bench.awaitProgress("x0", 1);
    }

    private void act(SplittableRandom random) throws HvException {
        String name = "x" + random.nextInt(2);
        int what = random.nextInt(14);
        if (what == 0) {
            bench.hosting.create(Bench.spec(name, 2));
            return;
        }
        if (what == 1) {
            bench.hosting.destroy(name);
            return;
        }
        Machine m = bench.hosting.machine(name);
        switch (what) {
            case 2, 3 -> m.start();
            case 4 -> m.stop(Duration.ZERO);
            case 5 -> m.pause();
            case 6 -> m.resume();
            case 7 -> m.reset();
            case 8 -> m.save(new Nowhere());
            case 9 -> m.replace("counter0", random.nextBoolean() ? "other" : "counter");
            case 10 -> ((HostedMachine) m).guest().powerOff("the guest wants it");
            case 11 -> ((HostedMachine) m).guest().reset("the guest wants it");
            case 12 -> bench.hosting.accounts();
            default -> m.info();
        }
    }

    @Test
    void aDestroyedMachineRefusesWhoeverStillHoldsIt() throws Exception {
        bench.start(1);
        Machine m = bench.running("a", 1);
        bench.hosting.destroy("a");
        for (Call call : List.<Call>of(m::start, m::reset, m::pause, m::resume, () -> m.save(new Nowhere()), () -> m.replace("counter0", "counter"))) {
            HvException e = assertThrows(HvException.class, call::make);
            assertTrue(e.getMessage().contains("destroyed"), e.getMessage());
        }
        m.stop(Duration.ZERO);
        assertEquals(0, m.info().touchedBytes());
        assertEquals(List.of(), bench.hosting.accounts());
    }

    /** A call of a machine. */
    private interface Call {
        void make() throws HvException;
    }

    @Test
    void aResetTheGuestAskedForDoesNotReviveAMachineThatWasStopped() throws Exception {
        bench.start(1);
        HostedMachine m = (HostedMachine) bench.running("a", 1);
        Machine later = bench.running("b", 1);
        // Listeners are called under the life lock: the reset that the guest asks for there comes after the stop.
        try (AutoCloseable _ = bench.hosting.listen(new Hypervisor.MachineListener() {
            @Override
            public void changed(Machine machine, MachineState state) {
                if (machine == m && state == MachineState.PAUSED) {
                    m.guest().reset("the guest wants it");
                    try {
                        m.stop(Duration.ZERO);
                    } catch (HvException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }

            @Override
            public void destroyed(String name) {
                // Not part of this.
            }
        })) {
            m.pause();
            ((HostedMachine) later).guest().powerOff("the control thread gets here after the reset");
            assertTrue(later.awaitEnd(Duration.ofSeconds(60)));
        }
        assertEquals(MachineState.STOPPED, m.state());
        assertEquals(List.of(), bench.hosting.health());
    }

    @Test
    void aMachineWhoseImagesWentBadFailsOnResetAndStartsOnceTheyAreGood() throws Exception {
        AtomicBoolean bad = new AtomicBoolean();
        bench.planCheck = () -> {
            if (bad.get()) {
                throw new SpecException("kernel none: it is cut short");
            }
        };
        bench.start(1);
        Machine m = bench.running("a", 1);
        bad.set(true);
        assertEquals("kernel none: it is cut short", assertThrows(SpecException.class, m::reset).getMessage());
        assertEquals(MachineState.FAILED, m.state());
        assertTrue(m.info().detail().contains("cut short"), m.info().detail());
        assertEquals(0, bench.hosting.accounts().getFirst().startedVcpus());
        bad.set(false);
        m.start();
        bench.awaitProgress("a", 0);
    }
}
