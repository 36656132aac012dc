package hv.testkit;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockGeometry;
import hv.api.block.spi.BlockOperation;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class BlockBackendLawsTest {
    /** A disk in memory; its handle is that memory. Good unless a subclass breaks it. */
    static class Memory extends Stateless implements BlockBackend {
        final Executor offload;
        final MemoryDisk shared;
        Held disk;
        int inFlight;

        /** The one way to the disk. */
        static final class Held implements Handles {
            final MemoryDisk disk;
            boolean closed;

            Held(MemoryDisk disk) {
                this.disk = disk;
            }

            @Override
            public String claim() {
                return "memory:disk";
            }

            @Override
            public void close() {
                closed = true;
            }
        }

        Memory(MemoryDisk shared, Executor offload) {
            this.shared = shared;
            this.offload = offload;
        }

        @Override
        public void open() {
            disk = new Held(shared);
        }

        @Override
        public BlockGeometry geometry() {
            return shared.geometry();
        }

        @Override
        public void submit(BlockOperation o) {
            inFlight++;
            offload.execute(() -> {
                inFlight--;
                perform(o);
            });
        }

        void perform(BlockOperation o) {
            if (disk.closed) {
                o.completion().done("the handle is closed");
            } else {
                disk.disk.submit(o);
            }
        }

        @Override
        public void sleep(Deadline by) throws NotAsleepException {
            if (inFlight > 0) {
                throw new NotAsleepException(inFlight + " operations in flight");
            }
        }

        @Override
        public Handles detach() {
            Held h = disk;
            disk = null;
            return h;
        }

        @Override
        public void attach(Handles handles) throws StateException {
            if (!(handles instanceof Held h)) {
                throw new StateException("not a memory disk: " + handles.claim());
            }
            disk = h;
        }

        @Override
        public void close() {
            if (disk != null) {
                disk.close();
            }
        }
    }

    abstract static class MemoryLaws extends BlockBackendLaws {
        final MemoryDisk disk = new MemoryDisk(1 << 17);
    }

    static class Good extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload);
        }
    }

    static class ForgetsWrites extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                private int writes;

                @Override
                void perform(BlockOperation o) {
                    if (o.kind() == BlockOperation.Kind.WRITE && ++writes % 50 == 0) {
                        o.completion().done(null);
                    } else {
                        super.perform(o);
                    }
                }
            };
        }
    }

    static class WrapsAround extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                void perform(BlockOperation o) {
                    if (o.offset() >= 0 && o.offset() + o.lenBytes() <= disk.disk.bytes().byteSize()) {
                        super.perform(o);
                    } else {
                        o.completion().done(null);
                    }
                }
            };
        }
    }

    static class SleepsOverItsWork extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                public void sleep(Deadline by) {
                    // Whatever is in flight.
                }
            };
        }
    }

    static class ClosesWhatItGaveAway extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                private Handles given;

                @Override
                public Handles detach() {
                    given = super.detach();
                    return given;
                }

                @Override
                public void close() {
                    super.close();
                    if (given != null) {
                        given.close();
                    }
                }
            };
        }
    }

    static class CompletesTwice extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                void perform(BlockOperation o) {
                    super.perform(o);
                    if (o.kind() == BlockOperation.Kind.FLUSH) {
                        super.perform(o);
                    }
                }
            };
        }
    }

    static class TakesAnyHandle extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                public void attach(Handles handles) throws StateException {
                    if (handles instanceof Held) {
                        super.attach(handles);
                    }
                }
            };
        }
    }

    static class MovesOnce extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                private int attached;

                @Override
                public void attach(Handles handles) throws StateException {
                    if (attached++ > 0) {
                        throw new StateException("only once");
                    }
                    super.attach(handles);
                }
            };
        }
    }

    static class StutteringErrors extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                void perform(BlockOperation o) {
                    super.perform(new BlockOperation(o.kind(), o.offset(), o.lenBytes(), o.buffer(),
                            e -> o.completion().done(e == null ? null : e + "\n" + e)));
                }
            };
        }
    }

    static class OddSize extends MemoryLaws {
        @Override
        protected BlockBackend create(Executor offload) {
            return new Memory(disk, offload) {
                @Override
                public BlockGeometry geometry() {
                    return new BlockGeometry(shared.bytes().byteSize() - 1, 512, false, true);
                }
            };
        }
    }

    @Test
    void goodBackendsPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenBackendsAreRejected() {
        Suites.rejects(ForgetsWrites.class, "whatIsWrittenIsRead");
        Suites.rejects(WrapsAround.class, "operationsOutsideOfTheDiskAreErrors");
        Suites.rejects(SleepsOverItsWork.class, "itDoesNotSleepWithOperationsInFlight");
        Suites.rejects(ClosesWhatItGaveAway.class, "handlesMoveToASuccessorWithTheirDisk");
        Suites.rejects(CompletesTwice.class, "manyOperationsCompleteOnceEach");
        Suites.rejects(TakesAnyHandle.class, "strangeHandlesAreRefused");
        Suites.rejects(MovesOnce.class, "rollbackGivesTheHandlesBack");
        Suites.rejects(StutteringErrors.class, "errorsAreOneLineForPeople");
        Suites.rejects(OddSize.class, "theGeometryIsOneThatModelsCanUse");
    }
}
