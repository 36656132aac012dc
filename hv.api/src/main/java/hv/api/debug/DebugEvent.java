package hv.api.debug;

/** Why a machine is held. After each but {@link Ended} all vCPUs are out of the guest. */
public sealed interface DebugEvent {
    /** The vCPU that it concerns; for those that concern none, 0. */
    default int vcpu() {
        return 0;
    }

    /** A vCPU is at a breakpoint; the instruction at {@code va} was not executed. */
    record AtBreakpoint(int vcpu, long va) implements DebugEvent { }

    /** A vCPU is at an instruction that would access watched data. {@code va} is the first byte both accessed and watched. */
    record AtWatchpoint(int vcpu, long va, boolean write) implements DebugEvent { }

    /** A vCPU has done its {@link Resume#STEP}. */
    record Stepped(int vcpu) implements DebugEvent { }

    /** {@link DebugSession#interrupt} was asked for. */
    record Interrupted() implements DebugEvent { }

    /** The machine stopped, failed or was destroyed: nothing more will happen in this life of it. */
    record Ended(String reason, boolean failed) implements DebugEvent { }
}
