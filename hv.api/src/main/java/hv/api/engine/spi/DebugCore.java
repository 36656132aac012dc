package hv.api.engine.spi;

import hv.api.debug.StopPoints;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A core that a debugger can stop. What is here is no part of its state: a restored core has no stop points, and is given them anew by the machine.
 * All calls while out of the guest.
 */
@ConsumerType
public interface DebugCore extends VcpuCore {
    /**
     * Stop points from now on, instead of those before. {@code run} then ends with {@link hv.api.vcpu.ExitView.Debug} before the instruction, also if that
     * is the one it would begin with. Reset and restore leave them as they are. Without any, {@code run} costs what it cost before.
     */
    void stopAt(StopPoints points);

    /**
     * As {@code run} for one instruction: no breakpoint stops it, a watchpoint does; no interrupt is taken before it. An instruction that traps is
     * done. Ends with SliceEnd once it is done, or with the exit that it needs.
     */
    void step();

    /** Where this vCPU finds an address now, permissions aside and without setting accessed bits; -1 if nowhere. */
    long translate(long va);
}
