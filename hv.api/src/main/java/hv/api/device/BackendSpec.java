package hv.api.device;

import hv.api.part.PartKind;
import java.util.Map;

/**
 * What is behind a device: where its bytes or frames come from and go to.
 *
 * @param path       place in the machine, e.g. "virtio2/backend", "scsi0/disk1"; see {@link hv.api.state.PartId}
 * @param kind       {@link PartKind#BLOCK_BACKEND} or {@link PartKind#NET_BACKEND}
 * @param type       factory type, e.g. "raw", "user"
 * @param properties what the type needs: "path" = "/disk.img", "read-only" = "true"
 */
public record BackendSpec(String path, PartKind kind, String type, Map<String, String> properties) {
    public BackendSpec {
        if (kind != PartKind.BLOCK_BACKEND && kind != PartKind.NET_BACKEND) {
            throw new IllegalArgumentException(kind + " is no kind of backend");
        }
        properties = Map.copyOf(properties);
    }

    /** A property, or the default. */
    public String property(String name, String otherwise) {
        return properties.getOrDefault(name, otherwise);
    }
}
