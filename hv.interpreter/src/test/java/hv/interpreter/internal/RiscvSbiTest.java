package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.interpreter.spi.Interpreter;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Registers;
import hv.riscv.Hart;
import hv.testkit.InterpreterLaws;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RiscvSbiTest extends InterpreterLaws {
    @Override
    protected Registers createRegisters() {
        Hart hart = new Hart(() -> 1_000, 10);
        hart.pc = RecordedGuest.RAM_BASE_GPA;
        return hart;
    }

    @Override
    protected Interpreter create() {
        return new RiscvSbiFactory().create();
    }

    @Override
    protected long[] interestingNumbers() {
        return new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, Sbi.EXT_BASE, Sbi.EXT_TIME, Sbi.EXT_IPI, Sbi.EXT_RFENCE, Sbi.EXT_HSM, Sbi.EXT_SRST,
            Sbi.EXT_DBCN, Sbi.EXT_PMU, Sbi.EXT_PMU, Sbi.EXT_PMU, Sbi.EXT_SUSP, Sbi.EXT_STA, 0xf_0005L, 18, RecordedGuest.RAM_BASE_GPA, 0x8000_0000L, 0xffff_ffff_8000_0000L};
    }

    @Test
    void registerAccessesTimersAndInterruptsAllocateNothing() {
        Assumptions.assumeTrue(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean,
                "this JVM does not count what a thread allocates");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        RecordedVcpu vcpu = new RecordedGuest(2).vcpu(0);
        vcpu.use(createRegisters());
        Interpreter interpreter = create();
        turn(interpreter, vcpu, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        turn(interpreter, vcpu, 100_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, "400,000 exits allocated " + bytes + " bytes");
    }

    private static void turn(Interpreter interpreter, RecordedVcpu vcpu, int times) {
        Exit exit = vcpu.exit();
        RegisterBus bus = new RegisterBus();
        for (int i = 0; i < times; i++) {
            exit.mmio(RegisterBus.BASE_GPA, 4, false, 0);
            interpreter.interpret(exit, vcpu, bus);
            exit.mmio(0, 4, true, 0);
            interpreter.interpret(exit, vcpu, bus);
            call(exit, Sbi.EXT_TIME, i);
            interpreter.interpret(exit, vcpu, bus);
            call(exit, Sbi.EXT_IPI, 1);
            interpreter.interpret(exit, vcpu, bus);
        }
    }

    private static void call(Exit exit, long extension, long a0) {
        ExitView.FirmwareCall call = exit.firmwareCall();
        for (int k = 1; k < 7; k++) {
            call.setArg(k, 0);
        }
        call.setArg(0, a0);
        call.setArg(7, extension);
    }
}
