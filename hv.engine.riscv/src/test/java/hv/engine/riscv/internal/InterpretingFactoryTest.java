package hv.engine.riscv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.VcpuCore;
import hv.api.part.SettingException;
import hv.api.riscv.RiscvRegister;
import hv.riscv.Csr;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import org.junit.jupiter.api.Test;

class InterpretingFactoryTest {
    @Test
    void theSettingMmuBoundsThePagingMode() throws Exception {
        for (int mode = 8; mode <= 10; mode++) {
            try (BareMachine m = new BareMachine()) {
                m.settings.put("mmu", new String[] {"sv39", "sv48", "sv57"}[mode - 8]);
                try (Engine e = new InterpretingFactory().create(m)) {
                    VcpuCore core = e.createVcpu(0);
                    int satp = RiscvRegister.csr(Csr.SATP);
                    for (long wanted = 8; wanted <= 10; wanted++) {
                        core.registers().write(satp, 0);
                        core.registers().write(satp, wanted << 60);
                        assertEquals(wanted <= mode ? wanted : 0, core.registers().read(satp) >>> 60);
                    }
                }
            }
        }
    }

    @Test
    void anUnknownModeIsRefusedWithThoseThereAre() throws Exception {
        try (BareMachine m = new BareMachine()) {
            m.settings.put("mmu", "sv32");
            SettingException e = assertThrows(SettingException.class, () -> new InterpretingFactory().create(m));
            assertTrue(e.getMessage().contains("sv32") && e.getMessage().contains("sv39, sv48 or sv57"), e.getMessage());
        }
    }

    @Test
    void whatTheTraitsSayOfDebuggingHoldsForTheCores() throws Exception {
        try (BareMachine m = new BareMachine()) {
            assertEquals(new InterpretingFactory().traits().debug(), m.core(0) instanceof hv.api.engine.spi.DebugCore);
        }
    }

    @Test
    void eachVcpuIsMadeOnce() throws Exception {
        try (BareMachine m = new BareMachine()) {
            assertThrows(IllegalStateException.class, () -> m.engine.createVcpu(0));
        }
    }

    /** Above 8000 bytes HotSpot does not compile at all; above about 6000 its first compiler gives up (doc/adr/0003). */
    @Test
    void theLoopStaysSmallEnoughForBothCompilers() throws Exception {
        try (InputStream in = InterpreterLoop.class.getResourceAsStream("InterpreterLoop.class")) {
            for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
                int bytes = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
                assertTrue(bytes < 6000, method.methodName() + " has " + bytes + " bytes");
            }
        }
    }

    /** HotSpot makes methods of up to 325 bytes a part of a hot caller; these must stay apart from the loop (doc/adr/0003). */
    @Test
    void slowPathsStayOutOfTheLoop() throws Exception {
        int found = 0;
        for (Class<?> c : new Class<?>[] {HartCore.class, InterpreterLoop.class}) {
            try (InputStream in = c.getResourceAsStream(c.getSimpleName() + ".class")) {
                for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
                    String name = method.methodName().stringValue();
                    if (name.equals("slow") || name.equals("rare") && c == InterpreterLoop.class) {
                        found++;
                        int bytes = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
                        assertTrue(bytes > 325, name + " has " + bytes + " bytes");
                    }
                }
            }
        }
        assertEquals(2, found);
    }
}
