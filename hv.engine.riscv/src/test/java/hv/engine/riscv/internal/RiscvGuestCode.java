package hv.engine.riscv.internal;

import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamView;
import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.ExitView;
import hv.riscv.Csr;
import hv.riscv.Disassembler;
import hv.riscv.Privileged;
import hv.riscv.asm.Assembler;
import hv.testkit.engine.GuestCode;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the laws of engines ask of guests, for RV64 in S mode. */
final class RiscvGuestCode implements GuestCode {
    private static final Map<String, Integer> REGISTERS = registerNumbers();

    private static Map<String, Integer> registerNumbers() {
        Map<String, Integer> m = new LinkedHashMap<>();
        m.put("pc", RiscvRegister.PC);
        m.put("mode", RiscvRegister.MODE);
        for (int k = 1; k < 32; k++) {
            m.put("x" + k, RiscvRegister.X0 + k);
        }
        for (int k = 0; k < 32; k++) {
            m.put("f" + k, RiscvRegister.F0 + k);
        }
        m.put("fcsr", RiscvRegister.csr(Csr.FCSR));
        m.put("sstatus", RiscvRegister.csr(Csr.SSTATUS));
        m.put("sie", RiscvRegister.csr(Csr.SIE));
        m.put("sip", RiscvRegister.csr(Csr.SIP));
        m.put("stvec", RiscvRegister.csr(Csr.STVEC));
        m.put("scounteren", RiscvRegister.csr(Csr.SCOUNTEREN));
        m.put("sscratch", RiscvRegister.csr(Csr.SSCRATCH));
        m.put("sepc", RiscvRegister.csr(Csr.SEPC));
        m.put("scause", RiscvRegister.csr(Csr.SCAUSE));
        m.put("stval", RiscvRegister.csr(Csr.STVAL));
        m.put("satp", RiscvRegister.csr(Csr.SATP));
        return Collections.unmodifiableMap(m);
    }

    private static byte[] program(String source) {
        return new Assembler(CODE).define("DATA", DATA).define("DEVICE", DEVICE).define("FINISH", FINISH).define("PAGES", PAGES)
            .define("SUBROUTINE", SUBROUTINE).assemble(source);
    }

    @Override
    public void begin(VcpuCore core) {
        core.registers().write(RiscvRegister.PC, CODE);
        core.registers().write(RiscvRegister.MODE, 1);
    }

    @Override
    public Map<String, Integer> registers() {
        return REGISTERS;
    }

    @Override
    public String disassemble(VcpuCore core, RamView ram) {
        long offset = core.registers().read(RiscvRegister.PC) - ram.baseGpa();
        if (offset < 0 || offset > ram.sizeBytes() - 4) {
            return "";
        }
        return Disassembler.disassemble(ram.segment().get(ValueLayout.JAVA_INT_UNALIGNED, offset), offset + ram.baseGpa());
    }

    @Override
    public void execute(VcpuCore core, ExitView.Privileged exit) {
        if (Privileged.execute(core.registers(), exit.instruction()) == Privileged.FIRMWARE_CALL) {
            throw new IllegalStateException("a call of the firmware is no privileged exit");
        }
    }

    @Override
    public int interruptLine() {
        return 9;
    }

    @Override
    public byte[] counts() {
        return program("""
                    li   s0, DATA
            loop:   addi a0, a0, 1
                    sd   a0, 0(s0)
                    j    loop
            """);
    }

    @Override
    public byte[] asksDevice(int rounds) {
        return program("        li   s2, " + rounds + """

                    li   s0, DATA
                    li   s1, DEVICE
            loop:   ld   a0, 0(s1)
                    sd   a0, 0(s0)
                    addi a0, a0, 1
                    sd   a0, 8(s1)
                    addi s0, s0, 8
                    addi s2, s2, -1
                    bnez s2, loop
            """ + FINISHES);
    }

    private static final String FINISHES = """
                    li   t0, FINISH
                    sd   zero, 0(t0)
            1:      j    1b
            """;

    @Override
    public byte[] takesInterrupts(boolean enabled) {
        return program("""
                    li   s0, DATA
                    li   s1, DEVICE
                    la   t0, handler
                    csrw stvec, t0
                    li   t0, 0x200
                    csrw sie, t0
            """ + (enabled ? "        csrsi sstatus, 2\n" : "") + """
            loop:   addi a0, a0, 1
                    sd   a0, 0(s0)
                    j    loop
                    .balign 4
            handler: ld  t1, 8(s0)
                    addi t1, t1, 1
                    sd   t1, 8(s0)
                    ld   t1, 0(s1)
                    sret
            """);
    }

    @Override
    public byte[] waits() {
        return program("        li   t0, 0x200\n        csrw sie, t0\n        wfi\n" + FINISHES);
    }

    @Override
    public byte[] patchesItself(int rounds) {
        return program("""
                    li   s0, DATA
                    la   s1, here
                    lw   s3, 0(s1)
                    li   s4, 1 << 20
            """ + "        li   s2, " + rounds + """

            loop:   add  s3, s3, s4
                    sw   s3, 0(s1)
                    fence.i
            here:   addi a0, zero, 0
                    addi s0, s0, 8
                    sd   a0, 0(s0)
                    addi s2, s2, -1
                    bnez s2, loop
            """ + FINISHES);
    }

    @Override
    public byte[] calls(boolean fences) {
        return program("""
                    li   s0, DATA
                    li   s1, SUBROUTINE
            """ + (fences ? "loop:   fence.i\n" : "loop:\n") + """
                    jalr s1
                    sd   a0, 0(s0)
                    addi a1, a1, 1
                    sd   a1, 8(s0)
                    j    loop
            """);
    }

    @Override
    public byte[] returns(int value) {
        return program("        addi a0, zero, " + value + "\n        ret\n");
    }

    @Override
    public byte[] copies() {
        return program("""
                    li   s0, DATA
            loop:   ld   a0, 64(s0)
                    sd   a0, 0(s0)
                    addi a1, a1, 1
                    sd   a1, 8(s0)
                    j    loop
            """);
    }

    @Override
    public byte[] touches(int pages) {
        return program("""
                    li   s0, DATA
                    li   s2, DEVICE
                    li   s3, 4096
            loop:   addi a0, a0, 1
                    sd   a0, 0(s0)
                    li   s1, PAGES
            """ + "        li   t0, " + pages + """

            page:   sd   a0, 0(s1)
                    add  s1, s1, s3
                    addi t0, t0, -1
                    bnez t0, page
                    ld   t1, 0(s2)
                    j    loop
            """);
    }

    @Override
    public byte[] trapsForEver() {
        return program("        .word 0\n");
    }

    @Override
    public byte[] random(long seed, boolean keepsReservations) {
        return new RandomKernel(seed, keepsReservations).image;
    }
}
