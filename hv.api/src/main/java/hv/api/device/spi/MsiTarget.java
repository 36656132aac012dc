package hv.api.device.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** A device that takes message-signalled interrupts, of kind {@link hv.api.part.PartKind#INTERRUPT_CONTROLLER}: an IMSIC. */
@ConsumerType
public interface MsiTarget extends Device {
    /**
     * A message came; any thread, several at once, never blocks. A vCPU's store of 32 bits into the region comes as {@link #write} and means the same.
     *
     * @param offset from the region's start, a multiple of 4
     * @param data   of the message
     */
    void message(long offset, int data);
}
