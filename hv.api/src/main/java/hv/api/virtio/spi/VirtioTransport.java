package hv.api.virtio.spi;

import org.osgi.annotation.versioning.ProviderType;

/** A transport as its model sees it. */
@ProviderType
public interface VirtioTransport {
    /** Queue i, 0 .. model's count - 1. */
    VirtQueue queue(int i);

    /** Tells the driver that the configuration space has changed; any thread. */
    void configurationChanged();

    /** The model cannot go on with what the driver did: sets DEVICE_NEEDS_RESET. */
    void needsReset(String why);
}
