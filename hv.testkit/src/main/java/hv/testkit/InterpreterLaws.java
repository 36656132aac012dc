package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.interpreter.spi.Interpreter;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every interpreter, whatever its instruction set and firmware. */
public abstract class InterpreterLaws {
    private static final long SEED = 0x1E7E_12E7L;

    protected abstract Interpreter create();

    /** Extension numbers, function numbers and the like that lead a random firmware call past the first check. */
    protected abstract long[] interestingNumbers();

    /** Registers of the instruction set, program counter in RAM. */
    protected abstract Registers createRegisters();

    @Test
    void readsGiveWhatTheBusGives() {
        try (Interpreter interpreter = awake()) {
            RecordedVcpu vcpu = new RecordedGuest(1).vcpu(0);
            RegisterBus bus = new RegisterBus();
            for (int width = 1; width <= 8; width *= 2) {
                long gpa = RegisterBus.BASE_GPA + 8 * width;
                vcpu.exit().mmio(gpa, width, false, 0);
                assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
                assertEquals(Completion.Kind.VALUE, vcpu.exit().completion().kind());
                assertEquals(RegisterBus.pattern(gpa, width), vcpu.exit().completion().first());
            }
        }
    }

    @Test
    void writesReachTheBusOnce() {
        try (Interpreter interpreter = awake()) {
            RecordedVcpu vcpu = new RecordedGuest(1).vcpu(0);
            RegisterBus bus = new RegisterBus();
            vcpu.exit().mmio(RegisterBus.BASE_GPA + 4, 4, true, 0xdead_beefL);
            assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
            assertEquals(List.of("10000004 4 deadbeef"), bus.takeWrites());
        }
    }

    @Test
    void anAccessWhereNobodyAnswersIsTheGuestsFault() {
        try (Interpreter interpreter = awake()) {
            RecordedGuest guest = new RecordedGuest(1);
            RecordedVcpu vcpu = guest.vcpu(0);
            RegisterBus bus = new RegisterBus();
            long[] addresses = {0, RegisterBus.BASE_GPA - 1, RegisterBus.BASE_GPA + RegisterBus.SIZE_BYTES, RegisterBus.BASE_GPA + RegisterBus.SIZE_BYTES - 1,
                (1L << 56) - 8};
            for (long gpa : addresses) {
                for (boolean write : new boolean[] {false, true}) {
                    vcpu.exit().mmio(gpa, 8, write, 1);
                    Next next = interpreter.interpret(vcpu.exit(), vcpu, bus);
                    assertFits(vcpu.exit(), next, "access to " + Long.toHexString(gpa));
                    assertEquals(List.of(), guest.takeEvents(), "a wild access is the guest's own affair");
                }
            }
        }
    }

    @Test
    void hostileFirmwareCallsAlwaysComplete() {
        try (Interpreter interpreter = awake()) {
            RecordedGuest guest = new RecordedGuest(5);
            RegisterBus bus = new RegisterBus();
            Random random = new Random(SEED);
            long[] numbers = interestingNumbers();
            for (int i = 0; i < 60_000; i++) {
                RecordedVcpu vcpu = guest.vcpu(0);
                vcpu.use(createRegisters());
                ExitView.FirmwareCall call = vcpu.exit().firmwareCall();
                StringBuilder what = new StringBuilder("call " + i + " of seed " + SEED + ":");
                for (int a = 0; a < 8; a++) {
                    long v = argument(random, numbers, a >= 6);
                    call.setArg(a, v);
                    what.append(' ').append(Long.toHexString(v));
                }
                Next next = null;
                try {
                    next = interpreter.interpret(vcpu.exit(), vcpu, bus);
                } catch (RuntimeException | Error e) {
                    fail(what + " threw " + e, e);
                }
                assertFits(vcpu.exit(), next, what.toString());
                assertEquals(0, guest.ram().openLeases(), what + " left a lease open");
                for (String event : guest.takeEvents()) {
                    if (event.startsWith("fail")) {
                        fail(what + " failed the machine: " + event);
                    }
                }
                restartOnly(guest, 0);
                guest.takePrinted();
                guest.consoleRoom(random.nextInt(4) == 0 ? 0 : Integer.MAX_VALUE);
                if (random.nextInt(3) == 0) {
                    guest.type("input");
                }
            }
        }
    }

