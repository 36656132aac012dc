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

    static class Overrunning extends SmallEngine.Core {
        Overrunning(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void run(Budget budget) {
            super.run(new Budget().set(budget.nanos(), budget.instructions() + 1));
        }
    }

    static class OverrunningLaws extends SmallLaws {
        OverrunningLaws() {
            super(Overrunning::new);
        }
    }

    @Test
    void aCoreThatRunsBeyondItsBudgetIsRejected() {
        Suites.rejectsAlone(OverrunningLaws.class, "aBudgetIsExact");
    }

    static class Stumbling extends SmallEngine.Core {
        Stumbling(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        long add(long a, long b, long imm, boolean last) {
            return super.add(a, b, last ? imm * 2 : imm, last);
        }
    }

    static class StumblingLaws extends SmallLaws {
        StumblingLaws() {
            super(Stumbling::new);
        }
    }

    @Test
    void aCoreThatStepsOtherwiseThanItRunsIsRejected() {
        Suites.rejectsAlone(StumblingLaws.class, "oneByOneComesToTheSameAsAtOnce");
    }

    static class KickLosing extends SmallEngine.Core {
        KickLosing(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void run(Budget budget) {
            kicked = false;
            super.run(budget);
        }
    }

    static class KickLosingLaws extends SmallLaws {
        KickLosingLaws() {
            super(KickLosing::new);
        }
    }

    @Test
    void aCoreThatLosesAKickIsRejected() {
        Suites.rejectsAlone(KickLosingLaws.class, "aKickBeforeARunEndsItAtOnceAndOnce");
    }

    static class KickKeeping extends SmallEngine.Core {
        KickKeeping(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        boolean isKicked() {
            return kicked;
        }
    }

    static class KickKeepingLaws extends SmallLaws {
        KickKeepingLaws() {
            super(KickKeeping::new);
        }
    }

    @Test
    void aCoreThatIsKickedForEverIsRejected() {
        Suites.rejectsAlone(KickKeepingLaws.class, "aKickBeforeARunEndsItAtOnceAndOnce");
    }

    static class Deaf extends SmallEngine.Core {
        Deaf(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void run(Budget budget) {
            super.run(new Budget().set(20_000_000, budget.instructions()));
        }

        @Override
        boolean isKicked() {
            return false;
        }
    }

    static class DeafLaws extends SmallLaws {
        DeafLaws() {
            super(Deaf::new);
        }
    }

    @Test
    void aCoreThatDoesNotHearAKickInTheGuestIsRejected() {
        Suites.rejectsAlone(DeafLaws.class, "aKickEndsARunThatIsUnderWay");
    }

    static class Unheeding extends SmallEngine.Core {
        Unheeding(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public boolean acknowledged(long ticket) {
            return super.acknowledged(ticket + 1);
        }
    }

    static class UnheedingLaws extends SmallLaws {
        UnheedingLaws() {
            super(Unheeding::new);
        }
    }

    @Test
    void aCoreThatAcknowledgesNothingIsRejected() {
        Suites.rejectsAlone(UnheedingLaws.class, "requestsAreAcknowledgedForAHartOutOfTheGuest");
    }

    static class TwiceCompleting extends SmallEngine.Core {
        TwiceCompleting(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        void forget() {
            // The next run or commit does it again.
        }
    }

    static class TwiceCompletingLaws extends SmallLaws {
        TwiceCompletingLaws() {
            super(TwiceCompleting::new);
        }
    }

    @Test
    void aCoreThatCompletesTwiceIsRejected() {
        Suites.rejectsAlone(TwiceCompletingLaws.class, "anExitIsCompletedExactlyOnce");
    }

    static class RetryForgetting extends SmallEngine.Core {
        RetryForgetting(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void retry() {
            commit();
        }
    }

    static class RetryForgettingLaws extends SmallLaws {
        RetryForgettingLaws() {
            super(RetryForgetting::new);
        }
    }

    @Test
    void aCoreThatCompletesWhatIsToBeRetriedIsRejected() {
        Suites.rejectsAlone(RetryForgettingLaws.class, "anExitThatIsRetriedComesAgainAsIfItHadNotBeen");
    }

    static class ExitLosing extends SmallEngine.Core {
        ExitLosing(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void sleep(Deadline by) {
            retry();
        }
    }

    static class ExitLosingLaws extends SmallLaws {
        ExitLosingLaws() {
            super(ExitLosing::new);
        }
    }

    @Test
    void aCoreThatSavesAnExitBeforeItsCompletionIsRejected() {
        Suites.rejectsAlone(ExitLosingLaws.class, "aStateSavedAtAnExitGoesOnBehindIt");
    }

    static class ResetResuming extends SmallEngine.Core {
        ResetResuming(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void reset() {
            SmallEngine.Decoded was = pending;
            super.reset();
            pending = was;
        }
    }

    static class ResetResumingLaws extends SmallLaws {
        ResetResumingLaws() {
            super(ResetResuming::new);
        }
    }

    @Test
    void aCoreThatCompletesAcrossAResetIsRejected() {
        Suites.rejectsAlone(ResetResumingLaws.class, "resetForgetsWhatWasUnderWay");
    }

    static class Late extends SmallEngine.Core {
        Late(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        boolean takesInterrupt() {
            return super.takesInterrupt() && retired % 3 == 0;
        }
    }

    static class LateLaws extends SmallLaws {
        LateLaws() {
            super(Late::new);
        }
    }

    @Test
    void aCoreThatTakesAnInterruptLateIsRejected() {
        Suites.rejectsAlone(LateLaws.class, "anInterruptIsTakenAtTheBoundaryWhereItIsPending");
    }

    static class Skipping extends SmallEngine.Core {
        Skipping(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        void trap(boolean interrupt) {
            super.trap(interrupt);
            epc += interrupt ? SmallIsa.BYTES : 0;
        }
    }

    static class SkippingLaws extends SmallLaws {
        SkippingLaws() {
            super(Skipping::new);
        }
    }

    @Test
    void aCoreThatSkipsTheInterruptedInstructionIsRejected() {
        Suites.rejectsAlone(SkippingLaws.class, "aHandlerLeavesNoTraceInTheProgram");
    }

    static class Unmaskable extends SmallEngine.Core {
        Unmaskable(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        boolean takesInterrupt() {
            return line && handler != 0 && !cause;
        }
    }

    static class UnmaskableLaws extends SmallLaws {
        UnmaskableLaws() {
            super(Unmaskable::new);
        }
    }

    @Test
    void aCoreThatTakesADisabledInterruptIsRejected() {
        Suites.rejectsAlone(UnmaskableLaws.class, "aDisabledInterruptStaysPending");
    }

    static class Sleepy extends SmallEngine.Core {
        Sleepy(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public boolean wantsToRun() {
            return false;
        }
    }

    static class SleepyLaws extends SmallLaws {
        SleepyLaws() {
            super(Sleepy::new);
        }
    }

    @Test
    void aCoreThatDoesNotWakeIsRejected() {
        Suites.rejectsAlone(SleepyLaws.class, "aWaitingHartWantsToRunOnceALineRises");
    }

    static class LineForgetting extends SmallEngine.Core {
        LineForgetting(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void wake() {
            super.wake();
            line = false;
        }
    }

    static class LineForgettingLaws extends SmallLaws {
        LineForgettingLaws() {
            super(LineForgetting::new);
        }
    }

    @Test
    void aCoreThatForgetsItsLinesIsRejected() {
        Suites.rejectsAlone(LineForgettingLaws.class, "linesAreSavedWithTheHart");
    }

    static class Stale extends SmallEngine.Core {
        Stale(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        void fence() {
            // As if no code ever changed.
        }
    }

    static class StaleLaws extends SmallLaws {
        StaleLaws() {
            super(Stale::new);
        }
    }

    @Test
    void aCoreThatExecutesStaleCodeBehindAFenceIsRejected() {
        Suites.rejectsAlone(StaleLaws.class, "codeThatTheGuestChangesIsExecutedAfterItsFence");
    }

    static class DeviceBlind extends SmallEngine.Core {
        DeviceBlind(EngineContext context, int index) {
            super(context, index);
        }

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
    }

    static class DeviceBlindLaws extends SmallLaws {
        DeviceBlindLaws() {
            super(DeviceBlind::new);
        }
    }

    @Test
    void aCoreThatFencesItsOwnStoresOnlyIsRejected() {
        Suites.rejectsAlone(DeviceBlindLaws.class, "codeThatADeviceWritesIsExecutedAfterAFence");
    }

    static class RequestBlind extends SmallEngine.Core {
        RequestBlind(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        void fenceByRequest() {
            // Acknowledged all the same.
        }
    }

    static class RequestBlindLaws extends SmallLaws {
        RequestBlindLaws() {
            super(RequestBlind::new);
        }
    }

    @Test
    void aCoreThatFencesNotWhenAskedIsRejected() {
        Suites.rejectsAlone(RequestBlindLaws.class, "codeThatADeviceWritesIsExecutedAfterARequest");
    }

    static class PermissionKeeping extends SmallEngine.Core {
        PermissionKeeping(EngineContext context, int index) {
            super(context, index);
        }

        private final BitSet writable = new BitSet();

        @Override
        void logged(int page) {
            if (!writable.get(page)) {
                super.logged(page);
                writable.set(page);
            }
        }
    }

    static class PermissionKeepingLaws extends SmallLaws {
        PermissionKeepingLaws() {
            super(PermissionKeeping::new);
        }
    }

    @Test
    void aCoreThatKeepsPermissionsToWriteIsRejected() {
        Suites.rejectsAlone(PermissionKeepingLaws.class, "everyPageThatIsWrittenIsLoggedOnceARound");
    }

    static class DataCaching extends SmallEngine.Core {
        DataCaching(EngineContext context, int index) {
            super(context, index);
        }

        private final Map<Long, Long> cached = new HashMap<>();

        @Override
        long load(long gpa) {
            return gpa == GuestCode.DATA + 64 ? cached.computeIfAbsent(gpa, super::load) : super.load(gpa);
        }
    }

    static class DataCachingLaws extends SmallLaws {
        DataCachingLaws() {
            super(DataCaching::new);
        }
    }

    @Test
    void aCoreThatSeesNotWhatADeviceWritesIsRejected() {
        Suites.rejectsAlone(DataCachingLaws.class, "dataThatADeviceWritesIsSeen");
    }

    static class Entangled extends SmallEngine.Core {
        Entangled(EngineContext context, int index) {
            super(context, index);
        }

        private static final long[] SHARED = new long[16];

        @Override
        public void run(Budget budget) {
            r = SHARED;
            super.run(budget);
        }
    }

    static class EntangledLaws extends SmallLaws {
        EntangledLaws() {
            super(Entangled::new);
        }
    }

    @Test
    void aCoreThatSharesRegistersIsRejected() {
        Suites.rejectsAlone(EntangledLaws.class, "hartsShareMemoryAndNothingElse");
    }

    static class CodeSharing extends SmallEngine.Core {
        CodeSharing(EngineContext context, int index) {
            super(context, index);
        }

        private static final Map<Long, SmallEngine.Decoded> SHARED = new HashMap<>();

        @Override
        Map<Long, SmallEngine.Decoded> decoded() {
            return SHARED;
        }

        @Override
        public void wake() {
            // Code that was decoded holds for all machines.
        }
    }

    static class CodeSharingLaws extends SmallLaws {
        CodeSharingLaws() {
            super(CodeSharing::new);
        }
    }

    @Test
    void anEngineThatSharesCodeBetweenMachinesIsRejected() {
        Suites.rejectsAlone(CodeSharingLaws.class, "machinesShareNothing");
    }

    static class HalfRestoring extends SmallEngine.Core {
        HalfRestoring(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            pc = SmallIsa.BYTES;
            super.restore(in);
        }
    }

    static class HalfRestoringLaws extends SmallLaws {
        HalfRestoringLaws() {
            super(HalfRestoring::new);
        }
    }

    @Test
    void aCoreThatChangesBeforeItRefusesIsRejected() {
        Suites.rejectsAlone(HalfRestoringLaws.class, "aRefusedStateLeavesTheEngineUsable");
    }

    static class EpcForgetting extends SmallEngine.Core {
        EpcForgetting(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            super.restore(in);
            epc = 0;
        }
    }

    static class EpcForgettingLaws extends SmallLaws {
        EpcForgettingLaws() {
            super(EpcForgetting::new);
        }
    }

    @Test
    void aCoreThatDoesNotSaveAllIsRejected() {
        Suites.rejectsAlone(EpcForgettingLaws.class, "aRestoredMachineGoesOnAsTheOther");
    }

    static class Uncanny extends SmallEngine.Core {
        Uncanny(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        public void save(StateWriter out) {
            long was = handler;
            handler += SmallIsa.BYTES;
            super.save(out);
            handler = was;
        }
    }

    static class UncannyLaws extends SmallLaws {
        UncannyLaws() {
            super(Uncanny::new);
        }
    }

    @Test
    void aCoreWhoseStateADifferentEngineTakesOtherwiseIsRejected() {
        Suites.rejectsAlone(UncannyLaws.class, "aReplacedEngineGoesOnAsTheOther");
    }

    static class Inexact extends SmallEngine.Core {
        Inexact(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        long multiply(long a, long b) {
            return a < 0 && b < 0 ? -super.multiply(-a, b) + (a & b & 1) : super.multiply(a, b);
        }
    }

    static class InexactLaws extends SmallLaws {
        InexactLaws() {
            super(Inexact::new);
        }
    }

    @Test
    void aTierThatComputesOtherwiseIsRejected() {
        Suites.rejectsAlone(InexactLaws.class, "randomProgramsAgreeAfterEachInstruction");
    }

    static class BlockInexact extends SmallEngine.Core {
        BlockInexact(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        long add(long a, long b, long imm, boolean last) {
            return super.add(a, b, last ? imm : imm & -2, last);
        }
    }

    static class BlockInexactLaws extends SmallLaws {
        BlockInexactLaws() {
            super(BlockInexact::new);
        }
    }

    @Test
    void aTierThatErrsAwayFromTheEndOfItsBudgetIsRejected() {
        Suites.rejectsAlone(BlockInexactLaws.class, "randomProgramsAgreeInBlocks");
    }

    static class InterruptInexact extends SmallEngine.Core {
        InterruptInexact(EngineContext context, int index) {
            super(context, index);
        }

        @Override
        void trap(boolean interrupt) {
            super.trap(interrupt);
            cause = false;
        }
    }

    static class InterruptInexactLaws extends SmallLaws {
        InterruptInexactLaws() {
            super(InterruptInexact::new);
        }
    }

    @Test
    void aTierThatInterruptsOtherwiseIsRejected() {
        Suites.rejectsAlone(InterruptInexactLaws.class, "interruptsAtTheSameInstructionDoTheSame");
    }

    static class Fickle extends SmallEngine.Core {
        Fickle(EngineContext context, int index) {
            super(context, index);
        }

        private static int run;
        private final int mine = run++;

        @Override
        long multiply(long a, long b) {
            return super.multiply(a, b) + mine;
        }
    }

    static class FickleLaws extends SmallLaws {
        FickleLaws() {
            super(Fickle::new);
        }
    }

    @Test
    void aCoreThatDependsOnTheHostIsRejected() {
        Suites.rejectsAlone(FickleLaws.class, "theSameInputGivesTheSame");
    }
}
