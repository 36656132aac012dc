package hv.devices.internal.disk;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockOperation;
import hv.api.device.IoContext;
import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The requests of a disk model that are under way.
 * <pre>
 *   start: slot -> backend.submit
 *   any thread: completion -> completed, reap posted
 *   reap: next operation of the slot, or its end is told ... reaped, once for all that have ended
 * </pre>
 * I/O context only.
 *
 * @param <R> the model's request
 */
public final class DiskSlots<R> {
    private final int slots;
    private final IoContext io;
    private final Ended<R> ended;
    private final Runnable reaped;
    private final Runnable reap = this::reap;
    private final ConcurrentLinkedQueue<Completion<R>> completed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean reapPosted = new AtomicBoolean();
    private final ArrayDeque<DiskSlot<R>> free = new ArrayDeque<>();
    private final List<DiskSlot<R>> running = new ArrayList<>();

    /** How a request ended. */
    public enum End {
        DONE, DISK_ERROR,
        /** A descriptor points outside RAM, or the driver has reset the device meanwhile. */
        MEMORY_FAULT,
        /** See {@link DiskSlot#stop}. */
        STOPPED
    }

    /** Told of a request's end, and answers it. The slot is the model's during the call. */
    @FunctionalInterface
    public interface Ended<R> {
        void ended(DiskSlot<R> slot, End how);
    }

    /** A backend operation that has ended. */
    private record Completion<R>(DiskSlot<R> slot, int operation, String error) {
    }

    /** @param slots requests under way at most @param reaped there may be room for more, and interrupts to give */
    public DiskSlots(IoContext io, int slots, Ended<R> ended, Runnable reaped) {
        this.io = io;
        this.slots = slots;
        this.ended = ended;
        this.reaped = reaped;
    }

    public boolean isFull() {
        return running.size() == slots;
    }

    /** Those under way, in the order in which they were started; do not change it. */
    public List<DiskSlot<R>> running() {
        return running;
    }

    /** There must be room. A request with nothing to do ends within the call. */
    public void start(VirtQueue queue, Chain chain, R request, BlockBackend.Front backend, DiskWork work) {
        if (isFull()) {
            throw new IllegalStateException(slots + " requests are under way");
        }
        DiskSlot<R> slot = free.poll();
        if (slot == null) {
            slot = new DiskSlot<>();
        }
        running.add(slot);
        slot.begin(queue, chain, request, backend, work);
        step(slot);
    }

    private void step(DiskSlot<R> slot) {
        BlockOperation operation;
        try {
            operation = slot.next(this::completed);
        } catch (GuestMemoryFault e) {
            end(slot, End.MEMORY_FAULT);
            return;
        }
        if (operation == null) {
            end(slot, End.DONE);
        } else {
            slot.backend().submit(operation);
        }
    }

    /** Any thread. */
    private void completed(DiskSlot<R> slot, int operation, String error) {
        completed.add(new Completion<>(slot, operation, error));
        if (reapPosted.compareAndSet(false, true)) {
            io.post(reap);
        }
    }

    private void reap() {
        reapPosted.set(false);
        for (Completion<R> c = completed.poll(); c != null; c = completed.poll()) {
            DiskSlot<R> slot = c.slot();
            if (slot.chain() == null || slot.operation() != c.operation()) {
                continue; // told twice
            }
            if (c.error() != null) {
                end(slot, slot.isStopped() ? End.STOPPED : End.DISK_ERROR);
                continue;
            }
            try {
                slot.advance();
            } catch (GuestMemoryFault fault) {
                end(slot, End.MEMORY_FAULT);
                continue;
            }
            if (slot.isStopped()) {
                end(slot, End.STOPPED);
            } else {
                step(slot);
            }
        }
        reaped.run();
    }

    private void end(DiskSlot<R> slot, End how) {
        running.remove(slot);
        ended.ended(slot, how);
        slot.end();
        free.add(slot);
    }
}
