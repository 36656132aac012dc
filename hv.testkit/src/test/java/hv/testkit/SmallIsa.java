package hv.testkit;

import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamView;
import hv.api.vcpu.ExitView;
import hv.testkit.engine.GuestCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * The laws' guest code for an ISA that has just what they need: 16 registers of 64 bits, r0 = 0, and instructions of 16 bytes: operation, d, a, b, then an immediate at 8.
 * A trap or interrupt goes to the handler, with the old place in epc and interrupts disabled.
 */
final class SmallIsa implements GuestCode {
    /** The operations, by number from 1; any other traps. */
    enum Op {
        NONE,
        /** d = imm. */ SET,
        /** d = a + b + imm. */ ADD,
        /** d = a * b. */ MUL,
        /** d = a ^ b. */ XOR,
        /** d = memory at a + imm. */ LOAD,
        /** Memory at a + imm = b. */ STORE,
        /** To imm if a and b differ. */ BNE,
        /** d = the next; to a + imm. */ JUMP,
        FENCE, WAIT, CALL,
        /** handler = a. */ HANDLER,
        ENABLE, RETURN,
        /** d = epc. */ EPC,
        /** epc = a. */ SET_EPC,
        /** d = whether it was an interrupt. */ CAUSE
    }

    static final int BYTES = 16;
    static final int PC = 16;
    static final int EPC = 17;

    private static final class Program {
        private final ByteBuffer out = ByteBuffer.allocate(1 << 15).order(ByteOrder.LITTLE_ENDIAN);

        long here() {
            return CODE + out.position();
        }

        Program op(Op op, int d, int a, int b, long imm) {
            out.put((byte) op.ordinal()).put((byte) d).put((byte) a).put((byte) b).putInt(0).putLong(imm);
            return this;
        }

        byte[] bytes() {
            byte[] b = new byte[out.position()];
            out.get(0, b);
            return b;
        }

        byte[] finishes() {
            op(Op.STORE, 0, 0, 0, FINISH);
            return op(Op.JUMP, 0, 0, 0, here()).bytes();
        }
    }

    @Override
    public void begin(VcpuCore core) {
        core.registers().write(PC, CODE);
    }

    @Override
    public Map<String, Integer> registers() {
        Map<String, Integer> m = new LinkedHashMap<>(Map.of("pc", PC));
        for (int k = 1; k < 16; k++) {
            m.put("r" + k, k);
        }
        return m;
    }

