package hv.riscv;

import java.util.HashMap;
import java.util.Map;

/** Names of registers and CSRs: the ABI's and the architecture's. Source: RISC-V ABIs 1.0 section 1; privileged specification section 2.2. */
public final class Registers {
    private static final String[] INTEGER = {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    private static final String[] FLOAT = {"ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3",
        "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
    private static final Map<String, Integer> INTEGER_NUMBERS = numbers(INTEGER, 'x');
    private static final Map<String, Integer> FLOAT_NUMBERS = numbers(FLOAT, 'f');
    private static final Map<String, Integer> CSRS = new HashMap<>();
    private static final Map<Integer, String> CSR_NAMES = new HashMap<>();

    static {
        INTEGER_NUMBERS.put("fp", 8);
        Object[] csrs = {"fflags", 0x001, "frm", 0x002, "fcsr", 0x003, "cycle", 0xc00, "time", 0xc01, "instret", 0xc02,
            "sstatus", 0x100, "sie", 0x104, "stvec", 0x105, "scounteren", 0x106, "senvcfg", 0x10a, "sscratch", 0x140, "sepc", 0x141,
            "scause", 0x142, "stval", 0x143, "sip", 0x144, "stimecmp", 0x14d, "siselect", 0x150, "sireg", 0x151, "stopei", 0x15c, "satp", 0x180, "stopi", 0xdb0,
            "mstatus", 0x300, "misa", 0x301, "medeleg", 0x302, "mideleg", 0x303, "mie", 0x304, "mtvec", 0x305, "mcounteren", 0x306,
            "mvien", 0x308, "mvip", 0x309, "menvcfg", 0x30a, "mcountinhibit", 0x320, "mscratch", 0x340, "mepc", 0x341, "mcause", 0x342, "mtval", 0x343, "mip", 0x344,
            "miselect", 0x350, "mireg", 0x351, "mtopei", 0x35c, "mtopi", 0xfb0,
            "pmpcfg0", 0x3a0, "pmpcfg2", 0x3a2, "tselect", 0x7a0, "tdata1", 0x7a1, "tdata2", 0x7a2, "tdata3", 0x7a3, "tinfo", 0x7a4,
            "mcycle", 0xb00, "minstret", 0xb02, "mvendorid", 0xf11, "marchid", 0xf12, "mimpid", 0xf13, "mhartid", 0xf14,
            "mconfigptr", 0xf15};
        for (int k = 0; k < csrs.length; k += 2) {
            CSRS.put((String) csrs[k], (Integer) csrs[k + 1]);
            CSR_NAMES.put((Integer) csrs[k + 1], (String) csrs[k]);
        }
        series("pmpaddr", 0, 15, Csr.PMPADDR0);
        series("mhpmevent", 3, 31, Csr.MHPMEVENT3);
        series("mhpmcounter", 3, 31, Csr.MHPMCOUNTER3);
        series("hpmcounter", 3, 31, Csr.HPMCOUNTER3);
    }

    private Registers() { }

    private static void series(String name, int first, int last, int csr) {
        for (int k = first; k <= last; k++) {
            CSRS.put(name + k, csr + k - first);
            CSR_NAMES.put(csr + k - first, name + k);
        }
    }

    private static Map<String, Integer> numbers(String[] names, char prefix) {
        Map<String, Integer> out = new HashMap<>();
        for (int k = 0; k < 32; k++) {
            out.put(names[k], k);
            out.put("" + prefix + k, k);
        }
        return out;
    }

    /** ABI name of integer register {@code number}, 0..31. */
    public static String integerName(int number) {
        return INTEGER[number];
    }

    /** ABI name of floating-point register {@code number}, 0..31. */
    public static String floatName(int number) {
        return FLOAT[number];
    }

    /** Number of the integer register called {@code name} ({@code a0}, {@code x10}, {@code fp}), or -1. */
    public static int integerNumber(String name) {
        return INTEGER_NUMBERS.getOrDefault(name, -1);
    }

    /** Number of the floating-point register called {@code name} ({@code fa0}, {@code f10}), or -1. */
    public static int floatNumber(String name) {
        return FLOAT_NUMBERS.getOrDefault(name, -1);
    }

    /** Number of the CSR called {@code name}, or -1. */
    public static int csrNumber(String name) {
        return CSRS.getOrDefault(name, -1);
    }

    /** Name of CSR {@code number}, or its number in hexadecimal. */
    public static String csrName(int number) {
        return CSR_NAMES.getOrDefault(number, "0x" + Integer.toHexString(number));
    }
}
