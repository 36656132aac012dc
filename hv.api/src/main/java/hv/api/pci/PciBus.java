package hv.api.pci;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The machine's PCI bus. The host bridge passes configuration accesses on to the functions in service, functions tell when their windows move. Any vCPU
 * thread; accesses of one function are done one after the other, those of different ones side by side.
 */
@ProviderType
public interface PciBus {
    /** Reads a function's configuration space; all ones where there is none, or it is out of service. */
    long readConfig(int device, int offset, int widthBytes);

    /** Writes one; lost where there is none. */
    void writeConfig(int device, int offset, int widthBytes, long value);

    /** A function's {@link hv.api.pci.spi.PciFunction#windows} are others now: the next access of any vCPU finds them. */
    void windowsChanged();
}
