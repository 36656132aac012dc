package hv.virtio.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The suite rejects queues that are broken in one way each; here, since the testkit has no transport to break. */
class RingLawsTest {
    /** A queue that does what the one behind it does. */
    private static class Through implements VirtQueue {
        final VirtQueue behind;

        Through(VirtQueue behind) {
            this.behind = behind;
        }

        @Override
        public int index() {
            return behind.index();
        }

        @Override
        public boolean isReady() {
            return behind.isReady();
        }

        @Override
        public Chain pop() {
            return behind.pop();
        }

        @Override
        public void push(Chain chain, long writtenBytes) {
            behind.push(chain, writtenBytes);
        }

        @Override
        public void pushTogether(Chain[] chains, long[] writtenBytes, int count) {
            behind.pushTogether(chains, writtenBytes, count);
        }

        @Override
        public void unpop(Chain chain) {
            behind.unpop(chain);
        }

        @Override
        public void interrupt() {
            behind.interrupt();
        }
    }

    /** Not found by name: these classes are samples. */
    static class LosesLengths extends PackedQueueTest {
        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public void push(Chain chain, long writtenBytes) {
                    super.push(chain, 0);
                }
            };
        }
    }

    static class NeverInterrupts extends SplitQueueTest {
        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public void interrupt() {
                    // The driver waits.
                }
            };
        }
    }

    static class InterruptsBeforeItAnswers extends PackedQueueTest {
        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public void push(Chain chain, long writtenBytes) {
                    behind.interrupt();
                    super.push(chain, writtenBytes);
                }

                @Override
                public void interrupt() {
                    // Too late.
                }
            };
        }
    }

    static class AnswersTogetherTheWrongWayRound extends PackedQueueTest {
        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public void pushTogether(Chain[] chains, long[] writtenBytes, int count) {
                    for (int i = count - 1; i >= 0; i--) {
                        behind.push(chains[i], writtenBytes[i]);
                    }
                }
            };
        }
    }

    static class ForgetsWhatIsGivenBack extends SplitQueueTest {
        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public void unpop(Chain chain) {
                    // Gone.
                }
            };
        }
    }

    static class StopsAfterOneChain extends PackedQueueTest {
        private boolean popped;

        @Override
        protected VirtQueue lent(VirtQueue queue) {
            return new Through(queue) {
                @Override
                public Chain pop() {
                    popped = !popped;
                    return popped ? super.pop() : null;
                }
            };
        }
    }

    @Test
    void brokenQueuesAreRejected() {
        rejects(LosesLengths.class, "chainsOfAllLengthsAreAnsweredInAnyOrderWhileOthersAreInFlight");
        rejects(NeverInterrupts.class, "withoutEventIndexTheFlagSuppressesInterrupts");
        rejects(InterruptsBeforeItAnswers.class, "withEventIndexTheDriverIsInterruptedOnlyWhereItAsked");
        rejects(AnswersTogetherTheWrongWayRound.class, "chainsAnsweredTogetherAreSeenTogether");
        rejects(ForgetsWhatIsGivenBack.class, "severalChainsGoBackInTheOrderInWhichTheyCame");
        rejects(StopsAfterOneChain.class, "aModelThatHeldTheWholeRingIsKickedForWhatComesNext");
    }

    private static void rejects(Class<?> sample, String law) {
        int[] ran = new int[1];
        Set<String> broken = new TreeSet<>();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectMethod(sample, law)).build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        ran[0] += test.isTest() ? 1 : 0;
                        if (test.isTest() && result.getStatus() != TestExecutionResult.Status.SUCCESSFUL
                                && test.getSource().orElseThrow() instanceof MethodSource source) {
                            broken.add(source.getMethodName());
                        }
                    }
                });
        assertEquals(1, ran[0], "there is no law " + law);
        assertTrue(broken.contains(law), "the suite does not reject " + sample.getSimpleName() + " in law " + law);
    }
}
