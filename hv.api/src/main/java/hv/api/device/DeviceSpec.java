package hv.api.device;

import java.util.List;
import java.util.Map;

/**
 * A device of a machine, as the board lays it out.
 *
 * @param path       place in the machine, e.g. "uart0", "virtio0"; see {@link hv.api.state.PartId}
 * @param type       factory type, e.g. "uart16550", "virtio-mmio"
 * @param gpa        first register's address
 * @param sizeBytes  size of the register region
 * @param irq        number of its line at the interrupt controller, 0 for none
 * @param properties what else the type needs: "model" = "virtio-blk"
 * @param backends   what is behind it, in the order that its model knows; empty for most
 */
public record DeviceSpec(String path, String type, long gpa, long sizeBytes, int irq, Map<String, String> properties, List<BackendSpec> backends) {
    public DeviceSpec {
        properties = Map.copyOf(properties);
        backends = List.copyOf(backends);
    }

    /** A device with nothing behind it. */
    public DeviceSpec(String path, String type, long gpa, long sizeBytes, int irq, Map<String, String> properties) {
        this(path, type, gpa, sizeBytes, irq, properties, List.of());
    }

    /** A property, or the default. */
    public String property(String name, String otherwise) {
        return properties.getOrDefault(name, otherwise);
    }
}
