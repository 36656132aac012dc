package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a device sends its message-signalled interrupts: a message is a store of 32 bits to an address that a device of the machine answers
 * ({@link hv.api.device.spi.MsiTarget}). Any thread, never blocks. Outlives the device's model.
 * <p>Source: PCI Express Base Specification 6.0, 6.1.4; RISC-V Advanced Interrupt Architecture 1.0, 3.5.
 */
@ProviderType
public interface MsiSink {
    /** Sends one message. One to an address where no target is, or that is not a multiple of 4, is lost, as on a bus. */
    void send(long gpa, int data);
}