    /** As at first: one vCPU is started. */
    private static void restartOnly(RecordedGuest guest, int started) {
        for (int v = 0; v < guest.vcpuCount(); v++) {
            guest.stopVcpu(v);
        }
        guest.startVcpu(started, RecordedGuest.RAM_BASE_GPA, 0);
        guest.takeEvents();
    }

    private static long argument(Random random, long[] numbers, boolean selector) {
        int pick = random.nextInt(selector ? 5 : 10);
        return switch (pick) {
            case 0, 1, 2 -> numbers[random.nextInt(numbers.length)];
            case 3 -> random.nextInt(8);
            case 4 -> random.nextLong();
            case 5 -> RecordedGuest.RAM_BASE_GPA + random.nextInt(1 << 17) - (1 << 8);
            case 6 -> -1 - random.nextInt(4);
            case 7 -> 1L << random.nextInt(64);
            case 8 -> Long.MAX_VALUE - random.nextInt(4096);
            default -> random.nextInt();
        };
    }

    @Test
    void hostileInstructionsAlwaysComplete() {
        try (Interpreter interpreter = awake()) {
            RecordedGuest guest = new RecordedGuest(2);
            RegisterBus bus = new RegisterBus();
            Random random = new Random(SEED);
            for (int i = 0; i < 60_000; i++) {
                RecordedVcpu vcpu = guest.vcpu(0);
                vcpu.use(createRegisters());
                // The system opcode of RISC-V half of the time: elsewhere it is noise like any other.
                int instruction = random.nextBoolean() ? random.nextInt() & ~0x7f | 0x73 : random.nextInt();
                int length = (instruction & 3) == 3 ? 4 : 2;
                vcpu.exit().privileged(length == 4 ? instruction : instruction & 0xffff, length, RecordedGuest.RAM_BASE_GPA);
                Next next = null;
                try {
                    next = interpreter.interpret(vcpu.exit(), vcpu, bus);
                } catch (RuntimeException | Error e) {
                    fail("instruction " + Integer.toHexString(instruction) + " threw " + e, e);
                }
                assertFits(vcpu.exit(), next, "instruction " + Integer.toHexString(instruction));
                guest.takeEvents();
            }
        }
    }

    private Interpreter awake() {
        Interpreter interpreter = create();
        interpreter.wake();
        return interpreter;
    }

    /** The completion is one that the engine can commit with this outcome. */
    static void assertFits(Exit exit, Next next, String what) {
        assertNotNull(next, what + ": no decision");
        Completion.Kind kind = exit.completion().kind();
        boolean fits = switch (next) {
            case REFLECT -> kind == Completion.Kind.TRAP;
            case RETRY, STOP -> true;
            case RESUME, PARK -> switch (exit.view()) {
                case ExitView.Mmio a -> kind == (a.isWrite() ? Completion.Kind.NONE : Completion.Kind.VALUE);
                case ExitView.PortIo a -> kind == (a.isWrite() ? Completion.Kind.NONE : Completion.Kind.VALUE);
                case ExitView.FirmwareCall _ -> kind == Completion.Kind.PAIR || next == Next.PARK && kind == Completion.Kind.NONE;
                case ExitView.Privileged _, ExitView.Idle _, ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Debug _, ExitView.Failure _ ->
                    kind == Completion.Kind.NONE;
            };
        };
        if (!fits) {
            fail(what + ": " + next + " with a completion of kind " + kind);
        }
    }
}
