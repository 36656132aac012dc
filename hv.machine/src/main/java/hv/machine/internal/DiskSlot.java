package hv.machine.internal;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockBackendFactory;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import hv.api.device.BackendSpec;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** The place of a disk's backend: what is submitted while backends change hands waits in its front. */
final class DiskSlot extends BackendSlot<BlockBackend> {
    private final Executor offload;
    private final Front front = new Front();

    DiskSlot(HostedMachine machine, BackendSpec spec, FactoryRegistry.Entry maker, Executor offload) {
        super(machine, spec, maker);
        this.offload = offload;
    }

    @Override
    BlockBackend.Front front() {
        return front;
    }

    @Override
    void open() throws hv.api.HvException {
        part().open();
    }

    @Override
    BlockBackend make(FactoryRegistry.Entry entry) throws hv.api.HvException {
        return ((BlockBackendFactory) entry.factory()).create(spec, offload);
    }

    @Override
    void publish(BlockBackend fresh) {
        front.backend = fresh;
    }

    @Override
    void closeIntake() {
        front.suspend();
    }

    @Override
    void openIntake() {
        front.resume();
    }

    private final class Front implements BlockBackend.Front {
        private volatile BlockBackend backend;
        private final ArrayDeque<BlockOperation> waiting = new ArrayDeque<>();
        private boolean suspended;

        @Override
        public BlockGeometry geometry() {
            return backend.geometry();
        }

        @Override
        public synchronized void submit(BlockOperation operation) {
            if (suspended) {
                waiting.add(operation);
                return;
            }
            pass(operation);
        }

        private void pass(BlockOperation operation) {
            try {
                backend.submit(operation);
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                machine.faults().report(machine.name() + " " + path, e);
                operation.completion().done("the disk's backend failed: " + Faults.describe(e));
            }
        }

        synchronized void suspend() {
            suspended = true;
        }

        synchronized void resume() {
            suspended = false;
            while (!waiting.isEmpty()) {
                pass(waiting.poll());
            }
        }
    }
}
