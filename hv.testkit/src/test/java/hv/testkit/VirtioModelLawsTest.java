package hv.testkit;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockOperation;
import hv.api.device.DeviceContext;
import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import org.junit.jupiter.api.Test;

class VirtioModelLawsTest {
    /** Fills buffers with 42. Good unless a subclass breaks it. */
    static class Filler extends Stateless implements VirtioModel {
        VirtQueue queue;
        boolean asleep = true;

        @Override
        public int deviceId() {
            return 4;
        }

        @Override
        public long features() {
            return 1;
        }

        @Override
        public int queueCount() {
            return 1;
        }

        @Override
        public int queueSizeMax() {
            return 64;
        }

        @Override
        public int configBytes() {
            return 4;
        }

        @Override
        public int readConfig(int offset) {
            return 200 + offset;
        }

        @Override
        public void writeConfig(int offset, int value) {
            // Read-only.
        }

        @Override
        public void activate(VirtioTransport transport, long features) {
            queue = transport.queue(0);
        }

        @Override
        public void notified(int index) {
            if (queue == null || asleep) {
                return;
            }
            serve();
        }

        void serve() {
            for (Chain c = queue.pop(); c != null; c = queue.pop()) {
                answer(c);
            }
            queue.interrupt();
        }

        void answer(Chain c) {
            byte[] b = new byte[(int) Math.min(c.writableBytes(), 64)];
            java.util.Arrays.fill(b, (byte) 42);
            int written = b.length;
            try {
                c.write(0, b);
            } catch (GuestMemoryFault e) {
                written = 0;
            }
            queue.push(c, written);
        }

        @Override
        public void reset() {
            queue = null;
        }

        @Override
        public void sleep(Deadline by) {
            asleep = true;
        }

        @Override
        public void wake() {
            asleep = false;
        }
    }

    static class Good extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler();
        }
    }

    static class ClaimsMoreThanItWrote extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                void answer(Chain c) {
                    queue.push(c, 64);
                }
            };
        }
    }

    static class DropsShortBuffers extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                void answer(Chain c) {
                    if (c.writableBytes() > 0) {
                        super.answer(c);
                    }
                }
            };
        }
    }

    static class TellsNobody extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                void serve() {
                    for (Chain c = queue.pop(); c != null; c = queue.pop()) {
                        answer(c);
                    }
                }
            };
        }
    }

    static class WalksInItsSleep extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                public void sleep(Deadline by) {
                    // Goes on.
                }
            };
        }
    }

    static class RemembersItsQueues extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                public void reset() {
                    // Keeps them.
                }
            };
        }
    }

    static class SignedConfiguration extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                public int readConfig(int offset) {
                    return (byte) (200 + offset);
                }
            };
        }
    }

    static class OffersVersionOne extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                public long features() {
                    return 1L << 32;
                }
            };
        }
    }

    static class DiesOfAnEmptyQueue extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                void serve() {
                    answer(queue.pop());
                    super.serve();
                }
            };
        }
    }

    static class SleepsOverItsRequests extends VirtioModelLaws {
        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            return new Filler() {
                @Override
                void answer(Chain c) {
                    disk.submit(new BlockOperation(BlockOperation.Kind.FLUSH, 0, 0, null, e -> context.io().post(() -> super.answer(c))));
                }
            };
        }
    }

    static class SleepsOnAPoppedChain extends VirtioModelLaws {
        private int made;

        @Override
        protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) {
            boolean first = made++ == 0;
            return new Filler() {
                @Override
                public void sleep(Deadline by) {
                    Chain c = queue.pop();
                    super.sleep(by);
                    if (c != null && first) {
                        queue.unpop(c);
                    }
                }

                @Override
                void serve() {
                    Chain c = queue.pop();
                    if (c != null) {
                        answer(c);
                    }
                    queue.interrupt();
                }
            };
        }
    }

    @Test
    void goodModelsPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenModelsAreRejected() {
        Suites.rejects(ClaimsMoreThanItWrote.class, "everyChainIsAnsweredOnceOrLeftInItsQueue");
        Suites.rejects(DropsShortBuffers.class, "everyChainIsAnsweredOnceOrLeftInItsQueue");
        Suites.rejects(TellsNobody.class, "answersAreFollowedByAnInterrupt");
        Suites.rejects(WalksInItsSleep.class, "anAsleepModelPopsNothing");
        Suites.rejects(RemembersItsQueues.class, "aResetModelForgetsItsQueues");
        Suites.rejects(SignedConfiguration.class, "theConfigurationSpaceIsBytes");
        Suites.rejects(OffersVersionOne.class, "itsShapeIsWithinTheBoundsOfVirtio");
        Suites.rejects(DiesOfAnEmptyQueue.class, "kicksWithoutChainsAreHarmless");
        Suites.rejects(SleepsOverItsRequests.class, "itDoesNotSleepWithRequestsInFlight");
        Suites.rejects(SleepsOnAPoppedChain.class, "aSuccessorServesWhatTheOldOneLeft");
    }
}
