package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.debug.DebugEvent;
import hv.api.debug.DebugSession;
import hv.api.debug.Resume;
import hv.api.debug.StopPoints;
import hv.api.engine.spi.VcpuCore;
import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import hv.api.part.ReplaceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DebuggingTest {
    private static final long LONG = 60_000_000_000L;
    private final Bench bench = new Bench();
    private Machine machine;

    @BeforeEach
    void start() throws Exception {
        bench.start(2);
        machine = bench.running("a", 2);
        bench.awaitProgress("a", 0);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static DebugEvent held(DebugSession s) throws Exception {
        s.interrupt();
        return assertInstanceOf(DebugEvent.Interrupted.class, s.await(LONG));
    }

    private static StopPoints at(long... va) {
        return new StopPoints(java.util.Arrays.stream(va).boxed().toList(), List.of());
    }

    @Test
    void aHeldMachineStandsAndItsClockToo() throws Exception {
        try (DebugSession s = machine.debug()) {
            assertFalse(s.isHeld());
            held(s);
            assertTrue(s.isHeld());
            long count = bench.counted("a", 0);
            Duration time = machine.info().upTime();
            Machine other = bench.running("b", 1);
            bench.awaitProgress("b", 0);
            assertEquals(count, bench.counted("a", 0));
            assertEquals(time, machine.info().upTime());
            assertEquals("held by a debugger", machine.info().detail());
            assertEquals(MachineState.RUNNING, machine.state());
            s.resume(Resume.RUN, Resume.RUN);
            bench.awaitProgress("a", 0);
            bench.awaitProgress("a", 1);
            assertEquals(MachineState.RUNNING, other.state());
        }
    }

    @Test
    void aBreakpointHoldsAllVcpusAndTellsWhichIsThere() throws Exception {
        try (DebugSession s = machine.debug()) {
            held(s);
            long ahead = 2 * (Math.max(bench.counted("a", 0), bench.counted("a", 1)) + 10 * Bench.MMIO_EVERY);
            s.stopPoints(at(ahead));
            s.resume(Resume.RUN, Resume.HOLD);
            assertEquals(new DebugEvent.AtBreakpoint(0, ahead), s.await(LONG));
            assertEquals(ahead, 2 * bench.counted("a", 0));
            long other = bench.counted("a", 1);
            s.resume(Resume.STEP, Resume.HOLD);
            assertEquals(new DebugEvent.Stepped(0), s.await(LONG));
            assertEquals(ahead + 2, 2 * bench.counted("a", 0));
            assertEquals(other, bench.counted("a", 1), "one that is held stands while another steps");
            s.resume(Resume.HOLD, Resume.RUN);
            assertEquals(new DebugEvent.AtBreakpoint(1, ahead), s.await(LONG));
            assertEquals("held by a debugger: vCPU 1 at the breakpoint 0x" + Long.toHexString(ahead), machine.info().detail());
        }
    }

    @Test
    void aStepThatLeavesTheGuestIsDoneOnceItWasHandled() throws Exception {
        try (DebugSession s = machine.debug()) {
            held(s);
            Bench.Core core = bench.cores.get("a/0");
            long next = (core.count / Bench.MMIO_EVERY + 1) * Bench.MMIO_EVERY;
            s.stopPoints(at(2 * (next - 1)));
            s.resume(Resume.RUN, Resume.HOLD);
            assertInstanceOf(DebugEvent.AtBreakpoint.class, s.await(LONG));
            s.resume(Resume.STEP, Resume.HOLD);
            assertEquals(new DebugEvent.Stepped(0), s.await(LONG));
            assertEquals(next, core.count);
            assertEquals(next, s.readRegister(0, 1));
        }
    }

    @Test
    void aClosedSessionLeavesNothingBehind() throws Exception {
        DebugSession s = machine.debug();
        held(s);
        long ahead = 2 * (Math.max(bench.counted("a", 0), bench.counted("a", 1)) + 10 * Bench.MMIO_EVERY);
        s.stopPoints(at(ahead));
        s.close();
        bench.awaitProgress("a", 0);
        Bench.await("past the breakpoint that was", () -> 2 * bench.counted("a", 0) > ahead && 2 * bench.counted("a", 1) > ahead);
        assertEquals("", machine.info().detail());
        assertNull(s.await(LONG));
        assertThrows(HvException.class, () -> s.readRegister(0, 1));
        machine.debug().close();
    }

    @Test
    void thereIsOneDebuggerAtATime() throws Exception {
        try (DebugSession s = machine.debug()) {
            HvException e = assertThrows(HvException.class, machine::debug);
            assertEquals("a debugger is attached to machine a already: detach it first", e.getMessage());
            assertThrows(HvException.class, () -> s.resume(Resume.RUN, Resume.RUN));
        }
    }

    @Test
    void memoryIsReadAndWrittenByBothKindsOfAddress() throws Exception {
        try (DebugSession s = machine.debug()) {
            held(s);
            byte[] bytes = {1, 2, 3, 4, 5, 6};
            long va = s.ramBase() + 4096 - 3;
            assertEquals(6, s.writeMemory(0, va, bytes, 0, 6));
            byte[] back = new byte[6];
            assertEquals(6, s.readPhysical(va, back, 0, 6));
            assertArrayEquals(bytes, back);
            assertEquals(2, s.readMemory(0, s.ramBase() + s.ramBytes() - 2, back, 0, 6), "up to the end of RAM");
            assertEquals(0, s.readMemory(0, -8, back, 0, 6));
            assertEquals(0, s.readPhysical(Bench.COUNTER_GPA, back, 0, 6), "devices are not touched");
            assertEquals(2, s.writePhysical(s.ramBase() + s.ramBytes() - 2, bytes, 0, 6));
            assertEquals(-1, s.translate(1, -1));
        }
    }

    @Test
    void anEngineIsReplacedAtABreakpointWhichTheNewOneKnows() throws Exception {
        bench.offer(bench.new EngineMaker(), "engine2");
        try (DebugSession s = machine.debug()) {
            held(s);
            long ahead = 2 * (Math.max(bench.counted("a", 0), bench.counted("a", 1)) + 10 * Bench.MMIO_EVERY);
            s.stopPoints(at(ahead, ahead + 20));
            s.resume(Resume.RUN, Resume.RUN);
            assertInstanceOf(DebugEvent.AtBreakpoint.class, s.await(LONG));
            machine.replace("engine", "engine2");
            assertTrue(s.isHeld());
            s.resume(Resume.STEP, Resume.HOLD);
            assertEquals(new DebugEvent.Stepped(0), s.await(LONG));
            s.resume(Resume.RUN, Resume.HOLD);
            DebugEvent.AtBreakpoint b = assertInstanceOf(DebugEvent.AtBreakpoint.class, s.await(LONG));
            assertEquals(b.va(), 2 * bench.counted("a", 0));
        }
        bench.awaitProgress("a", 1);
    }

    @Test
    void anEngineThatCannotBeDebuggedIsRefusedBesideADebugger() throws Exception {
        bench.offer(bench.new EngineMaker() {
            @Override
            VcpuCore offered(Bench.Core core) {
                return (VcpuCore) Proxy.newProxyInstance(VcpuCore.class.getClassLoader(), new Class<?>[] {VcpuCore.class}, (p, method, arguments) -> {
                    try {
                        return method.invoke(core, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
            }
        }, "plain");
        DebugSession s = machine.debug();
        ReplaceException e = assertThrows(ReplaceException.class, () -> machine.replace("engine", "plain"));
        assertTrue(e.getMessage().contains("cannot be debugged: detach it first"), e.getMessage());
        long done = machine.info().instructions();
        Bench.await("the old engine serves on", () -> machine.info().instructions() > done);
        s.close();
        machine.replace("engine", "plain");
        HvException none = assertThrows(HvException.class, machine::debug);
        assertTrue(none.getMessage().contains("cannot be debugged"), none.getMessage());
    }

    @Test
    void aHeldMachineIsPausedSavedAndResumedWithoutGettingLoose() throws Exception {
        try (DebugSession s = machine.debug()) {
            held(s);
            long count = bench.counted("a", 0);
            machine.pause();
            machine.resume();
            Machine other = bench.running("b", 1);
            bench.awaitProgress("b", 0);
            assertEquals(count, bench.counted("a", 0));
            assertEquals(MachineState.RUNNING, other.state());
            s.resume(Resume.RUN, Resume.RUN);
            bench.awaitProgress("a", 0);
        }
    }

    @Test
    void theEndOfAMachineIsToldHoweverItComes() throws Exception {
        DebugSession s = machine.debug();
        ((HostedMachine) machine).guest().powerOff("the guest powered off");
        assertEquals(new DebugEvent.Ended("the guest powered off", false), s.await(LONG));
        s.close();
        machine.start();
        DebugSession again = machine.debug();
        held(again);
        machine.stop(Duration.ofSeconds(30));
        again.resume(Resume.RUN, Resume.RUN);
        assertEquals(new DebugEvent.Ended("stopped", false), again.await(LONG));
        machine.start();
        bench.hosting.destroy("a");
        assertThrows(HvException.class, () -> again.readRegister(0, 1));
        again.close();
    }

    @Test
    void aMachineHeldBeforeItsStartDoesNotBegin() throws Exception {
        Machine m = bench.hosting.create(Bench.spec("c", 1));
        try (DebugSession s = m.debug()) {
            held(s);
            m.start();
            bench.awaitProgress("a", 0);
            assertEquals(0, bench.counted("c", 0));
            s.resume(Resume.STEP);
            assertEquals(new DebugEvent.Stepped(0), s.await(LONG));
            assertEquals(1, bench.counted("c", 0));
        }
        bench.awaitProgress("c", 0);
    }

    @Test
    void aStormOfStopsStepsReplacementsAndPausesLosesNothing() throws Exception {
        bench.offer(bench.new EngineMaker(), "engine2");
        java.util.Random random = new java.util.Random(0xdeb);
        java.util.concurrent.atomic.AtomicBoolean over = new java.util.concurrent.atomic.AtomicBoolean();
        java.util.concurrent.atomic.AtomicReference<Exception> fault = new java.util.concurrent.atomic.AtomicReference<>();
        Thread others = Thread.ofPlatform().start(() -> {
            try {
                for (int k = 0; !over.get(); k++) {
                    machine.replace("engine", k % 2 == 0 ? "engine2" : "engine");
                    machine.pause();
                    machine.resume();
                }
            } catch (Exception e) {
                fault.set(e);
            }
        });
        for (int session = 0; session < 10; session++) {
            try (DebugSession s = machine.debug()) {
                s.interrupt();
                for (int k = 0; k < 40; k++) {
                    assertTrue(s.await(LONG) != null, "the machine is held in the end");
                    int vcpu = random.nextInt(2);
                    long pc = 2 * s.readRegister(vcpu, 1);
                    s.stopPoints(random.nextBoolean() ? at(pc + 2 * random.nextInt(1, 50_000)) : StopPoints.NONE);
                    Resume[] how = {Resume.values()[random.nextInt(3)], Resume.values()[random.nextInt(3)]};
                    how[vcpu] = how[vcpu] == Resume.HOLD ? Resume.STEP : how[vcpu];
                    s.resume(how);
                    if (how[0] != Resume.STEP && how[1] != Resume.STEP || random.nextBoolean()) {
                        s.interrupt();
                    }
                }
            }
        }
        over.set(true);
        others.join();
        assertNull(fault.get());
        long done = machine.info().instructions();
        Bench.await("it goes on", () -> machine.info().instructions() > done + 1000);
        assertEquals(List.of(), bench.hosting.health());
        assertEquals(MachineState.RUNNING, machine.state());
    }

    @Test
    void aVcpuThatWasNotStartedStepsToNowhere() throws Exception {
        Machine m = bench.hosting.create(Bench.spec("c", 2));
        m.start();
        try (DebugSession s = m.debug()) {
            held(s);
            s.resume(Resume.HOLD, Resume.STEP);
            assertEquals(new DebugEvent.Stepped(1), s.await(LONG));
            assertEquals("not started", s.activity(1));
            assertEquals("running", s.activity(0));
        }
    }
}
