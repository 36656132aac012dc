package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Next;
import hv.api.vcpu.Vcpu;
import hv.api.bus.Wiring;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunLoopTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void moreVcpusThanHostCpusAllGetOn() throws Exception {
        bench.start(1);
        bench.running("a", 2);
        bench.running("b", 1);
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        bench.awaitProgress("b", 0);
    }

    @Test
    void timeWithoutAHostCpuIsStolen() throws Exception {
        bench.start(1);
        MachineVcpu a = ((HostedMachine) bench.running("a", 1)).vcpu(0);
        MachineVcpu b = ((HostedMachine) bench.running("b", 1)).vcpu(0);
        long from = System.nanoTime();
        // What is counted below is of turns, and of waits for them, that began after that.
        awaitTurnsEnd(a);
        long stolenBefore = a.stolenNanos();
        long ranBefore = a.ranNanos;
        long otherBefore = b.ranNanos;
        Bench.await("both ran for 50 ms", () -> a.ranNanos - ranBefore > 50_000_000 && b.ranNanos - otherBefore > 50_000_000);
        long stolen = a.stolenNanos() - stolenBefore;
        long ran = a.ranNanos - ranBefore;
        long passed = System.nanoTime() - from;
        assertTrue(stolen > 30_000_000, "of the time that the other one ran: " + stolen);
        assertTrue(stolen + ran <= passed + 10_000_000, "stolen " + stolen + ", ran " + ran + " of " + passed);
        bench.hosting.machine("b").pause();
        awaitTurnsEnd(a);
        long alone = a.stolenNanos();
        long ranAlone = a.ranNanos;
        Bench.await("a ran for 50 ms", () -> a.ranNanos - ranAlone > 50_000_000);
        assertTrue(a.stolenNanos() - alone < 25_000_000, "alone on its host CPU: " + (a.stolenNanos() - alone));
    }

    private static void awaitTurnsEnd(MachineVcpu v) throws InterruptedException {
        long before = v.ranNanos;
        Bench.await("a turn ends", () -> v.ranNanos != before);
    }

    @Test
    void aRebootForgetsWhatTheFirmwareWasTold() throws Exception {
        Bench.BusInterpreter interpreter = new Bench.BusInterpreter();
        bench.offers.removeIf(o -> o.factory() instanceof Bench.InterpreterMaker);
        bench.offer(new Bench.InterpreterMaker(() -> interpreter), "interpreter");
        bench.start(1);
        Machine m = bench.running("a", 1);
        bench.awaitProgress("a", 0);
        assertTrue(interpreter.turns.get() > 0, "each turn is announced");
        assertEquals(0, interpreter.resets.get());
        m.reset();
        bench.awaitProgress("a", 0);
        assertEquals(1, interpreter.resets.get());
    }

    @Test
    void aGuestThatGoesOnPrintingAsItPowersOffIsGivenTime() throws Exception {
        bench.start(2);
        Machine quiet = bench.running("quiet", 1);
        quiet.stop(Duration.ofMillis(400));
        assertEquals(MachineState.STOPPED, quiet.state(), "one that says nothing is forced after the time");
        Machine printing = bench.running("printing", 1);
        Thread printer = Thread.ofPlatform().daemon().start(() -> {
            while (printing.state() == MachineState.RUNNING) {
                ((HostedMachine) printing).guest().debugConsole(new byte[] {'.'}, 0, 1);
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        });
        long from = System.nanoTime();
        printing.stop(Duration.ofMillis(400));
        assertEquals(MachineState.STOPPED, printing.state());
        assertTrue(System.nanoTime() - from > 2 * 400_000_000L, "what prints is at work");
        printer.join();
    }

    @Test
    void aPausedMachineStandsAndItsClockToo() throws Exception {
        bench.start(1);
        Machine m = bench.running("a", 1);
        Machine other = bench.running("b", 1);
        bench.awaitProgress("a", 0);
        m.pause();
        long count = bench.counted("a", 0);
        Duration time = m.info().upTime();
        bench.awaitProgress("b", 0);
        assertEquals(count, bench.counted("a", 0));
        assertEquals(time, m.info().upTime());
        assertEquals(MachineState.PAUSED, m.state());
        m.resume();
        bench.awaitProgress("a", 0);
        assertTrue(m.info().upTime().compareTo(time) > 0);
        assertEquals(MachineState.RUNNING, other.state());
    }

    @Test
    void theStateMachineRefusesWhatDoesNotFitInOneLine() throws Exception {
        bench.start(1);
        Machine m = bench.running("a", 1);
        HvException e = assertThrows(HvException.class, m::resume);
        assertEquals("machine a is running: it cannot be resumed", e.getMessage());
        m.stop(Duration.ZERO);
        assertThrows(HvException.class, m::pause);
        assertTrue(m.awaitEnd(Duration.ZERO));
        m.start();
        bench.awaitProgress("a", 0);
        assertThrows(HvException.class, () -> bench.hosting.create(Bench.spec("a", 1)));
        bench.hosting.destroy("a");
        assertThrows(HvException.class, () -> bench.hosting.machine("a"));
        assertTrue(bench.hosting.accounts().isEmpty());
    }

    @Test
    void aSettingThatIsNoneIsRefused() throws Exception {
        bench.offer(new hv.api.dispatcher.spi.DispatcherFactory() {
            @Override
            public String type() {
                return "plugin";
            }

            @Override
            public Set<String> settings() {
                return Set.of("plugin.level");
            }

            @Override
            public hv.api.dispatcher.spi.Dispatcher create() {
                return new Bench.PassDispatcher();
            }
        }, "plugin");
        // Of two engines, that of the machine counts.
        bench.offer(bench.new EngineMaker() {
            @Override
            public String type() {
                return "another";
            }

            @Override
            public Set<String> settings() {
                return Set.of("another.level");
            }
        }, "another");
        bench.start(1);
        for (String[] wrong : new String[][] {{"stric", "true"}, {"strict", "yes"}, {"weight", "heavy"}, {"engine", "steam"}, {"another.level", "3"}}) {
            HvException e = assertThrows(hv.api.SpecException.class, () -> bench.hosting.create(Bench.spec("a", 1).withSetting(wrong[0], wrong[1])));
            assertTrue(e.getMessage().contains(wrong[0]) || e.getMessage().contains(wrong[1]), e.getMessage());
        }
        HvException misspelt = assertThrows(hv.api.SpecException.class, () -> bench.hosting.create(Bench.spec("a", 1).withSetting("plugin.lvele", "3")));
        assertTrue(misspelt.getMessage().startsWith("machine a: no setting \"plugin.lvele\"; did you mean plugin.level?") && misspelt.getMessage().contains("there are: affinity, cap, engine, "),
                misspelt.getMessage());
        assertTrue(bench.hosting.accounts().isEmpty());
        bench.hosting.create(Bench.spec("a", 1).withSetting("plugin.level", "3"));
    }

    @Test
    void aModuleThatThrowsFailsItsMachineAlone() throws Exception {
        class Throwing extends Bench.PassDispatcher {
            @Override
            public Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring) {
                if (vcpu.guest().name().equals("bad")) {
                    throw new IllegalStateException("broken");
                }
                return super.dispatch(exit, vcpu, wiring);
            }
        }
        bench.offers.removeIf(o -> o.factory() instanceof Bench.DispatcherMaker);
        bench.offer(new Bench.DispatcherMaker(Throwing::new), "throwing");
        bench.start(1);
        Machine good = bench.running("good", 1);
        Machine bad = bench.running("bad", 1);
        assertTrue(bad.awaitEnd(Duration.ofSeconds(60)));
        assertEquals(MachineState.FAILED, bad.state());
        assertTrue(bad.info().detail().contains("broken"), bad.info().detail());
        bench.awaitProgress("good", 0);
        assertEquals(MachineState.RUNNING, good.state());
    }

    @Test
    void aDeviceThatThrowsIsQuarantinedAndReadsAsOnes() throws Exception {
        class Throwing extends Bench.Counter {
            @Override
            public void write(long offset, int widthBytes, long value) {
                throw new IllegalStateException("broken device");
            }
        }
        bench.offers.removeIf(o -> o.factory() instanceof Bench.CounterMaker);
        bench.offer(new Bench.CounterMaker(c -> new Throwing()), "throwing");
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter()), "whole");
        bench.start(1);
        Machine m = bench.running("a", 1);
        Bench.await("the device is quarantined", () -> m.parts().stream().anyMatch(p -> p.path().equals("counter0") && p.health().contains("broken device")));
        Bench.await("it reads as ones", () -> bench.cores.get("a/0").lastRead == -1);
        m.replace("counter0", "whole");
        Bench.await("its successor serves", () -> bench.cores.get("a/0").lastRead != -1);
    }

    @Test
    void turnsThatAreAllOverTheirTimeAreNoTurnThatHangs() throws Exception {
        // As on a host that is far too busy: whenever somebody looks, the turn is over its time, but each time it is another.
        java.util.concurrent.atomic.AtomicInteger turns = new java.util.concurrent.atomic.AtomicInteger();
        bench.offers.removeIf(o -> o.factory() instanceof Bench.CounterMaker);
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter() {
            @Override
            public void write(long offset, int widthBytes, long value) {
                long until = System.nanoTime() + 900_000_000L;
                while (System.nanoTime() - until < 0) {
                    Thread.onSpinWait();
                }
                turns.incrementAndGet();
                super.write(offset, widthBytes, value);
            }
        }), "slow");
        bench.start(1);
        Machine slow = bench.running("slow", 1);
        Bench.await("eight slow turns, or the end", () -> turns.get() >= 8 || slow.state() == MachineState.FAILED);
        assertEquals(MachineState.RUNNING, slow.state(), bench.hosting.health().toString());
    }

    @Test
    void aDeviceThatHangsFailsItsMachineAndNotTheHostCpu() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        bench.offers.removeIf(o -> o.factory() instanceof Bench.CounterMaker);
        bench.offer(new Bench.CounterMaker(c -> new Bench.Counter() {
            @Override
            public void write(long offset, int widthBytes, long value) {
                while (c.guest().name().equals("bad") && never.getCount() > 0) {
                    Thread.onSpinWait();
                }
                super.write(offset, widthBytes, value);
            }
        }), "hanging");
        bench.start(1);
        try {
            Machine good = bench.running("good", 1);
            Machine bad = bench.running("bad", 1);
            Bench.await("the machine has failed", () -> bad.state() == MachineState.FAILED);
            bench.awaitProgress("good", 0);
            assertEquals(MachineState.RUNNING, good.state());
            assertTrue(bench.hosting.health().stream().anyMatch(l -> l.contains("hangs in a vCPU's turn")), bench.hosting.health().toString());
            assertThrows(HvException.class, () -> bench.hosting.destroy("bad"));
        } finally {
            never.countDown();
        }
        Bench.await("it can be destroyed once its thread is back", () -> {
            try {
                bench.hosting.destroy("bad");
                return true;
            } catch (HvException e) {
                return false;
            }
        });
    }

    @Test
    void aPolicyThatThrowsIsEjected() throws Exception {
        expectEjected(new LastPolicy() {
            @Override
            public void pick(int hostCpu, long nowNanos, Pick out) {
                throw new IllegalStateException("no idea");
            }
        }, "no idea");
    }

    @Test
    void aPolicyThatPicksNonsenseIsEjected() throws Exception {
        expectEjected(new LastPolicy() {
            @Override
            public void pick(int hostCpu, long nowNanos, Pick out) {
                out.run(4711, 1_000_000);
            }
        }, "picked vCPU key 4711");
    }

    @Test
    void aPolicyThatGivesNegativeSlicesIsEjected() throws Exception {
        expectEjected(new LastPolicy() {
            @Override
            public void pick(int hostCpu, long nowNanos, Pick out) {
                super.pick(hostCpu, nowNanos, out);
                if (out.key() != Pick.NOBODY) {
                    out.run(out.key(), -5);
                }
            }
        }, "slice of -5 ns");
    }

    @Test
    void aPolicyThatHangsIsEjectedAndItsThreadReplaced() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            expectEjected(new LastPolicy() {
                @Override
                public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
                    for (;;) {
                        try {
                            never.await();
                            return;
                        } catch (InterruptedException e) {
                            // A plugin that ignores interrupts.
                        }
                    }
                }
            }, "did not return");
        } finally {
            never.countDown();
        }
    }

    @Test
    void whoIsWaitingToBeToldWhenAPolicyHangsIsNotLost() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            expectEjected(new LastPolicy() {
                private volatile boolean awake;

                @Override
                public void wake() {
                    awake = true;
                }

                @Override
                public int ready(int key, long nowNanos) {
                    while (awake && never.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return super.ready(key, nowNanos);
                }
            }, "did not return");
            // Blocked and woken again and again, also by those that the hanging call left behind.
            for (int i = 0; i < 20; i++) {
                for (String name : new String[] {"a", "b"}) {
                    bench.hosting.machine(name).pause();
                    bench.hosting.machine(name).resume();
                    bench.awaitProgress(name, 0);
                }
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void whoRunsWhenAPolicyOfAnotherKindTakesOverIsNotLost() throws Exception {
        bench.start(2);
        bench.running("a", 2);
        bench.running("b", 2);
        bench.offer(new Bench.PolicyMaker("strict", StrictPolicy::new), "strict");
        for (int i = 0; i < 50; i++) {
            bench.hosting.chooseScheduler(i % 2 == 0 ? "strict" : "fifo");
            bench.awaitProgress("a", 0);
            bench.awaitProgress("a", 1);
            bench.awaitProgress("b", 0);
            bench.awaitProgress("b", 1);
        }
        assertEquals(java.util.List.of(), bench.hosting.health());
    }

    @Test
    void thePolicyOfTheHighestRankingSchedulesUnlessTheUserChose() throws Exception {
        bench.start(1);
        bench.running("a", 1);
        Bench.PolicyMaker better = new Bench.PolicyMaker("better", LastResortPolicy::new, 50);
        bench.offer(new Bench.PolicyMaker("worse", LastResortPolicy::new, -1), "worse");
        assertEquals("fifo", inForce());
        bench.offer(better, "better");
        assertEquals("better", inForce());
        bench.hosting.withdraw(better);
        assertEquals("fifo", inForce());
        bench.hosting.chooseScheduler("worse");
        bench.offer(better, "better");
        assertEquals("worse", inForce());
        HvException e = assertThrows(HvException.class, () -> bench.hosting.chooseScheduler("none"));
        assertEquals("no scheduling policy \"none\" is offered; there are: better, fifo, worse", e.getMessage());
        bench.awaitProgress("a", 0);
    }

    private String inForce() {
        return bench.hosting.schedulers().stream().filter(hv.api.machine.SchedulerInfo::inForce).findFirst().orElseThrow().type();
    }

    @Test
    void oneThatBecomesReadyPreemptsWhereThePolicySays() throws Exception {
        bench.offers.removeIf(o -> o.factory() instanceof Bench.PolicyMaker);
        bench.offer(new Bench.PolicyMaker("preempting", () -> new LastPolicy() {
            @Override
            public int ready(int key, long nowNanos) {
                super.ready(key, nowNanos);
                return 0;
            }

            @Override
            public void pick(int hostCpu, long nowNanos, Pick out) {
                super.pick(hostCpu, nowNanos, out);
                if (out.key() != Pick.NOBODY) {
                    // So long that only a preemption lets the other one in.
                    out.run(out.key(), Pick.MOST_SLICE_NANOS);
                }
            }
        }), "preempting");
        bench.start(1);
        bench.running("a", 1);
        bench.awaitProgress("a", 0);
        long[] waits = new long[9];
        for (int i = 0; i < waits.length; i++) {
            long from = System.nanoTime();
            bench.running("b", 1);
            bench.awaitProgress("b", 0);
            waits[i] = System.nanoTime() - from;
            bench.hosting.destroy("b");
        }
        java.util.Arrays.sort(waits);
        assertTrue(waits[waits.length / 2] < Pick.MOST_SLICE_NANOS / 3, "it waited for " + waits[waits.length / 2] + " ns (median)");
    }

    @Test
    void aHostCpuThatIdlesUntilATimeAsksAgainThen() throws Exception {
        bench.offers.removeIf(o -> o.factory() instanceof Bench.PolicyMaker);
        bench.offer(new Bench.PolicyMaker("resting", () -> new LastPolicy() {
            private long restsUntil;

            @Override
            public void pick(int hostCpu, long nowNanos, Pick out) {
                if (restsUntil - nowNanos > 0) {
                    out.nobodyUntil(restsUntil);
                } else {
                    super.pick(hostCpu, nowNanos, out);
                    restsUntil = nowNanos + 20_000_000;
                }
            }
        }), "resting");
        bench.start(1);
        bench.running("a", 1);
        for (int i = 0; i < 10; i++) {
            bench.awaitProgress("a", 0);
        }
    }

    @Test
    void aSettingIsChangedUnderARunningGuest() throws Exception {
        bench.start(2);
        Machine m = bench.running("a", 2);
        m.set("weight", "300");
        m.set("vcpu1.affinity", "1");
        MachineVcpu first = ((HostedMachine) m).vcpu(0);
        MachineVcpu second = ((HostedMachine) m).vcpu(1);
        assertEquals(Share.USUAL.withWeight(300), first.share);
        assertEquals(Share.USUAL.withWeight(300).withAffinity(2), second.share);
        assertEquals("300", m.spec().setting("weight", ""));
        HvException e = assertThrows(hv.api.SpecException.class, () -> m.set("cap", "201"));
        assertTrue(e.getMessage().contains("cap 201: use 1 to 200"), e.getMessage());
        assertThrows(hv.api.SpecException.class, () -> m.set("strict", "true"));
        assertEquals("", m.spec().setting("cap", ""));
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        assertEquals(java.util.List.of(), bench.hosting.health());
    }

    private void expectEjected(LastPolicy bad, String why) throws Exception {
        bench.start(2);
        bench.running("a", 2);
        bench.running("b", 1);
        bench.offer(new Bench.PolicyMaker("bad", () -> bad), "bad");
        bench.hosting.replace("policy", "bad");
        Bench.await("the policy is ejected", () -> bench.hosting.health().stream().anyMatch(l -> l.contains(why) && l.contains("ejected")));
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
        bench.awaitProgress("b", 0);
        assertFalse(bench.hosting.parts().getFirst().origin().symbolicName().equals("bad"));
    }

    /** Believes only what it was told: a turn that it did not give is no concern of its. */
    private static final class StrictPolicy extends LastPolicy {
        private final java.util.Set<Integer> given = new java.util.HashSet<>();

        @Override
        public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
            if (!given.remove(key)) {
                throw new IllegalStateException("vCPU " + key + " came back, and was not picked");
            }
            super.ran(key, hostCpu, ranNanos, end, nowNanos);
        }

        @Override
        public void pick(int hostCpu, long nowNanos, Pick out) {
            super.pick(hostCpu, nowNanos, out);
            if (out.key() != Pick.NOBODY) {
                given.add(out.key());
            }
        }
    }

    /** A working policy for a faulty one to stand on; its tag is its own. */
    private static class LastPolicy extends Bench.Plain implements hv.api.scheduler.spi.SchedulerPolicy {
        private final LastResortPolicy inner = new LastResortPolicy();

        LastPolicy() {
            super("faulty");
        }

        @Override
        public void add(int key, int machine, Share share, long nowNanos) {
            inner.add(key, machine, share, nowNanos);
        }

        @Override
        public void remove(int key) {
            inner.remove(key);
        }

        @Override
        public void share(int key, Share share, long nowNanos) {
            inner.share(key, share, nowNanos);
        }

        @Override
        public void machineCap(int machine, int capPercent, long nowNanos) {
            inner.machineCap(machine, capPercent, nowNanos);
        }

        @Override
        public int ready(int key, long nowNanos) {
            return inner.ready(key, nowNanos);
        }

        @Override
        public void blocked(int key, long nowNanos) {
            inner.blocked(key, nowNanos);
        }

        @Override
        public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
            inner.ran(key, hostCpu, ranNanos, end, nowNanos);
        }

        @Override
        public void hostCpus(int count) {
            inner.hostCpus(count);
        }

        @Override
        public void pick(int hostCpu, long nowNanos, Pick out) {
            inner.pick(hostCpu, nowNanos, out);
        }
    }
}
