package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugSession;
import hv.api.riscv.RiscvRegister;
import hv.riscv.Registers;
import java.util.ArrayList;
import java.util.List;

/**
 * RISC-V as GDB knows it: numbers of registers in the protocol, and the description of the target. Source: GDB manual, "RISC-V Features"; numbers as
 * QEMU and GDB's own riscv-tdep.h have them.
 * <pre>
 *   0..31 x   32 pc   33..64 f   65 + n  CSR n   4161 priv, the privilege mode
 * </pre>
 */
final class RiscvTarget {
    static final String ISA = "riscv64";
    static final int PC = 32;
    static final int SP = 2;
    static final int FP = 8;
    /** Registers of the g packet. */
    static final int GENERAL = 33;
    private static final int F0 = 33;
    private static final int CSR0 = 65;
    private static final int CSRS = 0x1000;
    private static final int PRIV = CSR0 + CSRS;
    static final int LAST = PRIV;

    private RiscvTarget() { }

    /** Number in {@link RiscvRegister} of the protocol's register {@code n}, 0 .. {@link #LAST}. */
    static int register(int n) {
        return n < PC ? n : n == PC ? RiscvRegister.PC : n < CSR0 ? RiscvRegister.F0 + n - F0 : n < PRIV ? RiscvRegister.csr(n - CSR0) : RiscvRegister.MODE;
    }

    /** target.xml of a held machine: with the CSRs that its harts have. */
    static String description(DebugSession session) throws HvException {
        StringBuilder s = new StringBuilder(16 << 10);
        s.append("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n<architecture>riscv:rv64</architecture>\n<osabi>none</osabi>\n");
        s.append("<feature name=\"org.gnu.gdb.riscv.cpu\">\n");
        for (int k = 0; k < 32; k++) {
            register(s, Registers.integerName(k), k, k == 1 ? "code_ptr" : k == 2 || k == 3 || k == 4 || k == 8 ? "data_ptr" : "int", 64, "");
        }
        register(s, "pc", PC, "code_ptr", 64, "");
        s.append("</feature>\n<feature name=\"org.gnu.gdb.riscv.fpu\">\n");
        s.append("<union id=\"riscv_double\"><field name=\"float\" type=\"ieee_single\"/><field name=\"double\" type=\"ieee_double\"/></union>\n");
        for (int k = 0; k < 32; k++) {
            register(s, Registers.floatName(k), F0 + k, "riscv_double", 64, "");
        }
        List<Integer> there = csrs(session);
        for (int csr = 1; csr <= 3; csr++) {
            if (there.contains(csr)) {
                register(s, Registers.csrName(csr), CSR0 + csr, "int", 32, " group=\"float\"");
            }
        }
        s.append("</feature>\n<feature name=\"org.gnu.gdb.riscv.virtual\">\n");
        register(s, "priv", PRIV, "int", 64, " group=\"general\"");
        s.append("</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n");
        for (int csr : there) {
            if (csr > 3) {
                register(s, Registers.csrName(csr), CSR0 + csr, "int", 64, " group=\"csr\"");
            }
        }
        return s.append("</feature>\n</target>\n").toString();
    }

    /** Width in bits that the description gives register {@code n}. */
    static int bits(int n) {
        return n > CSR0 && n <= CSR0 + 3 ? 32 : 64;
    }

    private static void register(StringBuilder s, String name, int number, String type, int bits, String more) {
        s.append("<reg name=\"").append(name).append("\" bitsize=\"").append(bits).append("\" type=\"").append(type).append("\" regnum=\"").append(number)
                .append('"').append(more).append(number >= CSR0 ? " save-restore=\"no\"" : "").append("/>\n");
    }

    private static List<Integer> csrs(DebugSession session) throws HvException {
        List<Integer> out = new ArrayList<>();
        for (int csr = 0; csr < CSRS; csr++) {
            try {
                session.readRegister(0, RiscvRegister.csr(csr));
                out.add(csr);
            } catch (IllegalArgumentException e) {
                // These harts do not have it: that is how one finds out.
                continue;
            }
        }
        return out;
    }
}
