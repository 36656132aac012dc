package hv.api.riscv.spi;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * One interrupt file of an IMSIC as its hart reaches it through CSRs: machine level by mireg and mtopei, supervisor level by sireg and stopei. Called
 * within the hart's instructions, one at a time, while messages for the file come on other threads; never blocks, allocates nothing. The line to the hart
 * (9 or 11) follows before the call returns.
 * <p>Source: RISC-V Advanced Interrupt Architecture 1.0, 3.6 to 3.9.
 */
@ConsumerType
public interface InterruptFile {
    int EIDELIVERY = 0x70;
    int EITHRESHOLD = 0x72;
    /** First of 64 registers of pending bits; RV64 has the even ones, with 64 bits each. */
    int EIP0 = 0x80;
    /** First of 64 registers of enable bits, likewise. */
    int EIE0 = 0xc0;

    /**
     * Reads a register, clears bits of it and sets others, at once: no message that comes meanwhile is lost.
     *
     * @param register 0x70 .. 0xff, even above 0x7f; reserved ones read as zero and ignore writes
     * @param clear    bits to clear, before {@code set} is done: all for a plain write, none for a read
     * @return the value before
     */
    long change(int register, long clear, long set);

    /** Value of mtopei or stopei: identity in bits 26..16 and 10..0, 0 if no interrupt is pending, enabled and within the threshold. */
    int top();

    /** As {@link #top}, and clears the pending bit of the identity, at once. */
    int claim();
}
