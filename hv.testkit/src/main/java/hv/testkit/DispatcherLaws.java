package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.bus.Bus;
import hv.api.bus.Wiring;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.interpreter.spi.Interpreter;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Route;
import hv.api.vcpu.Vcpu;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every dispatcher: each kind of exit goes to the module that acts on it, and ends in a decision that fits. */
public abstract class DispatcherLaws {
    private static final long SEED = 0xD15_9A7CL;
    private static final long EID_HSM = 0x48534DL;
    private static final long HART_START = 0;
    private static final long HART_STOP = 1;

    private final RecordedGuest guest = new RecordedGuest(4);
    private final List<String> asked = new ArrayList<>();
    private boolean granting = true;
    private Next answer = Next.RESUME;
    private boolean interpreterStarts = true;
    private Dispatcher dispatcher;
    private Wiring wiring;

    protected abstract Dispatcher create();

    @BeforeEach
    void wire() {
        dispatcher = create();
        dispatcher.wake();
        wiring = new Wiring(1, new ScriptedAllocator(), new ScriptedInterpreter(), new RegisterBus());
    }

    private Next dispatch() {
        return dispatcher.dispatch(exit(), guest.vcpu(0), wiring);
    }

    private Exit exit() {
        return guest.vcpu(0).exit();
    }

    private void call(long extension, long function, long a0, long a1, long a2) {
        ExitView.FirmwareCall call = exit().firmwareCall();
        long[] args = {a0, a1, a2, 0, 0, 0, function, extension};
        for (int i = 0; i < 8; i++) {
            call.setArg(i, args[i]);
        }
    }

    @Test
    void effectsGoToTheInterpreter() {
        List<Runnable> kinds = List.of(() -> exit().mmio(RegisterBus.BASE_GPA, 4, false, 0), () -> exit().mmio(RegisterBus.BASE_GPA, 4, true, 1),
                () -> exit().portIo(0x3f8, 1, false, 0), () -> exit().privileged(0x10200073, 4, RecordedGuest.RAM_BASE_GPA),
                () -> call(0x10, 0, 0, 0, 0));
        for (Runnable kind : kinds) {
            kind.run();
            assertEquals(Next.RESUME, dispatch());
            assertEquals(List.of("interpret " + exit().view().label()), asked);
            assertEquals(Route.INTERPRETER, exit().route(), exit().view().label());
            asked.clear();
        }
    }

    @Test
    void theInterpretersDecisionIsPassedOn() {
        for (Next next : Next.values()) {
            answer = next;
            exit().mmio(RegisterBus.BASE_GPA, 4, false, 0);
            assertEquals(next, dispatch());
        }
    }

    @Test
    void sliceEndsKicksAndStopPointsTouchNoModule() {
        exit().sliceEnd();
        assertEquals(Next.RESUME, dispatch());
        assertEquals(Route.RUN_LOOP, exit().route());
        exit().kicked();
        assertEquals(Next.RESUME, dispatch());
        assertEquals(Route.RUN_LOOP, exit().route());
        exit().breakpoint(RecordedGuest.RAM_BASE_GPA);
        assertEquals(Next.RESUME, dispatch());
        assertEquals(Route.RUN_LOOP, exit().route());
        assertEquals(List.of(), asked);
    }

    @Test
    void aWaitingGuestParks() {
        exit().idle();
        assertEquals(Next.PARK, dispatch());
        assertEquals(List.of(), asked);
    }

    @Test
    void anEnginesFailureFailsTheMachineWithItsReason() {
        exit().failure("the engine says why");
        assertEquals(Next.STOP, dispatch());
        assertEquals(List.of("fail the engine says why"), guest.takeEvents());
    }

    @Test
    void aStartAsksTheAllocatorBeforeTheInterpreter() {
        call(EID_HSM, HART_START, 2, RecordedGuest.RAM_BASE_GPA, 7);
        assertEquals(Next.RESUME, dispatch());
        assertEquals(List.of("StartVcpu 2", "interpret firmware-call"), asked);
        assertEquals(Route.ALLOCATOR_AND_INTERPRETER, exit().route());
        assertEquals(0, exit().completion().first());
    }

    @Test
    void aRefusedStartIsAnErrorToTheGuestAndStartsNothing() {
        granting = false;
        call(EID_HSM, HART_START, 2, RecordedGuest.RAM_BASE_GPA, 7);
        assertEquals(Next.RESUME, dispatch());
        assertEquals(List.of("StartVcpu 2"), asked);
        assertEquals(Route.ALLOCATOR, exit().route());
        assertEquals(Completion.Kind.PAIR, exit().completion().kind());
        assertTrue(exit().completion().first() < 0, "a refusal is an error of the firmware");
        assertEquals(List.of(), guest.takeEvents());
    }

