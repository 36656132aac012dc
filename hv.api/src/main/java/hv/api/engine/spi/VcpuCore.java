package hv.api.engine.spi;

import hv.api.state.Stateful;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * An engine's side of one vCPU. Its state is the canonical one of the ISA ({@link hv.api.riscv.HartState}, {@link hv.api.x86.X86State}).
 * {@code run} is called on one host thread at a time, not always the same; {@code kick}, {@code request} and {@code setInterrupt} on any.
 */
@ConsumerType
public interface VcpuCore extends Stateful {
    /** Canonical registers, the exit's completion included once it is committed. While out of the guest only. */
    Registers registers();

    /** The one exit object of this vCPU. */
    Exit exit();

    /**
     * Commits the completion of the last exit, then runs until something leaves the guest or the budget is spent; the reason is in {@link #exit()}.
     * Allocates nothing. A guest's fault is never an exception.
     */
    void run(Budget budget);

    /** Commits the completion of the last exit without running: registers and state are exact afterwards. */
    void commit();

    /** The exit's instruction is to be run again from its start: forget the completion (Next.RETRY). */
    void retry();

    /** A run that is under way ends with a Kicked exit soon; one that begins after the kick and before the kick is consumed ends at once. */
    void kick();

    /**
     * FLUSH_TLB and FENCE_I take effect before the next guest instruction of a core that is out of the guest; INTERRUPT makes it evaluate timers and
     * lines. For a core in the guest: within the engine's declared latency, {@link #acknowledged} tells when.
     *
     * @return a ticket for {@link #acknowledged}
     */
    long request(Request request);

    /** Whether the request with this ticket, and all before it, has taken effect. Any thread. */
    boolean acknowledged(long ticket);

    /** Sets the level of an interrupt line (RISC-V: bit number in sip). Any thread. */
    void setInterrupt(int line, boolean level);

    /** Whether a parked vCPU has a reason to go on: an interrupt that ends WFI is pending (evaluates timers). Any thread. */
    boolean wantsToRun();

    /** Guest instructions retired since creation or as restored; 0 where the engine cannot tell. Out of the guest only. */
    long instructionsRetired();

    /** To the reset state; asleep or out of the guest. */
    void reset();
}
