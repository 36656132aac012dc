package hv.api.pci.spi;

import hv.api.device.spi.Device;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A function on the PCI bus: a device whose registers lie where the guest puts its BARs. Accesses to them come as {@link #read} and {@link #write} with
 * {@link PciWindow#offset}. Its place is the property {@link #PLACE} of its specification, whose region is empty.
 */
@ConsumerType
public interface PciFunction extends Device {
    /** Property of a device's specification: its number on the bus, 1 .. 31. */
    String PLACE = "pci-device";

    /** vCPU threads, one at a time, as for registers. @return zero-extended; 0 beyond what it has */
    long readConfig(int offset, int widthBytes);

    /** vCPU threads, one at a time. */
    void writeConfig(int offset, int widthBytes, long value);

    /**
     * What it decodes at present: nothing while memory accesses are off in its command register. Any thread, no locks. It announces changes by
     * {@link hv.api.pci.PciBus#windowsChanged}; after a restore the host asks by itself.
     */
    List<PciWindow> windows();
}