    @Test
    void aGrantThatStartedNothingGoesBack() {
        interpreterStarts = false;
        call(EID_HSM, HART_START, 2, 3, 7);
        assertEquals(Next.RESUME, dispatch());
        assertEquals(List.of("StartVcpu 2", "interpret firmware-call", "StopVcpu 2"), asked);
    }

    @Test
    void aStopIsAccounted() {
        answer = Next.STOP;
        call(EID_HSM, HART_STOP, 0, 0, 0);
        assertEquals(Next.STOP, dispatch());
        assertEquals(List.of("StopVcpu 0", "interpret firmware-call"), asked);
        assertEquals(Route.ALLOCATOR_AND_INTERPRETER, exit().route());
    }

    @Test
    void hostileCallsNeverThrowAndNeverAskForVcpusThatAreNotThere() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long target = switch (random.nextInt(4)) {
                case 0 -> random.nextLong();
                case 1 -> (1L << 32) + random.nextInt(4);
                case 2 -> -1 - random.nextInt(3);
                default -> random.nextInt(6);
            };
            long extension = random.nextInt(3) == 0 ? random.nextLong() : EID_HSM;
            long function = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(5);
            granting = random.nextBoolean();
            interpreterStarts = random.nextBoolean();
            call(extension, function, target, random.nextLong(), random.nextLong());
            String what = "call " + Long.toHexString(extension) + "/" + Long.toHexString(function) + " " + Long.toHexString(target);
            Next next = null;
            try {
                next = dispatch();
            } catch (RuntimeException | Error e) {
                fail(what + " threw " + e, e);
            }
            InterpreterLaws.assertFits(exit(), next, what);
            boolean stops = extension == EID_HSM && function == HART_STOP;
            for (String line : asked) {
                long named = line.contains("Vcpu") ? Long.parseLong(line.substring(line.indexOf(' ') + 1)) : stops ? 0 : target;
                if (named != (stops ? 0 : target) || line.contains("Vcpu") && (named < 0 || named >= guest.vcpuCount())) {
                    fail(what + " asked the allocator: " + line);
                }
            }
            asked.clear();
            for (int v = 1; v < guest.vcpuCount(); v++) {
                if (random.nextBoolean()) {
                    guest.stopVcpu(v);
                }
            }
            guest.takeEvents();
        }
    }

    private final class ScriptedInterpreter implements Interpreter {
        @Override
        public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
            asked.add("interpret " + exit.view().label());
            switch (exit.view()) {
                case ExitView.FirmwareCall call when call.arg(7) == EID_HSM && call.arg(6) == HART_START -> {
                    long target = call.arg(0);
                    boolean can = interpreterStarts && target >= 0 && target < guest.vcpuCount();
                    exit.completion().pair(can && guest.startVcpu((int) target, call.arg(1), call.arg(2)) ? 0 : -5, 0);
                }
                case ExitView.FirmwareCall _ -> exit.completion().pair(0, 0);
                case ExitView.Mmio a when !a.isWrite() -> exit.completion().value(1);
                default -> { }
            }
            return answer;
        }

        @Override
        public void turnBegins(Vcpu vcpu) {
            // No dispatcher's affair.
        }

        @Override
        public void reset() {
            // As above.
        }

        @Override
        public PartId id() {
            return new PartId("interpreter", new StateTag("scripted", 1));
        }

        @Override
        public void sleep(Deadline by) {
            // Scripted.
        }

        @Override
        public void save(StateWriter out) {
            out.section("scripted");
        }

        @Override
        public void restore(StateReader in) {
            throw new IllegalStateException("a dispatcher restores no interpreter");
        }

        @Override
        public void wake() {
            // Scripted.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private final class ScriptedAllocator implements Allocator {
        @Override
        public Decision decide(ResourceRequest request) {
            switch (request) {
                case ResourceRequest.StartVcpu r -> asked.add("StartVcpu " + r.vcpu());
                case ResourceRequest.StopVcpu r -> asked.add("StopVcpu " + r.vcpu());
                case ResourceRequest.Admit r -> fail("a dispatcher admits no machine: " + r);
                case ResourceRequest.Release r -> fail("a dispatcher releases no machine: " + r);
            }
            assertEquals("recorded", request.machine());
            return granting ? Decision.Granted.GRANTED : new Decision.Refused("no");
        }

        @Override
        public void touched(String machine, long ramBytes) {
            fail("a dispatcher reports no memory");
        }

        @Override
        public List<Account> accounts() {
            return List.of();
        }

        @Override
        public void hostChanged(HostResources host) {
            fail("a dispatcher changes no host");
        }

        @Override
        public PartId id() {
            return new PartId("allocator", new StateTag("scripted", 1));
        }

        @Override
        public void sleep(Deadline by) {
            // Scripted.
        }

        @Override
        public void save(StateWriter out) {
            out.section("scripted");
        }

        @Override
        public void restore(StateReader in) {
            throw new IllegalStateException("a dispatcher restores no allocator");
        }

        @Override
        public void wake() {
            // Scripted.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
