package hv.oracle;

import hv.riscv.asm.Assembler;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The part of a batch that is no random program: it starts one program after the other, takes its traps, notes cause, value, address, status and a hash
 * of the registers of each, goes on with the next slot, and at the end of the last round stores registers and CSRs. It runs in S mode, or in M mode
 * for {@link Kind#MACHINE}; it comes out of reset in M mode.
 *
 * <p>Register s11 of a program is the address at which to go on when it jumps out of its code. More than 400 lines with its assembly, which is one
 * program.
 */
final class Harness {
    /** CSRs in a result, in this order: name, number. */
    static final Map<String, Integer> SUPERVISOR_CSRS = csrs("fcsr", 0x003, "sstatus", 0x100, "sie", 0x104, "stvec", 0x105, "scounteren", 0x106,
        "senvcfg", 0x10a, "sscratch", 0x140, "sepc", 0x141, "scause", 0x142, "stval", 0x143, "sip", 0x144, "stimecmp", 0x14d, "satp", 0x180);
    static final Map<String, Integer> MACHINE_CSRS = csrs("mstatus", 0x300, "misa", 0x301, "medeleg", 0x302, "mideleg", 0x303, "mie", 0x304, "mtvec", 0x305,
        "mcounteren", 0x306, "mepc", 0x341, "mcause", 0x342, "mtval", 0x343, "mip", 0x344, "pmpcfg0", 0x3a0, "pmpaddr0", 0x3b0,
        "pmpaddr1", 0x3b1, "pmpaddr2", 0x3b2, "pmpaddr3", 0x3b3, "pmpaddr4", 0x3b4, "pmpaddr5", 0x3b5, "pmpaddr6", 0x3b6, "pmpaddr7", 0x3b7);

    private static final String START = """
            m_entry:
                    li   t0, {mtimecmp}
                    li   t1, -1
                    sd   t1, 0(t0)
                    la   t0, m_trap
                    csrw 0x305, t0
                    li   t0, {context_m}
                    csrw 0x340, t0
                    li   t0, -1
                    csrw 0x3b0, t0
                    li   t0, 0x1f
                    csrw 0x3a0, t0
                    li   t0, 0xb1ff
                    csrw 0x302, t0
                    li   t0, 0x222
                    csrw 0x303, t0
                    li   t0, 7
                    csrw 0x306, t0
                    li   t0, 0xa000000000000000
                    csrw 0x30a, t0
                    li   t0, 0x1880
                    csrc 0x300, t0
                    li   t0, 0x800
                    csrs 0x300, t0
                    la   t0, s_boss
                    csrw 0x341, t0
                    j    {enter}
            to_s:   .word 0x30200073
            """;

    private static final String MODE = """
                    .balign 256
            {x}_vectors:
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
                    j    {x}_trap
            {x}_trap:
                    csrrw sp, {scratch}, sp
            {save}
                    csrr t0, {scratch}
                    sd   t0, 16(sp)
                    csrw {scratch}, sp
                    li   s0, {header}
                    ld   s1, {h_program}(s0)
                    li   s2, {init}
                    add  s2, s1, s2
                    csrr t0, {cause}
                    csrr t1, {tval}
                    csrr t2, {epc}
                    csrr t3, {status}
                    csrr t4, {ip}
                    li   t5, 0
            {hash}
                    ld   a1, {h_records}(s0)
                    addi a1, a1, 1
                    sd   a1, {h_records}(s0)
                    li   a2, {max_records}
                    bgtu a1, a2, {x}_roll
                    slli a3, a1, 6
                    add  a3, a3, s1
                    li   a4, {records} - 64
                    add  a3, a3, a4
                    sd   t0, 0(a3)
                    sd   t1, 8(a3)
                    sd   t2, 16(a3)
                    sd   t3, 24(a3)
                    sd   t4, 32(a3)
                    sd   t5, 40(a3)
                    li   a4, {letter}
                    sd   a4, 48(a3)
            {x}_roll:
                    ld   a3, {h_roll}(s0)
            {roll}
                    sd   a3, {h_roll}(s0)
                    li   a3, 2
                    li   a2, {trap_limit}
                    bgeu a1, a2, {x}_finish
                    bltz t0, {x}_interrupt
                    {end_from_below}
                    li   a5, 0
                    mv   a0, t2
            {x}_classify:
                    li   a4, {code_bytes}
                    addi a2, s1, {skew}
                    sub  a3, a0, a2
                    bltu a3, a4, {x}_found
                    ld   a2, {i_u_base}(s2)
                    sub  a3, a0, a2
                    bltu a3, a4, {x}_found
                    li   a3, 3
                    bnez a5, {x}_finish
                    {rights}
                    li   a5, 1
                    ld   a0, 216(sp)
                    j    {x}_classify
            {x}_found:
                    bnez a5, {x}_resume
                    andi a3, a3, -64
                    ld   a2, {i_end}(s2)
                    beq  a3, a2, {x}_end
                    addi a3, a3, 64
            {x}_resume:
                    ld   a2, {i_home}(s2)
                    add  a2, a2, a3
                    csrw {epc}, a2
                    {home}
            {x}_restore:
            {load}
                    {ret}
            {x}_interrupt:
                    {calm}
                    j    {x}_restore
            {x}_end:
                    {end}
            {x}_end_here:
                    li   a3, 1
                    ld   a2, {h_rounds}(s0)
                    addi a2, a2, -1
                    sd   a2, {h_rounds}(s0)
                    beqz a2, {x}_finish
                    li   a3, 0
                    j    {x}_resume
            {x}_finish:
                    {finish_here}
                    li   a0, {result}
                    add  a0, s1, a0
                    sd   a3, {r_status}(a0)
                    ld   a2, {h_records}(s0)
                    sd   a2, {r_records}(a0)
                    ld   a2, {h_roll}(s0)
                    sd   a2, {r_roll}(a0)
            {store_x}
                    csrr a1, {status}
                    li   a2, 0x6000
                    csrs {status}, a2
            {store_f}
                    csrr a2, 0x003
                    csrw {status}, a1
            {store_csr}
                    ld   a2, {h_index}(s0)
                    addi a2, a2, 1
                    sd   a2, {h_index}(s0)
            {x}_boss:
                    csrw satp, zero
                    sfence.vma
                    li   s0, {header}
                    ld   t0, {h_index}(s0)
                    ld   t1, {h_count}(s0)
                    bltu t0, t1, 1f
                    li   t0, 0x100000
                    li   t1, 0x5555
                    sw   t1, 0(t0)
            2:      j    2b
            1:      slli t0, t0, {region_shift}
                    li   s1, {programs}
                    add  s1, s1, t0
                    sd   s1, {h_program}(s0)
                    li   s2, {init}
                    add  s2, s1, s2
                    sd   zero, {h_records}(s0)
                    sd   zero, {h_roll}(s0)
                    sd   zero, {h_ending}(s0)
                    ld   t0, {i_rounds}(s2)
                    sd   t0, {h_rounds}(s0)
                    csrw sie, zero
                    csrci sip, 2
                    li   t0, -1
                    csrw stimecmp, t0
                    ld   t0, {i_vectored}(s2)
                    la   t1, s_vectors
                    bnez t0, 1f
                    la   t1, s_trap
            1:      or   t1, t1, t0
                    csrw stvec, t1
                    li   t0, {context_s}
                    csrw sscratch, t0
                    ld   t0, {i_scounteren}(s2)
                    csrw scounteren, t0
                    csrw senvcfg, zero
                    csrw scause, zero
                    csrw stval, zero
                    csrw sepc, zero
                    {begin}
                    ld   t0, {i_satp}(s2)
                    csrw satp, t0
                    sfence.vma
                    fence.i
                    ld   t0, {i_status}(s2)
                    li   t1, 0x6000
                    or   t0, t0, t1
                    csrw {status}, t0
                    ld   t0, {i_fcsr}(s2)
                    csrw fcsr, t0
                    ld   t0, {i_entry}(s2)
                    csrw {epc}, t0
                    mv   x31, s2
            {init_f}
                    ld   x30, {i_status}(x31)
                    csrw {status}, x30
            {init_x}
                    {ret}
            """;

    private Harness() { }

    /** The harness for programs of that kind, from {@link Layout#HARNESS} on, where it begins in M mode. */
    static byte[] image(Kind kind) {
        Assembler a = new Assembler(Layout.HARNESS);
        String text = START.replace("{context_m}", "" + Layout.CONTEXT_M).replace("{mtimecmp}", "" + Layout.MTIMECMP).replace("{enter}", kind == Kind.MACHINE ? "m_boss" : "to_s")
            + mode('s', kind) + mode('m', kind);
        byte[] bytes = a.assemble(text);
        if (bytes.length > Layout.CONTEXT_S - Layout.HARNESS) {
            throw new IllegalStateException("the harness has " + bytes.length + " bytes");
        }
        return bytes;
    }

    /** Names of the CSRs in the results of that kind, in their order. */
    static Map<String, Integer> csrs(Kind kind) {
        Map<String, Integer> all = new LinkedHashMap<>(SUPERVISOR_CSRS);
        if (kind == Kind.MACHINE) {
            all.putAll(MACHINE_CSRS);
            // What of mip is delegated: both are there.
            all.remove("sip");
        }
        return all;
    }

    private static Map<String, Integer> csrs(Object... pairs) {
        Map<String, Integer> out = new LinkedHashMap<>();
        for (int k = 0; k < pairs.length; k += 2) {
            out.put((String) pairs[k], (Integer) pairs[k + 1]);
        }
        return out;
    }

    private static String mode(char x, Kind kind) {
        boolean machine = x == 'm';
        boolean boss = x == kind.boss();
        int base = machine ? 0x300 : 0x100;
        StringBuilder storeCsr = new StringBuilder();
        int at = Layout.RESULT_CSRS;
        for (Map.Entry<String, Integer> c : csrs(kind).entrySet()) {
            // fcsr was read while floating point was on; machine CSRs only by the machine's part.
            if (c.getValue() != 3 && (machine || c.getValue() < 0x300)) {
                storeCsr.append(" csrr a2, ").append(c.getValue()).append('\n');
            }
            storeCsr.append(" sd a2, ").append(at).append("(a0)\n");
            at += 8;
        }
        String end = boss ? "" : loadRegisters() + x + "_tell: ecall";
        String endFromBelow = !(machine && boss) ? "" : """
                li   a2, 9
                bne  t0, a2, 3f
                la   a2, s_tell
                beq  t2, a2, m_end_here
                3:""";
        // A program of machine mode is ended by machine mode, which alone has all CSRs.
        String finishHere = boss || machine ? "" : " sd a3, {h_ending}(s0)\n j s_end";
        String home = machine ? " li a2, 0x1800\n csrs 0x300, a2\n"
            : """
                    li   a2, 0x100
                    csrc sstatus, a2
                    ld   a4, {i_user}(s2)
                    bnez a4, 4f
                    csrs sstatus, a2
            4:""";
        String begin = machine ? """
                    ld   t0, {i_medeleg}(s2)
                    csrw 0x302, t0
                    ld   t0, {i_mideleg}(s2)
                    csrw 0x303, t0
                    ld   t0, {i_mcounteren}(s2)
                    csrw 0x306, t0
                    csrw 0x304, zero
                    csrw 0x344, zero
                    csrw 0x342, zero
                    csrw 0x343, zero
                    la   t0, m_trap
                    csrw 0x305, t0
                    li   t0, {context_m}
                    csrw 0x340, t0
                    {pmp}
                    ld   t0, {i_pmpcfg0}(s2)
                    csrw 0x3a0, t0
            """.replace("{pmp}", repeat(0, 8, k -> " ld t0, " + (Layout.INIT_PMPADDR0 + 8 * k) + "(s2)\n csrw " + (0x3b0 + k) + ", t0"))
            : "";
        // Under a program of machine mode stimecmp may be out of reach, and SEIP is machine mode's to clear.
        String calm = machine ? " csrw 0x344, zero\n li a2, -1\n csrw stimecmp, a2\n"
            : boss ? " csrci sip, 2\n li a2, -1\n csrw stimecmp, a2\n" : " csrci sip, 2\n li a2, 0x220\n csrc sie, a2\n";
        // Out of the harness itself: what the program had taken from supervisor mode (TVM, TW, TSR).
        String rights = machine ? " li a2, 0x700000\n csrc 0x300, a2\n" : "";
        String hash = repeat(1, 32, k -> " ld t6, " + 8 * k + "(sp)\n slli a0, t5, 5\n add t5, t5, a0\n xor t5, t5, t6");
        String roll = repeat(0, 6, k -> " slli a0, a3, 5\n add a3, a3, a0\n xor a3, a3, t" + k);
        return MODE
            .replace("{save}", repeat(1, 32, k -> k == 2 ? "" : " sd x" + k + ", " + 8 * k + "(sp)"))
            .replace("{end}", end)
            .replace("{finish_here}", finishHere)
            .replace("{rights}", rights)
            .replace("{end_from_below}", endFromBelow)
            .replace("{load}", loadRegisters())
            .replace("{home}", home)
            .replace("{begin}", begin)
            .replace("{calm}", calm)
            .replace("{hash}", hash)
            .replace("{roll}", roll)
            .replace("{store_x}", repeat(1, 32, k -> " ld a1, " + 8 * k + "(sp)\n sd a1, " + (Layout.RESULT_X + 8 * k) + "(a0)"))
            .replace("{store_f}", repeat(0, 32, k -> " fsd f" + k + ", " + (Layout.RESULT_F + 8 * k) + "(a0)"))
            .replace("{store_csr}", storeCsr)
            .replace("{init_f}", repeat(0, 32, k -> " fld f" + k + ", " + (Layout.INIT_F + 8 * k) + "(x31)"))
            .replace("{init_x}", repeat(1, 32, k -> " ld x" + k + ", " + (Layout.INIT_X + 8 * k) + "(x31)"))
            .replace("{ret}", machine ? ".word 0x30200073" : "sret")
            .replace("{x}", "" + x).replace("{letter}", "" + (int) x)
            .replace("{scratch}", "" + (base + 0x40)).replace("{epc}", "" + (base + 0x41)).replace("{cause}", "" + (base + 0x42))
            .replace("{tval}", "" + (base + 0x43)).replace("{ip}", "" + (base + 0x44)).replace("{status}", "" + base)
            .replace("{header}", "" + Layout.HEADER).replace("{h_program}", "" + Layout.HEADER_PROGRAM)
            .replace("{h_records}", "" + Layout.HEADER_RECORDS).replace("{h_roll}", "" + Layout.HEADER_ROLL)
            .replace("{h_rounds}", "" + Layout.HEADER_ROUNDS).replace("{h_index}", "" + Layout.HEADER_INDEX)
            .replace("{h_ending}", "" + Layout.HEADER_ENDING)
            .replace("{h_count}", "" + Layout.HEADER_COUNT).replace("{init}", "" + Layout.INIT).replace("{result}", "" + Layout.RESULT)
            .replace("{r_status}", "" + Layout.RESULT_STATUS).replace("{r_records}", "" + Layout.RESULT_RECORDS)
            .replace("{r_roll}", "" + Layout.RESULT_ROLL).replace("{records}", "" + Layout.RECORDS)
            .replace("{max_records}", "" + Layout.MAX_RECORDS).replace("{trap_limit}", "" + Layout.TRAP_LIMIT)
            .replace("{code_bytes}", "" + Layout.CODE_BYTES).replace("{skew}", "" + Layout.SKEW)
            .replace("{region_shift}", "" + Layout.REGION_SHIFT).replace("{programs}", "" + Layout.PROGRAMS)
            .replace("{context_s}", "" + Layout.CONTEXT_S).replace("{context_m}", "" + Layout.CONTEXT_M)
            .replace("{i_u_base}", "" + Layout.INIT_U_BASE).replace("{i_end}", "" + Layout.INIT_END).replace("{i_home}", "" + Layout.INIT_HOME)
            .replace("{i_user}", "" + Layout.INIT_USER).replace("{i_rounds}", "" + Layout.INIT_ROUNDS)
            .replace("{i_vectored}", "" + Layout.INIT_VECTORED).replace("{i_scounteren}", "" + Layout.INIT_SCOUNTEREN)
            .replace("{i_satp}", "" + Layout.INIT_SATP).replace("{i_fcsr}", "" + Layout.INIT_FCSR).replace("{i_entry}", "" + Layout.INIT_ENTRY)
            .replace("{i_status}", "" + (machine ? Layout.INIT_MSTATUS : Layout.INIT_SSTATUS))
            .replace("{i_medeleg}", "" + Layout.INIT_MEDELEG).replace("{i_mideleg}", "" + Layout.INIT_MIDELEG)
            .replace("{i_mcounteren}", "" + Layout.INIT_MCOUNTEREN).replace("{i_pmpcfg0}", "" + Layout.INIT_PMPCFG0);
    }

    private static String loadRegisters() {
        return repeat(1, 32, k -> k == 2 ? "" : " ld x" + k + ", " + 8 * k + "(sp)") + " ld sp, 16(sp)\n";
    }

    private static String repeat(int from, int to, java.util.function.IntFunction<String> line) {
        StringBuilder b = new StringBuilder();
        for (int k = from; k < to; k++) {
            b.append(line.apply(k)).append('\n');
        }
        return b.toString();
    }
}
