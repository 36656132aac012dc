package hv.api.machine;

import hv.api.HvException;
import hv.api.state.StateImage;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Takes a machine that is being saved, in this order: spec, parts, RAM. One thread. An exception ends the saving; the machine goes on. */
@ConsumerType
public interface MachineSink {
    /** @param wasRunning restore is to go on by itself */
    void machine(MachineSpec spec, boolean wasRunning) throws HvException;

    /** A part's state, with the type of its factory and the claims of its handles by name. */
    void part(String path, String type, StateImage state, Map<String, String> claims) throws HvException;

    /** A run of RAM that is not all zero; pages that are never handed out are zero. */
    void ram(long gpa, MemorySegment bytes) throws HvException;
}
