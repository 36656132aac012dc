package hv.engine.riscv.internal;

import hv.api.memory.DirtySource;
import hv.api.memory.RamView;
import hv.riscv.Hart;
import hv.riscv.InstructionTable;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.Op;
import hv.riscv.asm.Assembler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Runs every operation of {@link InterpreterLoop} a few hundred times before the first guest. HotSpot's optimizing compiler leaves out
 * what it never saw, and falls back to bytecode interpretation for seconds each time a guest then comes by: without this, booting Linux took six
 * compilations of the loop and 10 s of CPU for them; with it, one or two (doc/adr/0003).
 */
final class Rehearsal {
    private static final long ORIGIN = 0x1000_0000L;
    private static final int RAM_BYTES = 64 << 10;
    private static final int ROUNDS = 150;
    private static boolean done;

    private Rehearsal() { }

    /** A core that nobody runs: for rehearsals of regions. */
    static HartCore stage() {
        Stage stage = new Stage(Arena.ofAuto().allocate(RAM_BYTES, 4096));
        HartCore core = new HartCore(new Hart(() -> 0, 8), stage, new Nobody(), false, null);
        stage.told = core;
        return core;
    }

    /** Once per process; further calls return at once. Takes about 0.3 s. */
    static synchronized void perform() {
        if (done) {
            return;
        }
        done = true;
        HartCore prompter = stage();
        RegionRuntime.rehearse(prompter);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment ram = arena.allocate(RAM_BYTES, 4096);
            byte[] image = new Assembler(ORIGIN).assemble(program());
            MemorySegment.copy(MemorySegment.ofArray(image), 0, ram, 0, image.length);
            int lastPage = image.length - 1 >>> 12;
            Hart hart = new Hart(() -> 0, 8);
            Stage stage = new Stage(ram);
            HartCore core = new HartCore(hart, stage, new Nobody(), false, new HotCode() {
                @Override
                public int executions() {
                    return 2;
                }

                @Override
                public void hot(Block block) {
                    // Of the last page only: the others are there to be interpreted.
                    RegionShape shape = block.page.number == lastPage ? RegionShape.of(block) : null;
                    if (shape != null) {
                        block.region = Translator.make(shape, ram, prompter);
                    }
                }
            });
            stage.told = core;
            stage.keptPage = lastPage;
            hart.pc = ORIGIN;
            // In many short runs, so that the method is compiled as a whole rather than its loop alone.
            int exit;
            int runs = 0;
            do {
                runs++;
                exit = core.run(299 + (runs & 15), Long.MAX_VALUE);
                if (exit == HartCore.EXIT_MMIO) {
                    // An access that does not succeed: go on behind it.
                    hart.pc += 4;
                }
            } while (exit == HartCore.EXIT_BUDGET || exit == HartCore.EXIT_MMIO);
            if (exit != HartCore.EXIT_FIRMWARE_CALL) {
                throw new IllegalStateException("the rehearsal left with exit " + exit + " at " + Long.toHexString(hart.pc) + ", cause " + hart.scause);
            }
        }
    }

    /** Nobody who waits for a timer, and no other harts. */
    private static final class Nobody implements HartCore.Host {
        @Override
        public void timerChanged(long stimecmp) {
            // No guest waits for it.
        }

        @Override
        public void protectOthers() {
            // There are none.
        }
    }

    /** Registers: sp and s9 inside RAM, s10 there at the end of a page less 16, t5 outside, a5 written, a6 and a7 operands, ra and a4 for jumps. */
    private static String program() {
        StringBuilder b = new StringBuilder(".equ MIDDLE, 0x1000e000\n li sp, MIDDLE\n mv s9, sp\n li s10, 0x1000cfed\n li t5, 0x20000000\n li s11, " + ROUNDS + "\n c.nop\nround:\n");
        int label = 0;
        for (Instruction i : InstructionTable.get().instructions()) {
            if (i.lenBytes() == 4 && i.kind().matches("alu|branch|load|store") && !i.meaning().matches("f32|f64")) {
                for (int variant = 0; variant < 4; variant++) {
                    label++;
                    b.append(OPERANDS[variant]).append(SEPARATOR).append(one(i, variant == 3 ? "t5" : variant == 2 ? "s9" : "sp", label)).append(end(label));
                }
            }
        }
        for (int k = 0; k < InterpreterLoop.PAIRS.length; k += 2) {
            Instruction first = InstructionTable.get().find(Op.name(InterpreterLoop.PAIRS[k]));
            Instruction second = InstructionTable.get().find(Op.name(InterpreterLoop.PAIRS[k + 1]));
            for (int variant = 0; variant < 4; variant++) {
                label++;
                b.append(OPERANDS[variant]).append(SEPARATOR).append(one(first, variant == 2 ? "t5" : variant == 1 ? "s9" : "sp", label))
                    .append(one(second, variant == 3 ? "t5" : variant == 0 ? "s10" : "sp", label)).append(end(label));
            }
        }
        // Page ends (the compressed instruction above makes instructions lie in two pages), a store to code, calls.
        // Then a loop longer than a run's budget, and routines that are translated: more than two kinds, one that cannot finish, one that needs much budget.
        b.append("""
             li   t0, 0x1000effc
             ld   a0, 0(t0)
             sd   a0, 0(t0)
             li   t0, 0x1000f000
             sd   a0, 0(t0)
             call away
             jal  ra, away
             jal  ra, away
             jal  ra, away
             call warm
             call hot1
             call hot2
             call hot3
             call hot4
             jal  ra, hot1
             jal  ra, hot4
             jal  ra, hot2
             jal  ra, hot5
             jal  ra, hot4
             jal  ra, hot5
             addi s11, s11, -1
             beqz s11, end
             j    round
            end: ecall
             .balign 4096
            warm: li a5, 200
            warm1: addi a5, a5, -1
             bnez a5, warm1
             j    warm2
            warm2: ret
             .balign 4096
            away: ret
            hot1: addi a5, a6, 1
             ret
            hot2: ld a5, 16(sp)
             sd a5, 24(sp)
             ret
            hot3: ld a5, 0(t5)
             addi a5, a5, 1
             ret
            hot4: bne a6, a7, hot1
             xor  a5, a6, a7
             ret
            hot5: li t4, 8
            hot6:
            """).append(" xor a5, a6, a7\n".repeat(60)).append(" addi t4, t4, -1\n bnez t4, hot6\n ret\n");
        return b.toString();
    }

    private static final String[] OPERANDS = {" li a6, 0\n li a7, 0\n", " li a6, -1\n li a7, 1\n", " li a6, 1\n li a7, -1\n", " li a6, 5\n li a7, 7\n"};
    /** So that no pair is made of what is meant to stand alone. */
    private static final String SEPARATOR = " auipc a4, 0\n mulhsu t6, t6, t6\n";

    private static String end(int label) {
        return "L" + label + ": mulhsu t6, t6, t6\n";
    }

    /** Nothing of a pair may stand between its two. */
    private static String miss(String base) {
        return base.equals("s9") ? " sfence.vma\n" : "";
    }

    private static String one(Instruction i, String base, int label) {
        return switch (i.kind()) {
            case "branch" -> " " + i.name() + " a6, a7, L" + label + "\n";
            case "load" -> miss(base) + " " + i.name() + " a5, 16(" + base + ")\n";
            case "store" -> miss(base) + " " + i.name() + " a5, 16(" + base + ")\n";
            case "jump" -> i.name().equals("jal") ? " jal ra, L" + label + "\n" : " jalr ra, 16(a4)\n";
            default -> i.name().equals("auipc") ? " auipc a3, 0\n" : " " + i.name() + " " + i.operands().replace("rd", "a5").replace("rs1", "a6")
                .replace("rs2", "a7").replace("imm20", "3").replace("imm", "3") + "\n";
        };
    }

    /** Memory of which one page is said to hold code. */
    private static final class Stage implements RamView {
        private static final int CODE_PAGE = 15;
        private final MemorySegment segment;
        private HartCore told;
        private int keptPage = -1;

        Stage(MemorySegment segment) {
            this.segment = segment;
        }

        @Override
        public MemorySegment segment() {
            return segment;
        }

        @Override
        public long baseGpa() {
            return ORIGIN;
        }

        @Override
        public long sizeBytes() {
            return RAM_BYTES;
        }

        @Override
        public int attributes(int page) {
            return page == CODE_PAGE ? hv.api.memory.PageAttribute.CODE : 0;
        }

        @Override
        public int mark(int page, int bits) {
            return 0;
        }

        @Override
        public int clear(int page, int bits) {
            return 0;
        }

        @Override
        public void stored(int page) {
            // New code all the time, as when a guest boots.
            for (int k = 0; k < CODE_PAGE; k++) {
                if (k != keptPage && k != keptPage - 1) {
                    told.codeChanged(k);
                }
            }
        }

        @Override
        public void addCodeListener(CodeListener listener) {
            // Never fired.
        }

        @Override
        public void removeCodeListener(CodeListener listener) {
            // Was never added.
        }

        @Override
        public void addDirtySource(DirtySource source) {
            // Nobody harvests.
        }

        @Override
        public void removeDirtySource(DirtySource source) {
            // See addDirtySource.
        }

        @Override
        public void addAttributeListener(AttributeListener listener) {
            // Never fired.
        }

        @Override
        public void removeAttributeListener(AttributeListener listener) {
            // Was never added.
        }
    }
}
