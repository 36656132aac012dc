package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/** A level-triggered line from a device to an interrupt controller, or from a controller to a vCPU. Any thread, never blocks. Outlives the device's model. */
@ProviderType
public interface InterruptLine {
    void level(boolean high);
}
