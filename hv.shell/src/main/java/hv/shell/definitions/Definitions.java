package hv.shell.definitions;

import hv.api.HvException;
import hv.api.machine.Hypervisor;
import hv.api.machine.MachineSpec;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The machines that are to be there again after a restart of the platform. A service. Any thread. */
@ProviderType
public interface Definitions {
    /** Keeps a machine's definition, in place of an older one of its name: whole or not at all. */
    void put(MachineSpec spec) throws HvException;

    /** Whether a machine of this name is defined. */
    boolean has(String name);

    /** Forgets a definition; nothing happens if there is none. */
    void remove(String name) throws HvException;

    /**
     * Makes the machines that are defined and not there, CREATED.
     *
     * @return a line for each that could not be made; its definition stays
     */
    List<String> makeAll(Hypervisor hypervisor);
}
