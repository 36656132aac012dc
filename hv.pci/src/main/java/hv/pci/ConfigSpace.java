package hv.pci;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.Arrays;

/**
 * The 256 bytes of configuration space of a function with a header of type 0 (PCI 3.0, 6.1 and 6.2). Built once by its owner: identity, BARs, capabilities,
 * and which bits a guest may write; a BAR is sized by nothing but that its low bits cannot be written (6.2.5.1). Any thread.
 */
public final class ConfigSpace {
    public static final int BYTES = 256;
    public static final int COMMAND = 0x04;
    public static final int COMMAND_MEMORY = 1 << 1;
    public static final int COMMAND_MASTER = 1 << 2;
    public static final int COMMAND_NO_INTX = 1 << 10;
    public static final int STATUS = 0x06;
    public static final int STATUS_INTERRUPT = 1 << 3;
    private static final int STATUS_CAPABILITIES = 1 << 4;
    private static final int REVISION = 0x08;
    private static final int CLASS = 0x09;
    private static final int BAR0 = 0x10;
    private static final int SUBSYSTEM_VENDOR = 0x2c;
    private static final int SUBSYSTEM = 0x2e;
    private static final int CAPABILITIES = 0x34;
    private static final int INTERRUPT_LINE = 0x3c;
    private static final int INTERRUPT_PIN = 0x3d;
    private static final int FIRST_CAPABILITY = 0x40;
    private static final int BAR_64_BITS = 4;

    private final byte[] bytes = new byte[BYTES];
    /** Bits that a guest may write. */
    private final byte[] writable = new byte[BYTES];
    private int free = FIRST_CAPABILITY;
    private int lastCapability = CAPABILITIES - 1;

    /**
     * @param vendor    16 bits
     * @param device    16 bits
     * @param classCode base class, subclass and interface, 24 bits
     * @param revision  8 bits
     */
    public ConfigSpace(int vendor, int device, int classCode, int revision) {
        set(0, 2, vendor);
        set(2, 2, device);
        set(REVISION, 1, revision);
        set(CLASS, 3, classCode);
        set(SUBSYSTEM_VENDOR, 2, vendor);
        allow(COMMAND, 2, COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_INTX);
        allow(INTERRUPT_LINE, 1, 0xff);
    }

    /** The identity of the board that carries it. */
    public ConfigSpace subsystem(int id) {
        set(SUBSYSTEM, 2, id);
        return this;
    }

    /** It interrupts by pin INTA. */
    public ConfigSpace interruptPin() {
        set(INTERRUPT_PIN, 1, 1);
        return this;
    }

    /** A memory BAR of 64 bits, which takes two places. @param sizeBytes a power of two, 16 .. 2^31 */
    public ConfigSpace memoryBar(int bar, long sizeBytes) {
        if (bar < 0 || bar > 4 || Long.bitCount(sizeBytes) != 1 || sizeBytes < 16 || sizeBytes > 1L << 31) {
            throw new IllegalArgumentException("BAR " + bar + " of " + sizeBytes + " bytes");
        }
        set(BAR0 + 4 * bar, 4, BAR_64_BITS);
        allow(BAR0 + 4 * bar, 4, -sizeBytes);
        allow(BAR0 + 4 * bar + 4, 4, -1);
        return this;
    }

    /** Adds a capability (6.7), linked behind those before. @param lenBytes with its header of 2 @return its offset */
    public int capability(int id, int lenBytes) {
        int at = free;
        if (lenBytes < 2 || at + lenBytes > BYTES) {
            throw new IllegalArgumentException("a capability of " + lenBytes + " bytes does not fit behind " + at);
        }
        free = at + lenBytes + 3 & ~3;
        set(at, 1, id);
        set(lastCapability + 1, 1, at);
        lastCapability = at;
        set(STATUS, 2, get(STATUS, 2) | STATUS_CAPABILITIES);
        return at;
    }

    /** Sets bytes whatever a guest may write. */
    public synchronized void set(int offset, int widthBytes, long value) {
        for (int i = 0; i < widthBytes; i++) {
            bytes[offset + i] = (byte) (value >>> 8 * i);
        }
    }

    /** Bytes, zero-extended. */
    public synchronized long get(int offset, int widthBytes) {
        long value = 0;
        for (int i = 0; i < widthBytes; i++) {
            value |= (bytes[offset + i] & 0xffL) << 8 * i;
        }
        return value;
    }

    /** Lets a guest write these bits. */
    public synchronized void allow(int offset, int widthBytes, long bits) {
        for (int i = 0; i < widthBytes; i++) {
            writable[offset + i] |= (byte) (bits >>> 8 * i);
        }
    }

    /** A guest's read; 0 beyond the end. */
    public long read(int offset, int widthBytes) {
        return offset < 0 || offset > BYTES - widthBytes ? 0 : get(offset, widthBytes);
    }

    /** A guest's write: what it may not write stays. */
    public synchronized void write(int offset, int widthBytes, long value) {
        if (offset < 0 || offset > BYTES - widthBytes) {
            return;
        }
        for (int i = 0; i < widthBytes; i++) {
            int w = writable[offset + i];
            bytes[offset + i] = (byte) (bytes[offset + i] & ~w | value >>> 8 * i & w);
        }
    }

    /** Where a BAR of {@link #memoryBar} is decoded, or -1 while memory accesses are off or it was given no address. */
    public synchronized long barGpa(int bar) {
        long gpa = get(BAR0 + 4 * bar, 8) & ~15L;
        return (get(COMMAND, 2) & COMMAND_MEMORY) == 0 || gpa <= 0 ? -1 : gpa;
    }

    /** To the state in which it was built, but for what {@link #set} set. */
    public synchronized void reset() {
        for (int i = 0; i < BYTES; i++) {
            bytes[i] &= (byte) ~writable[i];
        }
    }

    /** The bytes, in the section at hand. */
    public synchronized void save(StateWriter out) {
        out.putBytes(bytes.clone());
    }

    /** Reads and checks what {@link #save} wrote; {@link #restore(byte[])} takes it over. @throws StateException it is of another function */
    public synchronized byte[] check(StateReader in) throws StateException {
        byte[] saved = in.getBytes(BYTES);
        if (saved.length != BYTES) {
            throw new StateException("a configuration space of " + saved.length + " bytes; " + BYTES + " are due");
        }
        for (int i = 0; i < BYTES; i++) {
            // Whether an interrupt is pending is the owner's to say again.
            int free = writable[i] | (i == STATUS ? STATUS_INTERRUPT : 0);
            if (((saved[i] ^ bytes[i]) & ~free) != 0) {
                throw new StateException("the saved configuration space has " + (saved[i] & 0xff) + " at " + i + ", where this function has " + (bytes[i] & 0xff));
            }
        }
        return saved;
    }

    /** Takes over what {@link #check} let pass. */
    public synchronized void restore(byte[] checked) {
        System.arraycopy(Arrays.copyOf(checked, BYTES), 0, bytes, 0, BYTES);
    }
}
