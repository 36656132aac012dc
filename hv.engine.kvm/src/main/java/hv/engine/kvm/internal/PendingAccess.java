package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U16;
import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;
import static hv.engine.kvm.internal.KvmAbi.U8;

import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import java.lang.foreign.MemorySegment;

/**
 * An access that left the guest, in the run area: one or more elements, each an exit of its own. KVM has several in one for string I/O (up to a page
 * of them), and lengths that no register has for what is left of an access across pages.
 */
final class PendingAccess {
    private static final long LOW_32 = 0xffff_ffffL;
    private final MemorySegment run;
    private final Exit exit;
    private boolean port;
    private boolean write;
    private long address;
    private int widthBytes;
    private int count;
    private int index;
    private long dataAt;
    private boolean open;

    PendingAccess(MemorySegment run, Exit exit) {
        this.run = run;
        this.exit = exit;
    }

    /** Whether an element is still to be answered, or KVM to be told of the answers. */
    boolean isOpen() {
        return open;
    }

    void forget() {
        open = false;
    }

    /** KVM_EXIT_IO. @return false if the run area names data outside itself */
    boolean portIo() {
        write = run.get(U8, KvmAbi.RUN_IO_DIRECTION) == KvmAbi.IO_OUT;
        return begin(true, run.get(U16, KvmAbi.RUN_IO_PORT) & 0xffff, run.get(U8, KvmAbi.RUN_IO_SIZE), run.get(U32, KvmAbi.RUN_IO_COUNT),
                run.get(U64, KvmAbi.RUN_IO_DATA_OFFSET));
    }

    /** KVM_EXIT_MMIO. */
    boolean mmio() {
        write = run.get(U8, KvmAbi.RUN_MMIO_WRITE) != 0;
        int len = run.get(U32, KvmAbi.RUN_MMIO_LEN);
        boolean whole = Integer.bitCount(len) == 1;
        return begin(false, run.get(U64, KvmAbi.RUN_MMIO_ADDRESS), whole ? len : 1, whole ? 1 : len, KvmAbi.RUN_MMIO_DATA);
    }

    private boolean begin(boolean isPort, long at, int width, int elements, long offset) {
        port = isPort;
        address = at;
        widthBytes = width;
        count = elements;
        index = 0;
        dataAt = offset;
        open = width > 0 && width <= Long.BYTES && Integer.bitCount(width) == 1 && elements > 0 && elements <= run.byteSize()
                && offset >= 0 && offset <= run.byteSize() - (long) width * elements;
        return open;
    }

    /** Makes the exit of the element that is next. */
    void present() {
        long value = write ? value() : 0;
        if (port) {
            exit.portIo((int) address, widthBytes, write, value);
        } else {
            exit.mmio(address + (long) index * widthBytes, widthBytes, write, value);
        }
        if (index + 1 < count) {
            exit.unfinished();
        }
    }

    /**
     * Takes the answer to the element that was presented.
     *
     * @return whether that was the last: KVM can complete the instruction
     * @throws IllegalStateException a read without a value, or a trap: x86 has none for an access to the bus
     */
    boolean answered() {
        Completion c = exit.completion();
        switch (c.kind()) {
            case VALUE -> {
                if (!write) {
                    set(c.first());
                }
            }
            case NONE -> {
                if (!write) {
                    throw new IllegalStateException("the read of " + (port ? "port " : "") + Long.toHexString(address) + " was resumed without a value");
                }
            }
            case PAIR, TRAP -> throw new IllegalStateException("an access to the bus cannot be completed by a " + c.kind());
        }
        c.taken();
        return ++index == count;
    }

    /** All that is left reads as zero: the vCPU is about to be reset. */
    void abandon() {
        for (; !write && index < count; index++) {
            set(0);
        }
    }

    private long at() {
        return dataAt + (long) index * widthBytes;
    }

    private long value() {
        return switch (widthBytes) {
            case 1 -> run.get(U8, at()) & 0xff;
            case 2 -> run.get(U16, at()) & 0xffff;
            case 4 -> run.get(U32, at()) & LOW_32;
            default -> run.get(U64, at());
        };
    }

    private void set(long value) {
        switch (widthBytes) {
            case 1 -> run.set(U8, at(), (byte) value);
            case 2 -> run.set(U16, at(), (short) value);
            case 4 -> run.set(U32, at(), (int) value);
            default -> run.set(U64, at(), value);
        }
    }
}
