package hv.testkit;

import hv.api.engine.spi.EngineContext;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.Budget;
import hv.testkit.engine.EngineSetup;
import hv.testkit.engine.GuestCode;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Above 400 lines, since each law has a sample that breaks it. */
class EngineLawsTest {
    abstract static class SmallLaws extends EngineLaws {
        private final EngineSetup setup;

        SmallLaws(BiFunction<EngineContext, Integer, SmallEngine.Core> maker) {
            setup = new EngineSetup(getClass().getSimpleName(), new SmallEngine(maker), false, Map.of());
        }

        @Override
        protected EngineSetup setup() {
            return setup;
        }

        @Override
        protected EngineSetup reference() {
            return new EngineSetup("good", new SmallEngine(SmallEngine.Core::new), false, Map.of());
        }

        @Override
        protected GuestCode code() {
            return new SmallIsa();
        }

        @Override
        protected long patienceSeconds() {
            return 2;
        }
    }

    static class GoodLaws extends SmallLaws {
        GoodLaws() {
            super(SmallEngine.Core::new);
        }
    }

    @Test
    void aGoodEngineIsAccepted() {
        Suites.accepts(GoodLaws.class);
    }

    static class Overrunning extends SmallLaws {
        Overrunning() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void run(Budget budget) {
                    super.run(new Budget().set(budget.nanos(), budget.instructions() + 1));
                }
            });
        }
    }

    @Test
    void aCoreThatRunsBeyondItsBudgetIsRejected() {
        Suites.rejectsAlone(Overrunning.class, "aBudgetIsExact");
    }

    static class Stumbling extends SmallLaws {
        Stumbling() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                long add(long a, long b, long imm, boolean last) {
                    return super.add(a, b, last ? imm * 2 : imm, last);
                }
            });
        }
    }

    @Test
    void aCoreThatStepsOtherwiseThanItRunsIsRejected() {
        Suites.rejectsAlone(Stumbling.class, "oneByOneComesToTheSameAsAtOnce");
    }

    static class KickLosing extends SmallLaws {
        KickLosing() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void run(Budget budget) {
                    kicked = false;
                    super.run(budget);
                }
            });
        }
    }

    @Test
    void aCoreThatLosesAKickIsRejected() {
        Suites.rejectsAlone(KickLosing.class, "aKickBeforeARunEndsItAtOnceAndOnce");
    }

    static class KickKeeping extends SmallLaws {
        KickKeeping() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                boolean isKicked() {
                    return kicked;
                }
            });
        }
    }

    @Test
    void aCoreThatIsKickedForEverIsRejected() {
        Suites.rejectsAlone(KickKeeping.class, "aKickBeforeARunEndsItAtOnceAndOnce");
    }

    static class Deaf extends SmallLaws {
        Deaf() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void run(Budget budget) {
                    super.run(new Budget().set(20_000_000, budget.instructions()));
                }

                @Override
                boolean isKicked() {
                    return false;
                }
            });
        }
    }

    @Test
    void aCoreThatDoesNotHearAKickInTheGuestIsRejected() {
        Suites.rejectsAlone(Deaf.class, "aKickEndsARunThatIsUnderWay");
    }

    static class Unheeding extends SmallLaws {
        Unheeding() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public boolean acknowledged(long ticket) {
                    return super.acknowledged(ticket + 1);
                }
            });
        }
    }

    @Test
    void aCoreThatAcknowledgesNothingIsRejected() {
        Suites.rejectsAlone(Unheeding.class, "requestsAreAcknowledgedForAHartOutOfTheGuest");
    }

    static class TwiceCompleting extends SmallLaws {
        TwiceCompleting() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                void forget() {
                    // The next run or commit does it again.
                }
            });
        }
    }

    @Test
    void aCoreThatCompletesTwiceIsRejected() {
        Suites.rejectsAlone(TwiceCompleting.class, "anExitIsCompletedExactlyOnce");
    }

    static class RetryForgetting extends SmallLaws {
        RetryForgetting() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void retry() {
                    commit();
                }
            });
        }
    }

    @Test
    void aCoreThatCompletesWhatIsToBeRetriedIsRejected() {
        Suites.rejectsAlone(RetryForgetting.class, "anExitThatIsRetriedComesAgainAsIfItHadNotBeen");
    }

    static class ExitLosing extends SmallLaws {
        ExitLosing() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void sleep(Deadline by) {
                    retry();
                }
            });
        }
    }

    @Test
    void aCoreThatSavesAnExitBeforeItsCompletionIsRejected() {
        Suites.rejectsAlone(ExitLosing.class, "aStateSavedAtAnExitGoesOnBehindIt");
    }

    static class ResetResuming extends SmallLaws {
        ResetResuming() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void reset() {
                    SmallEngine.Decoded was = pending;
                    super.reset();
                    pending = was;
                }
            });
        }
    }

    @Test
    void aCoreThatCompletesAcrossAResetIsRejected() {
        Suites.rejectsAlone(ResetResuming.class, "resetForgetsWhatWasUnderWay");
    }

    static class Late extends SmallLaws {
        Late() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                boolean takesInterrupt() {
                    return super.takesInterrupt() && retired % 3 == 0;
                }
            });
        }
    }

    @Test
    void aCoreThatTakesAnInterruptLateIsRejected() {
        Suites.rejectsAlone(Late.class, "anInterruptIsTakenAtTheBoundaryWhereItIsPending");
    }

    static class Skipping extends SmallLaws {
        Skipping() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                void trap(boolean interrupt) {
                    super.trap(interrupt);
                    epc += interrupt ? SmallIsa.BYTES : 0;
                }
            });
        }
    }

    @Test
    void aCoreThatSkipsTheInterruptedInstructionIsRejected() {
        Suites.rejectsAlone(Skipping.class, "aHandlerLeavesNoTraceInTheProgram");
    }

    static class Unmaskable extends SmallLaws {
        Unmaskable() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                boolean takesInterrupt() {
                    return line && handler != 0 && !cause;
                }
            });
        }
    }

    @Test
    void aCoreThatTakesADisabledInterruptIsRejected() {
        Suites.rejectsAlone(Unmaskable.class, "aDisabledInterruptStaysPending");
    }

    static class Sleepy extends SmallLaws {
        Sleepy() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public boolean wantsToRun() {
                    return false;
                }
            });
        }
    }

    @Test
    void aCoreThatDoesNotWakeIsRejected() {
        Suites.rejectsAlone(Sleepy.class, "aWaitingHartWantsToRunOnceALineRises");
    }

    static class LineForgetting extends SmallLaws {
        LineForgetting() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void wake() {
                    super.wake();
                    line = false;
                }
            });
        }
    }

    @Test
    void aCoreThatForgetsItsLinesIsRejected() {
        Suites.rejectsAlone(LineForgetting.class, "linesAreSavedWithTheHart");
    }

    static class Stale extends SmallLaws {
        Stale() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                void fence() {
                    // As if no code ever changed.
                }
            });
        }
    }

    @Test
    void aCoreThatExecutesStaleCodeBehindAFenceIsRejected() {
        Suites.rejectsAlone(Stale.class, "codeThatTheGuestChangesIsExecutedAfterItsFence");
    }

    static class DeviceBlind extends SmallLaws {
        DeviceBlind() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private long storedTo;

                @Override
                void store(long gpa, long value) {
                    super.store(gpa, value);
                    storedTo = gpa;
                }

                @Override
                void fence() {
                    decoded().remove(storedTo & -SmallIsa.BYTES);
                }
            });
        }
    }

    @Test
    void aCoreThatFencesItsOwnStoresOnlyIsRejected() {
        Suites.rejectsAlone(DeviceBlind.class, "codeThatADeviceWritesIsExecutedAfterAFence");
    }

    static class RequestBlind extends SmallLaws {
        RequestBlind() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                void fenceByRequest() {
                    // Acknowledged all the same.
                }
            });
        }
    }

    @Test
    void aCoreThatFencesNotWhenAskedIsRejected() {
        Suites.rejectsAlone(RequestBlind.class, "codeThatADeviceWritesIsExecutedAfterARequest");
    }

    static class PermissionKeeping extends SmallLaws {
        PermissionKeeping() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private final BitSet writable = new BitSet();

                @Override
                void logged(int page) {
                    if (!writable.get(page)) {
                        super.logged(page);
                        writable.set(page);
                    }
                }
            });
        }
    }

    @Test
    void aCoreThatKeepsPermissionsToWriteIsRejected() {
        Suites.rejectsAlone(PermissionKeeping.class, "everyPageThatIsWrittenIsLoggedOnceARound");
    }

    static class DataCaching extends SmallLaws {
        DataCaching() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private final Map<Long, Long> cached = new HashMap<>();

                @Override
                long load(long gpa) {
                    return gpa == GuestCode.DATA + 64 ? cached.computeIfAbsent(gpa, super::load) : super.load(gpa);
                }
            });
        }
    }

    @Test
    void aCoreThatSeesNotWhatADeviceWritesIsRejected() {
        Suites.rejectsAlone(DataCaching.class, "dataThatADeviceWritesIsSeen");
    }

    static class Entangled extends SmallLaws {
        Entangled() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private static final long[] SHARED = new long[16];

                @Override
                public void run(Budget budget) {
                    r = SHARED;
                    super.run(budget);
                }
            });
        }
    }

    @Test
    void aCoreThatSharesRegistersIsRejected() {
        Suites.rejectsAlone(Entangled.class, "hartsShareMemoryAndNothingElse");
    }

    static class CodeSharing extends SmallLaws {
        CodeSharing() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private static final Map<Long, SmallEngine.Decoded> SHARED = new HashMap<>();

                @Override
                Map<Long, SmallEngine.Decoded> decoded() {
                    return SHARED;
                }

                @Override
                public void wake() {
                    // Code that was decoded holds for all machines.
                }
            });
        }
    }

    @Test
    void anEngineThatSharesCodeBetweenMachinesIsRejected() {
        Suites.rejectsAlone(CodeSharing.class, "machinesShareNothing");
    }

    static class HalfRestoring extends SmallLaws {
        HalfRestoring() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void restore(StateReader in) throws StateException {
                    pc = SmallIsa.BYTES;
                    super.restore(in);
                }
            });
        }
    }

    @Test
    void aCoreThatChangesBeforeItRefusesIsRejected() {
        Suites.rejectsAlone(HalfRestoring.class, "aRefusedStateLeavesTheEngineUsable");
    }

    static class EpcForgetting extends SmallLaws {
        EpcForgetting() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void restore(StateReader in) throws StateException {
                    super.restore(in);
                    epc = 0;
                }
            });
        }
    }

    @Test
    void aCoreThatDoesNotSaveAllIsRejected() {
        Suites.rejectsAlone(EpcForgetting.class, "aRestoredMachineGoesOnAsTheOther");
    }

    static class Uncanny extends SmallLaws {
        Uncanny() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                public void save(StateWriter out) {
                    long was = handler;
                    handler += SmallIsa.BYTES;
                    super.save(out);
                    handler = was;
                }
            });
        }
    }

    @Test
    void aCoreWhoseStateADifferentEngineTakesOtherwiseIsRejected() {
        Suites.rejectsAlone(Uncanny.class, "aReplacedEngineGoesOnAsTheOther");
    }

    static class Inexact extends SmallLaws {
        Inexact() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                long multiply(long a, long b) {
                    return a < 0 && b < 0 ? -super.multiply(-a, b) + (a & b & 1) : super.multiply(a, b);
                }
            });
        }
    }

    @Test
    void aTierThatComputesOtherwiseIsRejected() {
        Suites.rejectsAlone(Inexact.class, "randomProgramsAgreeAfterEachInstruction");
    }

    static class BlockInexact extends SmallLaws {
        BlockInexact() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                long add(long a, long b, long imm, boolean last) {
                    return super.add(a, b, last ? imm : imm & -2, last);
                }
            });
        }
    }

    @Test
    void aTierThatErrsAwayFromTheEndOfItsBudgetIsRejected() {
        Suites.rejectsAlone(BlockInexact.class, "randomProgramsAgreeInBlocks");
    }

    static class InterruptInexact extends SmallLaws {
        InterruptInexact() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                @Override
                void trap(boolean interrupt) {
                    super.trap(interrupt);
                    cause = false;
                }
            });
        }
    }

    @Test
    void aTierThatInterruptsOtherwiseIsRejected() {
        Suites.rejectsAlone(InterruptInexact.class, "interruptsAtTheSameInstructionDoTheSame");
    }

    static class Fickle extends SmallLaws {
        Fickle() {
            super((context, index) -> new SmallEngine.Core(context, index) {
                private static int run;
                private final int mine = run++;

                @Override
                long multiply(long a, long b) {
                    return super.multiply(a, b) + mine;
                }
            });
        }
    }

    @Test
    void aCoreThatDependsOnTheHostIsRejected() {
        Suites.rejectsAlone(Fickle.class, "theSameInputGivesTheSame");
    }
}
