package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A backend as models see it: it stays while backends are replaced behind it. Which kind it is, is that of the {@link BackendSpec} at the same place of
 * {@link DeviceSpec#backends}; see {@link hv.api.block.spi.BlockBackend.Front}.
 */
@ProviderType
public interface BackendFront {
}
