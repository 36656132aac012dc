package hv.interpreter.internal;

import hv.api.interpreter.spi.Interpreter;
import hv.api.vcpu.Registers;
import hv.riscv.Hart;
import hv.testkit.InterpreterLaws;
import hv.testkit.guest.RecordedGuest;

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
            Sbi.EXT_DBCN, Sbi.EXT_DBCN, 0x8000_0000L, 0xffff_ffff_8000_0000L};
    }
}
