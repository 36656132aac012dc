package hv.api.riscv.spi;

import hv.api.device.spi.MsiTarget;
import org.osgi.annotation.versioning.ConsumerType;

/** The incoming MSI controllers of all harts at one privilege level, as one device. */
@ConsumerType
public interface Imsic extends MsiTarget {
    /** Whether its files are those of machine level, else of supervisor level. Constant. */
    boolean isMachineLevel();

    /** The file of a hart, 0 .. vCPUs-1. Always the same object. */
    InterruptFile file(int hart);
}
