package hv.interpreter.internal;

import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.riscv.Hart;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;

/** A guest of four harts, hart 0 of which calls the firmware. */
abstract class SbiCase {
    static final long RAM = RecordedGuest.RAM_BASE_GPA;
    final RecordedGuest guest = new RecordedGuest(4);
    final RecordedVcpu vcpu = guest.vcpu(0);
    final Hart hart = new Hart(() -> 1_000, 10);
    final RegisterBus bus = new RegisterBus();
    final RiscvSbi interpreter = new RiscvSbi();
    Next next;

    @BeforeEach
    void giveTheVcpuAHart() {
        vcpu.use(hart);
        hart.pc = RAM;
    }

    /** Calls, and gives a0. */
    long call(long extension, long function, long... args) {
        ExitView.FirmwareCall call = vcpu.exit().firmwareCall();
        for (int i = 0; i < 6; i++) {
            call.setArg(i, i < args.length ? args[i] : 0);
        }
        call.setArg(6, function);
        call.setArg(7, extension);
        next = interpreter.interpret(vcpu.exit(), vcpu, bus);
        return vcpu.exit().completion().first();
    }

    long a1() {
        return vcpu.exit().completion().second();
    }

    void startAll() {
        for (int i = 1; i < guest.vcpuCount(); i++) {
            guest.startVcpu(i, RAM, 0);
        }
        guest.takeEvents();
    }

    void put(long gpa, byte[] bytes) {
        MemorySegment.copy(bytes, 0, guest.ram().bytes(), ValueLayout.JAVA_BYTE, gpa - RAM, bytes.length);
    }

    void putLong(long gpa, long value) {
        guest.ram().bytes().set(ValueLayout.JAVA_LONG_UNALIGNED, gpa - RAM, value);
    }
}
