package hv.gdb;

import hv.api.HvException;
import hv.api.machine.Machine;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The servers of this platform, at most one a machine. A service; without a framework found through {@link java.util.ServiceLoader}. */
@ProviderType
public interface GdbServers {
    /**
     * Opens a server, or returns the one that is open at that address.
     *
     * @param address where it listens; null for {@link GdbAddress#USUAL} or, if that is taken, any free port of the loopback
     * @param hold    the machine is held from now on, until a debugger has come and let it go on
     * @throws HvException the address is taken, the machine has a server at another, or it cannot be debugged; one line that says what to do
     */
    GdbServer open(Machine machine, GdbAddress address, boolean hold) throws HvException;

    /** The machine's server, or null. */
    GdbServer of(Machine machine);

    List<GdbServer> servers();

    /**
     * Writes an ELF file with the names of the kernel's functions and variables: from the kernel's own table in guest RAM, else from the kernel's file.
     *
     * @param list a System.map or a copy of /proc/kallsyms to take them from instead; null for none
     * @return how many there are, and from where
     * @throws HvException there is no table, or the file cannot be written
     */
    Symbols symbols(Machine machine, Path file, Path list) throws HvException;

    /** What {@link #symbols} wrote. */
    record Symbols(int count, String source) { }
}
