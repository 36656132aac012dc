package hv.snapshot;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.machine.Machine;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** Files of saved machines. A service; without a framework found through {@link java.util.ServiceLoader}. */
@ProviderType
public interface Snapshots {
    /**
     * Saves a machine; it stands still meanwhile and goes on afterwards if it was running. The file appears whole or not at all, readable by its
     * owner only, and replaces an older snapshot of that name. Interrupting the thread ends the saving.
     *
     * @throws HvException it could not be saved or written; nothing is left behind, the machine goes on
     */
    void save(Machine machine, Path file, Progress progress) throws HvException;

    /**
     * Opens a snapshot, and reads and checks all but its RAM, which is checked as it is read.
     *
     * @throws HvException no such file, not a snapshot, or damaged; the line says where
     */
    SavedMachine open(Path file) throws HvException;
}
