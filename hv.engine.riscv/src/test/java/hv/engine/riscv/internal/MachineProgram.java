package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.vcpu.ExitView;
import hv.riscv.Hart;

/**
 * A program that begins in M mode and ends with a store to {@link #END} there. Around the source: memory opened to S and U mode unless PMP is
 * the source's own, and a handler that leaves mcause, mtval, mepc and mstatus in a0 to a3 and ends.
 */
final class MachineProgram implements AutoCloseable {
    static final long END = 0x10_0000L;
    private static final String OPEN = """
            li   t0, -1
            csrw pmpaddr15, t0
            li   t0, 0x1f
            slli t0, t0, 56
            csrw pmpcfg2, t0
        """;
    private static final String HANDLER = """
                .balign 8
        trapped: csrr a0, mcause
            csrr a1, mtval
            csrr a2, mepc
            csrr a3, mstatus
        end: li  t6, 0x100000
            sw   zero, 0(t6)
            .balign 8
        strap: csrr s0, scause
            csrr s1, stval
            csrr s2, sepc
            ecall
            .balign 8
        """;
    final BareMachine machine;
    final Hart hart;

    private MachineProgram(boolean strict) throws Exception {
        machine = BareMachine.machineMode(strict);
        hart = machine.hart;
    }

    /** Ready to run; the S mode handler {@code strap} leaves scause, stval and sepc in s0 to s2 and goes on to M mode. */
    static MachineProgram of(String source) throws Exception {
        return of(source, false, true);
    }

    static MachineProgram of(String source, boolean strict, boolean open) throws Exception {
        MachineProgram p = new MachineProgram(strict);
        p.machine.load("la t0, trapped\n csrw mtvec, t0\n la t0, strap\n csrw stvec, t0\n" + (open ? OPEN : "") + source + "\n j end\n" + HANDLER);
        return p;
    }

    /** Runs to the end, executing what strict mode leaves with; the number of such exits. */
    int toEnd() {
        int exits = 0;
        for (int n = 0; n < 100_000; n++) {
            switch (machine.run(1_000_000)) {
                case ExitView.Mmio m when m.gpa() == END && hart.mode == Hart.MACHINE -> {
                    return exits;
                }
                case ExitView.Privileged p -> {
                    exits++;
                    hv.riscv.Privileged.execute(machine.vcpu.registers(), p.instruction());
                }
                case ExitView v -> throw new AssertionError("left with " + v.label() + " at pc " + Long.toHexString(hart.pc) + " in mode " + hart.mode
                    + ", mcause " + hart.mcause + ", mtval " + Long.toHexString(hart.mtval));
            }
        }
        throw new AssertionError("it does not end");
    }

    /** Runs to the end, which a trap to M mode must lead to. */
    MachineProgram trapsWith(long cause, long value, String at) {
        toEnd();
        assertEquals(cause, hart.x[10], "mcause");
        assertEquals(value, hart.x[11], "mtval");
        assertEquals(machine.symbol(at), hart.x[12], "mepc");
        return this;
    }

    /** Runs to the end, which no trap may lead to. */
    MachineProgram endsByItself() {
        toEnd();
        assertEquals(0, hart.mcause, "mcause, with mtval " + Long.toHexString(hart.mtval) + " at " + Long.toHexString(hart.mepc));
        return this;
    }

    /** Source that goes to {@code label} in a mode by mret. */
    static String enter(int mode, String label) {
        return "li t0, 0x1800\n csrc mstatus, t0\n li t0, " + (mode << 11) + "\n csrs mstatus, t0\n la t0, " + label + "\n csrw mepc, t0\n mret\n .balign 8\n";
    }

    /** One instruction in a mode, at the label {@code there}, then an ecall. */
    static String inMode(int mode, String instruction) {
        return enter(mode, "there") + "there: " + instruction + "\n ecall\n";
    }

    @Override
    public void close() {
        machine.close();
    }
}
