package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/** Cryptographically strong random bytes. Any thread. */
@ProviderType
public interface Entropy {
    void fill(byte[] out);
}
