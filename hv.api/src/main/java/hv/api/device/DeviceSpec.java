package hv.api.device;

import java.util.Map;

/**
 * A device of a machine, as the board lays it out.
 *
 * @param path       place in the machine, e.g. "uart0", "virtio0"; see {@link hv.api.state.PartId}
 * @param type       factory type, e.g. "uart16550", "virtio-mmio"
 * @param gpa        first register's address
 * @param sizeBytes  size of the register region
 * @param irq        number of its line at the interrupt controller, 0 for none
 * @param properties what else the type needs: "model" = "virtio-blk", "backend" = "raw", "path" = "/disk.img", "read-only" = "true"
 */
public record DeviceSpec(String path, String type, long gpa, long sizeBytes, int irq, Map<String, String> properties) {
    public DeviceSpec {
        properties = Map.copyOf(properties);
    }

    /** A property, or the default. */
    public String property(String name, String otherwise) {
        return properties.getOrDefault(name, otherwise);
    }
}
