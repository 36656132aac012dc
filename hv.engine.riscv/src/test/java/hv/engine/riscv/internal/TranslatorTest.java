package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.part.SettingException;
import hv.api.vcpu.ExitView;
import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Op;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is hot becomes translated code, within limits; guests see nothing of it. */
class TranslatorTest {
    private static final String SUM = """
         li   a0, 0
         li   a1, %d
        next: add a0, a0, a1
         addi a1, a1, -1
         bnez a1, next
         ecall
        """;

    @Test
    void budgetsStayExactInTranslatedCode() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load(SUM.formatted(100_000));
            m.run(1_000);
            assertTrue(m.engine.translator().regions() > 0);
            for (int k = 1; k < 300; k++) {
                long before = m.hart.instret;
                assertInstanceOf(ExitView.SliceEnd.class, m.run(k));
                assertEquals(before + k, m.hart.instret);
            }
            m.toCall();
            assertEquals(100_000L * 100_001 / 2, m.hart.x[10]);
            assertEquals(3 + 3 * 100_000, m.hart.instret, "less the ecall, which left");
        }
    }

    @Test
    void codeIsTranslatedInTheBackgroundWhileTheGuestRuns() throws Exception {
        try (BareMachine m = new BareMachine(new Translator.Limits(1_000, 3_000, false))) {
            m.load(SUM.formatted(2_000_000_000));
            while (m.engine.translator().regions() == 0) {
                assertInstanceOf(ExitView.SliceEnd.class, m.run(1_000_000), "it came to its end, and was never translated");
            }
            long a1 = m.hart.x[11];
            assertInstanceOf(ExitView.SliceEnd.class, m.run(3_000_000));
            assertEquals(1_000_000, a1 - m.hart.x[11], 1);
        }
    }

    /** More loops than regions may be: each still does its work. */
    @Test
    void atTheLimitAllRegionsAreForgottenAndTheGuestGoesOn() throws Exception {
        StringBuilder b = new StringBuilder(" li a0, 0\n");
        int loops = 100;
        for (int k = 0; k < loops; k++) {
            b.append(" li a1, 50\nl").append(k).append(": addi a0, a0, ").append(k).append("\n addi a1, a1, -1\n bnez a1, l").append(k).append("\n");
        }
        try (BareMachine m = new BareMachine(new Translator.Limits(2, 16, true))) {
            m.execute(b.append(" ecall\n").toString());
            assertEquals(50L * loops * (loops - 1) / 2, m.hart.x[10]);
            assertTrue(m.engine.translator().regions() <= 16);
        }
    }

    @Test
    void equalCodeSharesARegion() throws Exception {
        String loop = """
             li   a1, 50
            1: addi a0, a0, 1
             addi a1, a1, -1
             bnez a1, 1b
            """;
        try (BareMachine m = new BareMachine()) {
            m.execute(" li a0, 0\n j first\n .balign 4096\nfirst:\n" + loop.replace("1b", "one").replace("1:", "one:") + " j second\n .balign 4096\nsecond:\n"
                + loop.replace("1b", "two").replace("1:", "two:") + " ecall\n");
            assertEquals(100, m.hart.x[10]);
            assertEquals(1, m.engine.translator().regions());
        }
    }

    /** A device's register in a hot loop: each access leaves the guest at its own instruction, and is finished from outside. */
    @Test
    void translatedCodeLeavesForDevicesAtTheAccess() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.load("""
                 li   a0, 0
                 li   a1, 100
                 li   a2, 0x10000000
                next: addi a0, a0, 0
                access: lw a3, 4(a2)
                 add a0, a0, a3
                 addi a1, a1, -1
                 bnez a1, next
                 ecall
                """);
            int reads = 0;
            ExitView v = m.run(100_000);
            while (v instanceof ExitView.Mmio read) {
                assertEquals(0x1000_0004L, read.gpa());
                assertEquals(m.symbol("access"), m.hart.pc);
                m.exit().completion().value(reads++);
                v = m.run(100_000);
            }
            assertInstanceOf(ExitView.FirmwareCall.class, v);
            assertEquals(100, reads);
            assertEquals(99 * 100 / 2, m.hart.x[10]);
        }
    }

    @Test
    void noFloatingPointOperationTakesTheSlowWay() {
        Set<String> methods = Arrays.stream(RegionFloat.class.getDeclaredMethods()).map(Method::getName).collect(Collectors.toSet());
        for (Instruction i : InstructionTable.get().instructions()) {
            if (i.kind().equals("float") && i.op() < Op.COUNT) {
                assertTrue(methods.contains(i.constant().toLowerCase(Locale.ROOT)), i.name());
            }
        }
    }

    /** The same translated loop, with floating-point registers unchanged so far, and then switched off. */
    @ParameterizedTest
    @ValueSource(strings = {"fadd.d fa0, fa0, fa1", "fld fa0, 0(s0)", "fsd fa0, 0(s0)", "fmv.x.d a1, fa0", "fcvt.d.l fa0, a1"})
    void translatedFloatingPointHeedsWhetherItIsOn(String instruction) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.hart.mstatus |= Csr.SSTATUS_FS & -Csr.SSTATUS_FS;
            m.execute("""
                 la   t0, handler
                 csrw stvec, t0
                 la   s0, data
                 li   t1, 50
                 jal  ra, loop
                 csrr s1, sstatus
                 li   t2, 0x6000
                 csrc sstatus, t2
                 li   t1, 50
                 jal  ra, loop
                 li   a0, -1
                 ecall
                loop: addi t1, t1, -1
                fp:  %s
                 bnez t1, loop
                 ret
                 .balign 4
                handler: csrr a0, scause
                 csrr a1, sepc
                 ecall
                 .balign 4096
                data: .zero 8
                """.formatted(instruction));
            assertTrue(m.engine.translator().regions() > 0);
            assertEquals(Cause.ILLEGAL_INSTRUCTION, m.hart.x[10]);
            assertEquals(m.symbol("fp"), m.hart.x[11]);
            boolean changes = !instruction.startsWith("fsd") && !instruction.startsWith("fmv.x");
            assertEquals(changes ? Csr.SSTATUS_FS : Csr.SSTATUS_FS & -Csr.SSTATUS_FS, m.hart.x[9] & Csr.SSTATUS_FS);
        }
    }

    @ParameterizedTest
    @CsvSource({"riscv.tier, fast, translate-at-once", "riscv.translate-after, 0, from 1", "riscv.translate-after, soon, from 1", "riscv.regions, 3, from 16",
        "riscv.regions, 99999999999, from 16"})
    void aWrongSettingIsRefusedWithWhatItMayBe(String name, String value, String hint) throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.settings.put(name, value);
            SettingException e = assertThrows(SettingException.class, () -> new InterpretingFactory().create(m));
            assertTrue(e.getMessage().contains(name) && e.getMessage().contains(value) && e.getMessage().contains(hint), e.getMessage());
        }
    }

    @Test
    void theTranslatorEndsWithItsEngine() throws Exception {
        Thread found;
        try (BareMachine m = new BareMachine(new Translator.Limits(1_000, 3_000, false))) {
            found = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("hv translator of bare")).findAny().orElseThrow();
            assertEquals(0, m.engine.translator().regions());
        }
        while (found.isAlive()) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
