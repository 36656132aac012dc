package hv.testkit.fake;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A chain in plain arrays, for tests of a model without a transport. */
public final class FakeChain implements Chain {
    private final int id;
    private final byte[] readable;
    private final byte[] writable;
    private boolean faulty;
    private long answeredBytes = -1;

    public FakeChain(int id, byte[] readable, int writableBytes) {
        this.id = id;
        this.readable = readable.clone();
        this.writable = new byte[writableBytes];
    }

    /** From now on every access faults, as if the descriptors pointed outside RAM. */
    public FakeChain faulty() {
        faulty = true;
        return this;
    }

    /** What the device has written into the writable part. */
    public byte[] written() {
        return writable.clone();
    }

    public boolean isAnswered() {
        return answeredBytes >= 0;
    }

    /** Length that the device answered with, -1 before. */
    public long answeredBytes() {
        return answeredBytes;
    }

    void answer(long bytes) {
        if (isAnswered()) {
            throw new IllegalStateException("chain " + id + " answered twice");
        }
        if (bytes < 0 || bytes > writable.length) {
            throw new IllegalStateException("chain " + id + " answered with " + bytes + " of " + writable.length + " bytes");
        }
        answeredBytes = bytes;
    }

    private void check(byte[] part, long at, long len) throws GuestMemoryFault {
        if (isAnswered()) {
            throw new IllegalStateException("chain " + id + " used after it was answered");
        }
        if (faulty || at < 0 || len < 0 || at > part.length || len > part.length - at) {
            throw new GuestMemoryFault(at, len);
        }
    }

    @Override
    public long readableBytes() {
        return readable.length;
    }

    @Override
    public long writableBytes() {
        return writable.length;
    }

    @Override
    public void read(long at, MemorySegment into, long intoOffset, long lenBytes) throws GuestMemoryFault {
        check(readable, at, lenBytes);
        MemorySegment.copy(readable, (int) at, into, ValueLayout.JAVA_BYTE, intoOffset, (int) lenBytes);
    }

    @Override
    public void write(long at, MemorySegment from, long fromOffset, long lenBytes) throws GuestMemoryFault {
        check(writable, at, lenBytes);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, fromOffset, writable, (int) at, (int) lenBytes);
    }

    @Override
    public void read(long at, byte[] into) throws GuestMemoryFault {
        check(readable, at, into.length);
        System.arraycopy(readable, (int) at, into, 0, into.length);
    }

    @Override
    public void write(long at, byte[] from) throws GuestMemoryFault {
        check(writable, at, from.length);
        System.arraycopy(from, 0, writable, (int) at, from.length);
    }

    @Override
    public int id() {
        return id;
    }
}
