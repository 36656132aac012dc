package hv.engine.riscv.internal;

import hv.riscv.asm.Assembler;
import hv.testkit.engine.GuestCode;

/**
 * A program of random instructions of all modes below M: unprivileged ones, CSRs, traps of every kind with a handler that goes on behind
 * them, calls of the firmware, accesses to a device, code that changes, and either translation (one to one) or stretches in U mode. Its interrupt is line 9.
 */
final class RandomKernel {
    private static final int DATA_BYTES = 4096;
    private static final int LENGTH = 250;
    private static final int ROUNDS = 12;
    private static final String[] CSRS = {"fflags", "frm", "fcsr", "sscratch", "sepc", "scause", "stval", "sstatus", "scounteren", "sstatus", "fcsr"};
    private static final String[] COUNTERS = {"cycle", "time", "instret", "sip", "satp", "stvec", "sie"};
    private static final String[] LOADS = {"lb", "lbu", "lh", "lhu", "lw", "lwu", "ld"};
    private static final String[] STORES = {"sb", "sh", "sw", "sd"};
    /** Saves t5 in memory and t6 in sscratch. An interrupt and a call from U mode come back at once, the latter in S mode; of all else the instruction is skipped. */
    private static final String HANDLER = """
        .balign 4
        handler: csrw sscratch, t6
                la   t6, saved
                sd   t5, 0(t6)
                csrr t5, scause
                bltz t5, 3f
                addi t5, t5, -8
                bnez t5, 1f
                li   t5, 0x100
                csrs sstatus, t5
        1:      csrr t5, sepc
                lhu  t5, 0(t5)
                andi t5, t5, 3
                addi t5, t5, -3
                beqz t5, 2f
                csrr t5, sepc
                addi t5, t5, 2
                csrw sepc, t5
                j    3f
        2:      csrr t5, sepc
                addi t5, t5, 4
                csrw sepc, t5
        3:      ld   t5, 0(t6)
                csrr t6, sscratch
                sret
        .balign 8
        saved:  .dword 0
        """;
    private final RandomInstructions plain;
    private final boolean translates;
    private int labels;
    final byte[] image;

    RandomKernel(long seed, boolean reservations) {
        plain = new RandomInstructions(seed, reservations);
        translates = plain.random.nextBoolean();
        StringBuilder b = new StringBuilder(" la t0, handler\n csrw stvec, t0\n li t0, 0x2000\n csrs sstatus, t0\n li t0, 0x200\n csrw sie, t0\n li t0, 7\n csrw scounteren, t0\n");
        if (translates) {
            b.append(" la t0, table\n srli t0, t0, 12\n li t1, 0x8000000000000000\n or t0, t0, t1\n csrw satp, t0\n sfence.vma\n");
        }
        b.append(RandomInstructions.loads(ROUNDS)).append("body:\n");
        for (int n = 0; n < LENGTH; n++) {
            b.append('L').append(n).append(": ").append(plain.random.nextInt(4) == 0 ? special(n) : plain.instruction(n, LENGTH)).append('\n');
        }
        b.append("L").append(LENGTH).append(": addi t6, t6, -1\n beqz t6, done\n j body\ndone: li t0, ").append(GuestCode.FINISH)
            .append("\n sd zero, 0(t0)\n1: j 1b\n").append(HANDLER).append(plain.constants(DATA_BYTES));
        // One to one: the first GiB with the device, and the third, with the RAM.
        b.append(".balign 4096\ntable: .dword 0xcf, 0, 0x200000cf\n .zero 4072\n");
        image = new Assembler(GuestCode.CODE).assemble(b.toString());
    }

    private String destination() {
        for (;;) {
            int r = plain.random.nextInt(32);
            if (!RandomInstructions.fixed(r)) {
                return "x" + r;
            }
        }
    }

    private <T> T any(T[] of) {
        return of[plain.random.nextInt(of.length)];
    }

    private String source() {
        return "x" + plain.random.nextInt(32);
    }

    private String later(int n) {
        return "L" + Math.min(LENGTH, n + 1 + plain.random.nextInt(6));
    }

    private String special(int n) {
        int label = labels++;
        return switch (plain.random.nextInt(20)) {
            case 0, 1, 2 -> any(new String[] {"csrrw ", "csrrs ", "csrrc "}) + destination() + ", " + any(CSRS) + ", " + source();
            case 3, 4 -> any(new String[] {"csrrwi ", "csrrsi ", "csrrci "}) + destination() + ", " + any(CSRS) + ", " + plain.random.nextInt(32);
            case 5 -> "csrr " + destination() + ", " + any(COUNTERS);
            // Floating point on again: a random sstatus has it off as often as not.
            case 6 -> "li t5, 0x2002\n csrs sstatus, t5";
            case 7 -> "ecall";
            case 8 -> any(new String[] {"ebreak", "c.ebreak", ".half 0", ".word 0xffffffff", "mret", "csrr t0, mstatus", "csrw cycle, t0"});
            case 9 -> any(new String[] {"wfi", "fence.i", "sfence.vma", "sfence.vma t0, zero", "fence", ".word 0x8330000f", "pause"});
            case 10 -> "li t5, " + (GuestCode.DEVICE + 8 * plain.random.nextInt(8)) + "\n " + any(LOADS) + " " + destination() + ", 0(t5)";
            case 11 -> "li t5, " + (GuestCode.DEVICE + 8 * plain.random.nextInt(8)) + "\n " + any(STORES) + " " + source() + ", 0(t5)";
            case 12 -> "li t5, 0x40000000\n " + (plain.random.nextBoolean() ? any(LOADS) + " " + destination() : any(STORES) + " " + source()) + ", 5(t5)";
            case 13 -> "li t5, " + GuestCode.DEVICE + "\n amoadd.d " + destination() + ", " + source() + ", (t5)";
            case 14 -> "amoxor.w " + destination() + ", " + source() + ", (t5)";
            case 15 -> "jal ra, " + later(n);
            case 16 -> "la t5, " + later(n) + "\n jalr ra, 0(t5)";
            case 17 -> {
                int word = plain.random.nextInt(2048) << 20 | 10 << 15 | 10 << 7 | 0x13;
                yield "la t5, P" + label + "\n li t4, " + word + "\n sw t4, 0(t5)\n fence.i\nP" + label + ": addi a0, a0, 1";
            }
            case 18 -> "li t5, " + (GuestCode.PAGES + 4096 * plain.random.nextInt(16) - 4) + "\n " + (plain.random.nextBoolean()
                ? "sd " + source() + ", 0(t5)" : "ld " + destination() + ", 0(t5)");
            default -> translates ? "sfence.vma"
                : "la t5, U" + label + "\n csrw sepc, t5\n li t5, 0x100\n csrc sstatus, t5\n sret\nU" + label + ":";
        };
    }
}
