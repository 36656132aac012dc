package hv.api.engine.spi;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * An interrupt controller inside an engine, in the place of {@link hv.api.device.spi.InterruptController} and {@link hv.api.device.spi.MsiTarget}.
 * Its state is part of {@link Engine#shared}. Any thread, never blocks.
 */
@ConsumerType
public interface EngineInterrupts {
    /** Most input lines, so lines are 0 .. this - 1. Constant. */
    int lines();

    /** Level of an input line (x86: global system interrupt). Also called after a restore, for every line that is or was high, whatever the state says. */
    void input(int irq, boolean high);

    /** A message-signalled interrupt: a store of 32 bits. One to an address that the controller does not answer is lost, as on a bus. */
    void message(long gpa, int data);
}
