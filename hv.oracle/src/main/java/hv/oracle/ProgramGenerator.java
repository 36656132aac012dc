package hv.oracle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/**
 * Makes the bytes of a program's region. The same program at another place differs in its addresses alone.
 *
 * <p>Registers of a program: s0, sp to the middle of the good data page, s1 the same for atomics; s8 page tables, s9 window, s10 data, s11 where to
 * go on after a jump out of the code. All others are random.
 */
final class ProgramGenerator {
    /** A region: its bytes, and its instructions in their order. */
    record Region(byte[] bytes, List<CodeWriter.Place> places) { }

    private final Program program;
    private final long region;
    private final ByteBuffer memory = ByteBuffer.allocate(Layout.USED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Random random;
    private final Instructions instructions;
    private final CodeWriter out;
    private final Translations translations;
    private final Avoided avoided;
    private final PrivilegedSlots privileged;

    private ProgramGenerator(Program program, long region, Avoided avoided) {
        this.program = program;
        this.region = region;
        this.avoided = avoided;
        random = new Random(program.seed() * 31 + program.kind().ordinal());
        instructions = new Instructions(random, avoided);
        out = new CodeWriter(program.kept());
        translations = new Translations(memory, region, random, program.kind() == Kind.USER, avoided);
        privileged = new PrivilegedSlots(program.kind(), instructions, out, translations, avoided);
    }

    static Region generate(Program program, long region, Avoided avoided) {
        return new ProgramGenerator(program, region, avoided).region();
    }

    private Region region() {
        data();
        init();
        for (int k = 0; k < program.slots(); k++) {
            slot();
            out.endSlot(random.nextInt(4) != 0);
        }
        out.line("ebreak");
        out.endSlot(false);
        memory.put(Layout.SKEW, out.bytes());
        return new Region(memory.array(), out.places());
    }

    private void data() {
        for (int at = Layout.DATA; at < Layout.DATA + Layout.DATA_PAGES * 4096; at += 8) {
            memory.putLong(at, (at & 8) == 0 ? instructions.floating() : instructions.integer());
        }
        for (int page = 0; page < Layout.DATA_PAGES; page++) {
            // jalr zero, 0(s11)
            memory.putInt(Layout.DATA + page * 4096 + PrivilegedSlots.STUB, 0x000d8067);
        }
        memory.putInt(Layout.DATA + 15 * 4096 - 2, 0x000d8067);
    }

    private void init() {
        Kind kind = program.kind();
        for (int k = 1; k < 32; k++) {
            init(Layout.INIT_X + 8 * k, instructions.integer());
        }
        for (int k = 0; k < 32; k++) {
            init(Layout.INIT_F + 8 * k, instructions.floating());
        }
        long middle = region + Layout.DATA + 4096 + 2048;
        for (int r : new int[] {2, 8, 9}) {
            init(Layout.INIT_X + 8 * r, middle);
        }
        boolean translated = kind == Kind.USER || kind != Kind.UNPRIVILEGED && random.nextInt(8) != 0;
        long physicalHome = region + Layout.SKEW;
        long windowHome = translations.window + Layout.SKEW;
        long home = kind == Kind.USER ? windowHome : physicalHome;
        init(Layout.INIT_X + 8 * 24, region + Layout.TABLES);
        init(Layout.INIT_X + 8 * 25, translations.window);
        init(Layout.INIT_X + 8 * 26, region + Layout.DATA);
        init(Layout.INIT_X + 8 * 27, home);
        init(Layout.INIT_ROUNDS, 1 + random.nextInt(4));
        init(Layout.INIT_END, (long) program.slots() * Layout.SLOT_BYTES);
        init(Layout.INIT_HOME, home);
        init(Layout.INIT_USER, kind.homeMode() == 0 ? 1 : 0);
        init(Layout.INIT_U_BASE, windowHome);
        init(Layout.INIT_ENTRY, home);
        long status = (long) random.nextInt(4) << 13 | (random.nextInt(4) == 0 ? 1 << 18 : 0) | (random.nextInt(4) == 0 ? 1 << 19 : 0) | 2L << 32;
        if (kind == Kind.UNPRIVILEGED) {
            status |= 1 << 13;
        }
        init(Layout.INIT_SSTATUS, status | (kind.homeMode() == 1 ? 0x100 : 0));
        init(Layout.INIT_SATP, translated ? translations.satps[random.nextInt(4)] : 0);
        init(Layout.INIT_VECTORED, random.nextInt(2));
        init(Layout.INIT_SCOUNTEREN, random.nextInt(8));
        init(Layout.INIT_FCSR, random.nextInt(5) << 5 | random.nextInt(32));
        init(Layout.INIT_MSTATUS, status | 0x1800 | 2L << 34);
        init(Layout.INIT_MEDELEG, random.nextInt() & 0xb1ff & ~(1 << 9));
        init(Layout.INIT_MIDELEG, random.nextInt() & 0x222);
        init(Layout.INIT_MCOUNTEREN, random.nextInt(8));
        pmp();
        for (int k = 0; k < translations.satps.length; k++) {
            memory.putLong(Layout.SATPS + 8 * k, translations.satps[k]);
        }
    }

    /** Entry 0 the harness, 1 what the harness reads of the region, 2 .. 6 random, 7 all. */
    private void pmp() {
        long[] address = new long[8];
        long config = 0x1f | 0x1f << 8 | 0x1fL << 56;
        address[0] = Layout.HARNESS >>> 2 | (2 << 20 >>> 3) - 1;
        address[1] = region + 0x10000 >>> 2 | (0x10000 >>> 3) - 1;
        for (int k = 2; k < 7; k++) {
            config |= (long) PrivilegedSlots.pmpConfig(random) << 8 * k;
            address[k] = PrivilegedSlots.pmpAddress(random, region + Layout.DATA);
        }
        address[7] = -1L >>> 10;
        init(Layout.INIT_PMPCFG0, config);
        for (int k = 0; k < 8; k++) {
            init(Layout.INIT_PMPADDR0 + 8 * k, address[k]);
        }
    }

    private void init(int at, long value) {
        memory.putLong(Layout.INIT + at, value);
    }

    private void slot() {
        Kind kind = program.kind();
        int pick = random.nextInt(100);
        if (kind == Kind.UNPRIVILEGED) {
            if (pick < 60) {
                block();
            } else if (pick < 75) {
                branch();
            } else if (pick < 82) {
                reserved();
            } else if (pick < 88) {
                privileged.patch();
            } else {
                pair();
            }
            return;
        }
        if (pick < 25) {
            block();
        } else if (pick < 33) {
            branch();
        } else if (pick < 36) {
            pair();
        } else if (pick < 39) {
            reserved();
        } else if (pick < 43) {
            privileged.patch();
        } else if (pick < 64) {
            privileged.access();
        } else if (pick < 69) {
            privileged.jumpOut();
        } else if (pick < 80) {
            privileged.csr();
        } else if (kind == Kind.USER) {
            privileged.plain();
        } else {
            privileged.supervisor();
        }
    }

    /** Computing and good memory. */
    private void block() {
        int n = 1 + random.nextInt(10);
        for (int k = 0; k < n && out.room() >= 8; k++) {
            if (random.nextInt(3) == 0) {
                instructions.memory(out);
            } else {
                instructions.computing(out);
            }
        }
    }

    private void branch() {
        instructions.computing(out);
        int ahead = 1 + random.nextInt(5);
        int target = Math.min(program.slots() * Layout.SLOT_BYTES, out.slotStart() + ahead * Layout.SLOT_BYTES);
        switch (random.nextInt(6)) {
            case 0 -> out.line("jal x" + instructions.destination() + ", " + target);
            case 1 -> out.line("c.j " + target);
            case 2 -> {
                int t = instructions.destination(0);
                int from = out.here();
                out.line("auipc x" + t + ", 0");
                out.line("jalr x" + instructions.destination() + ", " + (target - from) + "(x" + t + ")");
            }
            case 3 -> out.line((random.nextBoolean() ? "c.beqz" : "c.bnez") + " x" + (10 + random.nextInt(6)) + ", "
                + Math.min(target, out.slotStart() + 3 * Layout.SLOT_BYTES));
            default -> {
                String[] names = {"beq", "bne", "blt", "bge", "bltu", "bgeu"};
                out.line(names[random.nextInt(6)] + " x" + instructions.any() + ", x" + instructions.any() + ", " + target);
            }
        }
        instructions.computing(out);
    }

    /** Load reserved and store conditional. */
    private void pair() {
        String width = random.nextBoolean() ? ".w" : ".d";
        String[] order = {"", ".aq", ".rl", ".aqrl"};
        int t = instructions.destination();
        out.line("lr" + width + order[random.nextInt(4)] + " x" + t + ", (s1)");
        out.line("sc" + width + order[random.nextInt(4)] + " x" + instructions.destination() + ", x" + instructions.any() + ", (s1)");
        if (random.nextBoolean()) {
            // The reservation is gone.
            out.line("sc" + width + " x" + instructions.destination() + ", x" + instructions.any() + ", (s1)");
        }
    }

    private void reserved() {
        instructions.computing(out);
        instructions.illegal(out);
        instructions.computing(out);
    }
}