    @Override
    public String disassemble(VcpuCore core, RamView ram) {
        long offset = core.registers().read(PC) - ram.baseGpa();
        int op = offset < 0 || offset >= ram.sizeBytes() ? 0 : ram.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset);
        return op > 0 && op < Op.values().length ? Op.values()[op].name() : "";
    }

    @Override
    public void execute(VcpuCore core, ExitView.Privileged exit) {
        throw new IllegalStateException("nothing is left to the interpreter");
    }

    @Override
    public int interruptLine() {
        return 0;
    }

    @Override
    public byte[] counts() {
        return counts(new Program()).bytes();
    }

    private static Program counts(Program p) {
        long loop = p.here();
        return p.op(Op.ADD, 1, 1, 0, 1).op(Op.STORE, 0, 0, 1, DATA).op(Op.JUMP, 0, 0, 0, loop);
    }

    @Override
    public byte[] asksDevice(int rounds) {
        Program p = new Program().op(Op.SET, 3, 0, 0, rounds);
        long loop = p.here();
        return p.op(Op.LOAD, 1, 0, 0, DEVICE).op(Op.STORE, 0, 2, 1, DATA).op(Op.ADD, 1, 1, 0, 1).op(Op.STORE, 0, 0, 1, DEVICE + 8)
            .op(Op.ADD, 2, 2, 0, 8).op(Op.ADD, 3, 3, 0, -1).op(Op.BNE, 0, 3, 0, loop).finishes();
    }

    @Override
    public byte[] takesInterrupts(boolean enabled) {
        Program p = new Program();
        p.op(Op.SET, 5, 0, 0, p.here() + 6 * BYTES).op(Op.HANDLER, 0, 5, 0, 0).op(enabled ? Op.ENABLE : Op.FENCE, 0, 0, 0, 0);
        return counts(p).op(Op.LOAD, 2, 0, 0, DATA + 8).op(Op.ADD, 2, 2, 0, 1).op(Op.STORE, 0, 0, 2, DATA + 8).op(Op.LOAD, 3, 0, 0, DEVICE)
            .op(Op.RETURN, 0, 0, 0, 0).bytes();
    }

    @Override
    public byte[] waits() {
        return new Program().op(Op.WAIT, 0, 0, 0, 0).finishes();
    }

    @Override
    public byte[] patchesItself(int rounds) {
        Program p = new Program().op(Op.SET, 3, 0, 0, rounds);
        long loop = p.here();
        return p.op(Op.ADD, 4, 4, 0, 1).op(Op.STORE, 0, 0, 4, loop + 3 * BYTES + 8).op(Op.FENCE, 0, 0, 0, 0).op(Op.SET, 1, 0, 0, 0)
            .op(Op.ADD, 2, 2, 0, 8).op(Op.STORE, 0, 2, 1, DATA).op(Op.BNE, 0, 4, 3, loop).finishes();
    }

    @Override
    public byte[] calls(boolean fences) {
        Program p = new Program();
        return p.op(fences ? Op.FENCE : Op.ADD, 0, 0, 0, 0).op(Op.JUMP, 6, 0, 0, SUBROUTINE).op(Op.STORE, 0, 0, 1, DATA).op(Op.ADD, 2, 2, 0, 1)
            .op(Op.STORE, 0, 0, 2, DATA + 8).op(Op.JUMP, 0, 0, 0, CODE).bytes();
    }

    @Override
    public byte[] returns(int value) {
        return new Program().op(Op.SET, 1, 0, 0, value).op(Op.JUMP, 0, 6, 0, 0).bytes();
    }

    @Override
    public byte[] copies() {
        return new Program().op(Op.LOAD, 1, 0, 0, DATA + 64).op(Op.STORE, 0, 0, 1, DATA).op(Op.ADD, 2, 2, 0, 1).op(Op.STORE, 0, 0, 2, DATA + 8)
            .op(Op.JUMP, 0, 0, 0, CODE).bytes();
    }

    @Override
    public byte[] touches(int pages) {
        Program p = new Program().op(Op.ADD, 1, 1, 0, 1).op(Op.STORE, 0, 0, 1, DATA);
        for (int k = 0; k < pages; k++) {
            p.op(Op.STORE, 0, 0, 1, PAGES + 4096L * k);
        }
        return p.op(Op.LOAD, 2, 0, 0, DEVICE).op(Op.JUMP, 0, 0, 0, CODE).bytes();
    }

    @Override
    public byte[] trapsForEver() {
        return new Program().op(Op.NONE, 0, 0, 0, 0).bytes();
    }

    @Override
    public byte[] random(long seed, boolean keepsReservations) {
        Random random = new Random(seed);
        Program p = new Program();
        // Behind a jump: the handler, which skips what trapped.
        p.op(Op.JUMP, 0, 0, 0, CODE + 7 * BYTES).op(Op.CAUSE, 13, 0, 0, 0).op(Op.BNE, 0, 13, 0, CODE + 6 * BYTES).op(Op.EPC, 13, 0, 0, 0)
            .op(Op.ADD, 13, 13, 0, BYTES).op(Op.SET_EPC, 0, 13, 0, 0).op(Op.RETURN, 0, 0, 0, 0);
        p.op(Op.SET, 5, 0, 0, CODE + BYTES).op(Op.HANDLER, 0, 5, 0, 0).op(Op.SET, 14, 0, 0, 20);
        long loop = p.here();
        for (int k = 0; k < 120; k++) {
            int d = 1 + random.nextInt(12);
            int a = random.nextInt(13);
            int b = random.nextInt(13);
            long data = DATA + 8 * random.nextInt(64);
            switch (random.nextInt(16)) {
                case 0, 1 -> p.op(Op.SET, d, 0, 0, random.nextLong());
                case 2, 3 -> p.op(Op.ADD, d, a, b, random.nextInt());
                case 4, 5 -> p.op(Op.MUL, d, a, b, 0);
                case 6 -> p.op(Op.XOR, d, a, b, 0);
                case 7, 8 -> p.op(Op.LOAD, d, 0, 0, data);
                case 9, 10 -> p.op(Op.STORE, 0, 0, b, data);
                case 11 -> p.op(Op.BNE, 0, a, b, p.here() + 2 * BYTES);
                case 12 -> p.op(random.nextBoolean() ? Op.LOAD : Op.STORE, d, 0, b, DEVICE + 8 * random.nextInt(4));
                case 13 -> p.op(Op.CALL, 0, 0, 0, 0);
                case 14 -> p.op(random.nextBoolean() ? Op.ENABLE : Op.WAIT, 0, 0, 0, 0);
                default -> p.op(Op.NONE, 0, 0, 0, 0);
            }
        }
        return p.op(Op.NONE, 0, 0, 0, 0).op(Op.ADD, 14, 14, 0, -1).op(Op.BNE, 0, 14, 0, loop).finishes();
    }
}
