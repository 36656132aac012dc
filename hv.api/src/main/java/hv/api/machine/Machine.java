package hv.api.machine;

import hv.api.HvException;
import hv.api.debug.DebugSession;
import hv.api.part.PartInfo;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A virtual machine. Any thread; life-cycle calls of one machine are done one after the other. */
@ProviderType
public interface Machine {
    String name();

    MachineSpec spec();

    MachineState state();

    MachineInfo info();

    /** How many times its grace a guest is given that goes on printing as it powers off. */
    int MOST_GRACES = 6;

    /** Which engine runs it, what that does, and why it was chosen; for people. */
    String engine();

    /** CREATED or STOPPED -> RUNNING: loads the images anew and starts. */
    void start() throws HvException;

    /** RUNNING -> PAUSED: all vCPUs are out, the clock stands. */
    void pause() throws HvException;

    void resume() throws HvException;

    /**
     * Asks the guest to power off (types at its console if it has no other way), and forces it once it has printed nothing for the time, or after
     * {@value #MOST_GRACES} times it: ending its services may take long, and shows. Zero forces at once.
     */
    void stop(Duration grace) throws HvException;

    /** Starts again from its images, whatever the state. */
    void reset() throws HvException;

    /** Waits until it is STOPPED or FAILED, or the time has passed. @return whether it ended */
    boolean awaitEnd(Duration atMost) throws InterruptedException;

    Console console();

    List<ExitCount> exits();

    /** Every part, with the bundle that made it. */
    List<PartInfo> parts();

    /**
     * Replaces a part by one of another bundle's factory, with its state; or rolls back.
     *
     * @param path   of the part
     * @param bundle symbolic name, "name:version" or bundle id of the bundle that offers a factory of the part's kind and type
     */
    ReplaceReport replace(String path, String bundle) throws ReplaceException;

    /** What {@link #set} changes, with the values in force. */
    List<SettingInfo> settings();

    /**
     * Changes what its vCPUs are entitled to, in whatever state it is: "weight", "cap", "priority", "reservation", "affinity" for all of them, and
     * "vcpuN.weight" and so on for one. Also part of {@link #spec} from then on.
     *
     * @throws hv.api.SpecException no such setting, or a value that cannot be; nothing has changed
     */
    void set(String setting, String value) throws HvException;

    /** Its network cards, in order. */
    List<NicInfo> nics();

    /**
     * Plugs a network card's wire in, or pulls it: the guest sees the link go. What is on its way waits.
     *
     * @throws hv.api.SpecException no such card; the line names those there are
     */
    void setLink(String nic, boolean up) throws HvException;

    /**
     * Writes a network card's frames to a file from now on (pcap, read by tcpdump and Wireshark); null ends it. Never holds the guest up: what the
     * file is too slow for is left out and counted.
     *
     * @throws HvException no such card, or the file cannot be written
     */
    void capture(String nic, java.nio.file.Path file) throws HvException;

    /** How long vCPUs stood still in the last replacements, nanoseconds, oldest first, at most 10,000. */
    long[] replaceStops();

    /**
     * Begins a debugger's session; the machine goes on meanwhile.
     *
     * @throws HvException another session is under way, or the engine cannot be debugged; says what to do
     */
    DebugSession debug() throws HvException;

    /** Puts the whole machine down, part by part; it is paused for that and goes on afterwards if it was running. */
    void save(MachineSink sink) throws HvException;
}
