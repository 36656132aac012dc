package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.bus.Bus;
import hv.api.bus.PortSpace;
import hv.api.interpreter.spi.Interpreter;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.testkit.InterpreterLaws;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class X86PcTest extends InterpreterLaws {
    @Override
    protected Interpreter create() {
        return new X86PcFactory().create();
    }

    @Override
    protected long[] interestingNumbers() {
        return new long[] {0, 1, 5, RecordedGuest.RAM_BASE_GPA};
    }

    /** An x86 vCPU's registers are never looked at. */
    @Override
    protected Registers createRegisters() {
        return new Registers() {
            @Override
            public long read(int register) {
                throw new IllegalArgumentException("register " + register);
            }

            @Override
            public void write(int register, long value) {
                throw new IllegalArgumentException("register " + register);
            }
        };
    }

    /** Answers at ports 0x3f8 .. 0x3ff alone. */
    private static final class PortBus implements Bus {
        private final List<String> accesses = new ArrayList<>();

        @Override
        public boolean answers(long gpa, int widthBytes) {
            return gpa >= PortSpace.gpa(0x3f8) && gpa + widthBytes <= PortSpace.gpa(0x400);
        }

        @Override
        public long read(long gpa, int widthBytes) {
            accesses.add("read " + Long.toHexString(gpa - PortSpace.BASE_GPA) + " " + widthBytes);
            return 0x5a;
        }

        @Override
        public void write(long gpa, int widthBytes, long value) {
            accesses.add("write " + Long.toHexString(gpa - PortSpace.BASE_GPA) + " " + widthBytes + " " + Long.toHexString(value));
        }
    }

    @Test
    void portsAreAWindowOfTheBus() {
        try (Interpreter interpreter = create()) {
            RecordedVcpu vcpu = new RecordedGuest(1).vcpu(0);
            PortBus bus = new PortBus();
            vcpu.exit().portIo(0x3f8, 1, true, 'A');
            assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
            vcpu.exit().portIo(0x3fd, 1, false, 0);
            assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
            assertEquals(0x5a, vcpu.exit().completion().first());
            assertEquals(List.of("write 3f8 1 41", "read 3fd 1"), bus.accesses);
        }
    }

    @Test
    void whereNobodyAnswersReadsAreOnesAndWritesAreLost() {
        try (Interpreter interpreter = create()) {
            RecordedVcpu vcpu = new RecordedGuest(1).vcpu(0);
            RegisterBus bus = new RegisterBus();
            for (int width : new int[] {1, 2, 4}) {
                vcpu.exit().portIo(0xffff, width, false, 0);
                interpreter.interpret(vcpu.exit(), vcpu, bus);
                assertEquals(-1L >>> 64 - 8 * width, vcpu.exit().completion().first());
                vcpu.exit().portIo(0, width, true, 1);
                assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
                vcpu.exit().mmio(0xd000_0000L, width, false, 0);
                assertEquals(Next.RESUME, interpreter.interpret(vcpu.exit(), vcpu, bus));
                assertEquals(Completion.Kind.VALUE, vcpu.exit().completion().kind());
                assertEquals(-1L >>> 64 - 8 * width, vcpu.exit().completion().first());
            }
            assertEquals(List.of(), bus.takeWrites());
        }
    }
}
