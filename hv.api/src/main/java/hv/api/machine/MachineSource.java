package hv.api.machine;

import hv.api.HvException;
import hv.api.state.StateImage;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Gives a saved machine back. One thread. What it gives is hostile until checked. */
@ConsumerType
public interface MachineSource {
    MachineSpec spec() throws HvException;

    boolean wasRunning() throws HvException;

    /** All parts by path. */
    Map<String, SavedPart> parts() throws HvException;

    /** Fills all RAM; called once, with zeroed RAM that begins at {@code baseGpa}. */
    void ram(long baseGpa, MemorySegment ram) throws HvException;

    /** A part as it was saved. */
    record SavedPart(String type, StateImage state, Map<String, String> claims) {
    }
}
