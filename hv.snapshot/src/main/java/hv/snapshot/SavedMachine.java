package hv.snapshot;

import hv.api.HvException;
import hv.api.machine.MachineSource;
import org.osgi.annotation.versioning.ProviderType;

/** An open snapshot, for {@link hv.api.machine.Hypervisor#restore}. One thread at a time. */
@ProviderType
public interface SavedMachine extends MachineSource, AutoCloseable {
    @Override
    void close() throws HvException;
}
