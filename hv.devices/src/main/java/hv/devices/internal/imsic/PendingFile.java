package hv.devices.internal.imsic;

import hv.api.device.InterruptLine;
import hv.api.riscv.spi.InterruptFile;
import java.util.Arrays;

/**
 * One interrupt file with 255 identities, as QEMU's virt machine has (RISC-V Advanced Interrupt Architecture 1.0, 3.8 and 3.9). Any thread.
 * <p>Its lock is held while the line is told: two levels must reach the hart in the order of what caused them.
 */
final class PendingFile implements InterruptFile {
    /** Identities are 1 .. 255; 0 is none. */
    static final int IDENTITIES = 256;
    static final int WORDS = IDENTITIES / Long.SIZE;

    private final InterruptLine line;

    // All guarded by this.
    private final long[] pending = new long[WORDS];
    private final long[] enabled = new long[WORDS];
    private int delivery;
    private int threshold;
    private boolean running;
    private boolean lineHigh;

    PendingFile(InterruptLine line) {
        this.line = line;
    }

    /** A message. */
    synchronized void pend(int identity) {
        if (identity > 0 && identity < IDENTITIES) {
            pending[identity >> 6] |= 1L << identity;
            update();
        }
    }

    @Override
    public synchronized long change(int register, long clear, long set) {
        long old;
        long fresh;
        switch (register) {
            case EIDELIVERY -> {
                old = delivery;
                fresh = old & ~clear | set;
                // 0 and 1 are the values it supports; another one leaves it (3.8.1).
                delivery = fresh == 0 || fresh == 1 ? (int) fresh : delivery;
            }
            case EITHRESHOLD -> {
                old = threshold;
                threshold = (int) (old & ~clear | set) & IDENTITIES - 1;
            }
            default -> {
                long[] words = register >= EIE0 ? enabled : pending;
                int word = (register & 0x3f) / 2;
                if (register < EIP0 || register > 0xff || word >= WORDS) {
                    return 0;
                }
                old = words[word];
                fresh = old & ~clear | set;
                words[word] = word == 0 ? fresh & ~1L : fresh;
            }
        }
        if ((clear | set) != 0) {
            update();
        }
        return old;
    }

    @Override
    public synchronized int top() {
        int identity = first();
        return identity << 16 | identity;
    }

    @Override
    public synchronized int claim() {
        int identity = first();
        if (identity != 0) {
            pending[identity >> 6] &= ~(1L << identity);
            update();
        }
        return identity << 16 | identity;
    }

    /** The lowest identity that is pending, enabled and below the threshold; 0 for none. */
    private int first() {
        for (int w = 0; w < WORDS; w++) {
            long bits = pending[w] & enabled[w];
            if (bits != 0) {
                int identity = w * Long.SIZE + Long.numberOfTrailingZeros(bits);
                return threshold == 0 || identity < threshold ? identity : 0;
            }
        }
        return 0;
    }

    private void update() {
        boolean high = delivery == 1 && first() != 0;
        if (running && high != lineHigh) {
            lineHigh = high;
            line.level(high);
        }
    }

    synchronized void start() {
        running = true;
        lineHigh = delivery == 1 && first() != 0;
        line.level(lineHigh);
    }

    synchronized void stop() {
        running = false;
    }

    synchronized void lowerLine() {
        lineHigh = false;
        line.level(false);
    }

    synchronized void reset() {
        Arrays.fill(pending, 0);
        Arrays.fill(enabled, 0);
        delivery = 0;
        threshold = 0;
        lowerLine();
    }

    synchronized ImsicState state() {
        return new ImsicState(delivery, threshold, pending.clone(), enabled.clone());
    }

    synchronized void restore(ImsicState s) {
        delivery = s.delivery();
        threshold = s.threshold();
        System.arraycopy(s.pending(), 0, pending, 0, WORDS);
        System.arraycopy(s.enabled(), 0, enabled, 0, WORDS);
    }
}
