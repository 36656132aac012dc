package hv.pci;

import hv.api.device.MsiSink;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;

/**
 * MSI-X of a function (PCI 3.0, 6.8.2): its capability, its table of vectors and the pending bits, which its owner shows in a BAR. Any thread; its own lock,
 * under which messages are sent.
 * <pre>
 *  table  16 bytes a vector: le32 address, le32 address's upper half, le32 data, le32 control (bit 0: masked)
 *  PBA    a bit a vector: it would have been sent
 * </pre>
 */
public final class MsiX {
    public static final int CAPABILITY_ID = 0x11;
    public static final int ENTRY_BYTES = 16;
    private static final int CONTROL = 2;
    private static final int ENABLE = 1 << 15;
    private static final int FUNCTION_MASK = 1 << 14;
    private static final int MASKED = 1;

    private final ConfigSpace config;
    private final int capability;
    private final MsiSink sink;
    private final long[] address;
    private final int[] data;
    private final int[] control;
    private final boolean[] pending;
    /** Nothing is sent, everything waits. */
    private boolean asleep = true;

    /**
     * Adds the capability.
     *
     * @param vectors 1 .. 2048
     * @param bar     that shows table and pending bits
     * @param tableAt offset of the table in it, a multiple of 8
     * @param pbaAt   offset of the pending bits in it, a multiple of 8
     */
    public MsiX(ConfigSpace config, MsiSink sink, int vectors, int bar, int tableAt, int pbaAt) {
        this.config = config;
        this.sink = sink;
        this.capability = config.capability(CAPABILITY_ID, 12);
        config.set(capability + CONTROL, 2, vectors - 1);
        config.set(capability + 4, 4, tableAt | bar);
        config.set(capability + 8, 4, pbaAt | bar);
        config.allow(capability + CONTROL, 2, ENABLE | FUNCTION_MASK);
        address = new long[vectors];
        data = new int[vectors];
        control = new int[vectors];
        pending = new boolean[vectors];
        reset();
    }

    public int vectors() {
        return data.length;
    }

    public boolean isEnabled() {
        return (config.get(capability + CONTROL, 2) & ENABLE) != 0;
    }

    /** Sends a vector's message, or marks it pending while it is masked. One that does not exist is ignored. */
    public synchronized void send(int vector) {
        if (vector >= 0 && vector < data.length && isEnabled()) {
            pending[vector] = true;
            deliver(vector);
        }
    }

    private void deliver(int vector) {
        long c = config.get(capability + CONTROL, 2);
        // A message is a memory write of the function's: none without bus mastering (PCI 3.0, 6.2.2). It waits as under a mask.
        boolean master = (config.get(ConfigSpace.COMMAND, 2) & ConfigSpace.COMMAND_MASTER) != 0;
        if (pending[vector] && master && !asleep && (c & ENABLE) != 0 && (c & FUNCTION_MASK) == 0 && (control[vector] & MASKED) == 0) {
            pending[vector] = false;
            sink.send(address[vector], data[vector]);
        }
    }

    /** Masks may have changed: what is pending and may go, goes. To be called after writes of configuration space. */
    public synchronized void controlChanged() {
        for (int v = 0; v < pending.length; v++) {
            deliver(v);
        }
    }

    /** A guest's read of the table; 4 or 8 bytes, aligned, else 0. */
    public synchronized long readTable(long offset, int widthBytes) {
        if (!inTable(offset, widthBytes)) {
            return 0;
        }
        long value = word(offset) & 0xffff_ffffL;
        return widthBytes == 4 ? value : value | (long) word(offset + 4) << 32;
    }

    private boolean inTable(long offset, int widthBytes) {
        return (widthBytes == 4 || widthBytes == 8) && offset >= 0 && offset % widthBytes == 0 && offset <= (long) data.length * ENTRY_BYTES - widthBytes;
    }

    private int word(long offset) {
        int v = (int) (offset / ENTRY_BYTES);
        return switch ((int) (offset % ENTRY_BYTES)) {
            case 0 -> (int) address[v];
            case 4 -> (int) (address[v] >>> 32);
            case 8 -> data[v];
            default -> control[v];
        };
    }

    /** A guest's write of the table. */
    public synchronized void writeTable(long offset, int widthBytes, long value) {
        if (!inTable(offset, widthBytes)) {
            return;
        }
        word(offset, (int) value);
        if (widthBytes == 8) {
            word(offset + 4, (int) (value >>> 32));
        }
        deliver((int) (offset / ENTRY_BYTES));
    }

    private void word(long offset, int value) {
        int v = (int) (offset / ENTRY_BYTES);
        switch ((int) (offset % ENTRY_BYTES)) {
            case 0 -> address[v] = address[v] & 0xffff_ffffL << 32 | value & 0xffff_fffcL;
            case 4 -> address[v] = address[v] & 0xffff_ffffL | (long) value << 32;
            case 8 -> data[v] = value;
            default -> control[v] = value & MASKED;
        }
    }

    /** A guest's read of the pending bits. */
    public synchronized long readPending(long offset, int widthBytes) {
        long value = 0;
        for (int bit = 0; bit < 8 * widthBytes; bit++) {
            long v = 8 * offset + bit;
            value |= v >= 0 && v < pending.length && pending[(int) v] ? 1L << bit : 0;
        }
        return value;
    }

    /** Every vector masked, nothing pending. */
    public synchronized void reset() {
        java.util.Arrays.fill(address, 0);
        java.util.Arrays.fill(data, 0);
        java.util.Arrays.fill(control, MASKED);
        java.util.Arrays.fill(pending, false);
    }

    public synchronized void sleep() {
        asleep = true;
    }

    /** What became pending meanwhile goes. */
    public synchronized void wake() {
        asleep = false;
        controlChanged();
    }

    /** The table, in the section at hand. */
    public synchronized void save(StateWriter out) {
        out.putInt(data.length);
        for (int v = 0; v < data.length; v++) {
            out.putLong(address[v]).putInt(data[v]).putInt(control[v]).putBoolean(pending[v]);
        }
    }

    /** Reads and checks; nothing has changed when it returns. */
    public Runnable check(StateReader in) throws StateException {
        int n = in.getInt(data.length, data.length);
        long[] savedAddress = new long[n];
        int[] savedData = new int[n];
        int[] savedControl = new int[n];
        boolean[] savedPending = new boolean[n];
        for (int v = 0; v < n; v++) {
            savedAddress[v] = in.getLong();
            savedData[v] = in.getInt();
            savedControl[v] = in.getInt(0, MASKED);
            savedPending[v] = in.getBoolean();
            if ((savedAddress[v] & 3) != 0) {
                throw new StateException("vector " + v + " has the misaligned address " + Long.toHexString(savedAddress[v]));
            }
        }
        return () -> {
            synchronized (this) {
                System.arraycopy(savedAddress, 0, address, 0, n);
                System.arraycopy(savedData, 0, data, 0, n);
                System.arraycopy(savedControl, 0, control, 0, n);
                System.arraycopy(savedPending, 0, pending, 0, n);
            }
        };
    }
}
