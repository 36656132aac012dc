package hv.shell.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.gdb.GdbAddress;
import hv.gdb.GdbServer;
import hv.gdb.GdbServers;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command that lets gdb at a machine. */
@Component(service = GdbCommands.class, property = {"osgi.command.scope=hv", "osgi.command.function=gdb"})
public final class GdbCommands {
    private static final String NONE = "";

    private final Hypervisor hypervisor;
    private final GdbServers servers;

    @Activate
    public GdbCommands(@Reference Hypervisor hypervisor, @Reference GdbServers servers) {
        this.hypervisor = hypervisor;
        this.servers = servers;
    }

    @Descriptor("the gdb servers that are open")
    public List<GdbServer> gdb() {
        return Rows.of(servers.servers(), "none: hv:gdb MACHINE opens one").text("MACHINE", GdbServer::machine).text("ADDRESS", GdbServer::address)
                .text("DEBUGGER", s -> s.isConnected() ? "connected" : "none").text("LAST", GdbServer::lastEnd);
    }

    @Descriptor("opens a server for gdb at a machine, and says what to type; the machine runs on until gdb connects")
    public void gdb(CommandSession session,
            @Descriptor("where it listens: PORT, HOST:PORT or unix:PATH (default: 1234 at the loopback, or any free port)") @Parameter(names = {"--listen", "-l"}, absentValue = NONE) String listen,
            @Descriptor("holds the machine now, until gdb has come") @Parameter(names = {"--hold"}, presentValue = "true", absentValue = "false") boolean hold,
            @Descriptor("closes the server; the machine goes on without breakpoints") @Parameter(names = {"--off"}, presentValue = "true", absentValue = "false") boolean off,
            @Descriptor("writes the kernel's symbols to this file, for gdb to read") @Parameter(names = {"--symbols", "-s"}, absentValue = NONE) String symbols,
            @Descriptor("takes the symbols from this System.map or copy of /proc/kallsyms") @Parameter(names = {"--map"}, absentValue = NONE) String map,
            @Descriptor("name of the machine") String machine) throws HvException {
        Machine found = hypervisor.machine(machine);
        Path folder = HvCommands.folder(session);
        PrintStream out = session.getConsole();
        if (off) {
            GdbServer open = servers.of(found);
            if (open == null) {
                throw new SpecException("machine " + machine + " has no gdb server");
            }
            open.close();
            out.println("hv: the gdb server of " + machine + " is closed");
            return;
        }
        if (!map.isEmpty() && symbols.isEmpty()) {
            throw new SpecException("--map needs --symbols, the file to write");
        }
        GdbServer open = servers.open(found, listen.isEmpty() ? null : GdbAddress.parse(listen, folder), hold);
        String file = "";
        if (!symbols.isEmpty()) {
            Path path = folder.resolve(symbols).toAbsolutePath().normalize();
            GdbServers.Symbols written = servers.symbols(found, path, map.isEmpty() ? null : folder.resolve(map).toAbsolutePath().normalize());
            out.println("hv: " + written.count() + " symbols of " + written.source() + " are in " + path);
            file = " -ex 'symbol-file " + path + "'";
        }
        out.println("hv: " + machine + (hold ? " is held until gdb comes" : " runs on until gdb comes") + ": gdb-multiarch" + file + " -ex 'target remote " + open.address() + "'");
    }
}
