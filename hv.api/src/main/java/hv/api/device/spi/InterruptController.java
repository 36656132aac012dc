package hv.api.device.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** A device that takes lines and interrupts vCPUs. */
@ConsumerType
public interface InterruptController extends Device {
    /** Level of an input line; any thread, never blocks. Also called after a restore, for every line that is or was high, whatever the state says. */
    void input(int irq, boolean high);
}
