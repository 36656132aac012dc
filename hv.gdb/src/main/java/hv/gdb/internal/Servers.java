package hv.gdb.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.debug.DebugSession;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineState;
import hv.gdb.GdbAddress;
import hv.gdb.GdbServer;
import hv.gdb.GdbServers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The servers, by machine. They end with their machine, and with this bundle; machines then go on. */
@Component
public final class Servers implements GdbServers {
    private final Map<String, MachineServer> servers = new TreeMap<>();
    private final AutoCloseable listening;

    /** Without a framework: who destroys a machine closes its server. */
    public Servers() {
        listening = () -> { };
    }

    @Activate
    public Servers(@Reference Hypervisor hypervisor) {
        listening = hypervisor.listen(new Hypervisor.MachineListener() {
            @Override
            public void changed(Machine machine, MachineState state) {
                // A stopped machine keeps its server: it may be started again.
            }

            @Override
            public void destroyed(String name) {
                MachineServer gone = take(name);
                if (gone != null) {
                    Thread.ofPlatform().daemon().name("hv-gdb-close-" + name).start(gone::close);
                }
            }
        });
    }

    private synchronized MachineServer take(String name) {
        return servers.remove(name);
    }

    @Override
    public synchronized GdbServer open(Machine machine, GdbAddress address, boolean hold) throws HvException {
        MachineServer open = servers.get(machine.name());
        if (open != null && !open.isOpen()) {
            servers.remove(machine.name());
            open = null;
        }
        if (open != null) {
            if (hold || address != null && !address.equals(open.address())) {
                throw new HvException("machine " + machine.name() + " has a gdb server at " + open.address() + ": close it first");
            }
            return open;
        }
        GdbAddress at = address == null ? GdbAddress.USUAL : address;
        MachineServer server;
        try {
            server = MachineServer.open(machine, at, hold);
        } catch (IOException e) {
            if (address != null || !(e instanceof java.net.BindException)) {
                throw new SpecException("a gdb server cannot listen at " + at + ": " + e.getMessage() + "; use another address, or 0 for any free port", e);
            }
            server = openAnywhere(machine, hold);
        }
        servers.put(machine.name(), server);
        return server;
    }

    private static MachineServer openAnywhere(Machine machine, boolean hold) throws HvException {
        try {
            return MachineServer.open(machine, new GdbAddress(GdbAddress.LOOPBACK, 0, null), hold);
        } catch (IOException e) {
            throw new HvException("a gdb server cannot listen at the loopback: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized GdbServer of(Machine machine) {
        MachineServer open = servers.get(machine.name());
        return open != null && open.isOpen() ? open : null;
    }

    @Override
    public synchronized List<GdbServer> servers() {
        return servers.values().stream().filter(MachineServer::isOpen).<GdbServer>map(s -> s).toList();
    }

    @Override
    public Symbols symbols(Machine machine, Path file, Path list) throws HvException {
        if (list != null) {
            return KernelSymbols.fromList(list).write(file);
        }
        MachineServer open = (MachineServer) of(machine);
        DebugSession session = open == null ? null : open.session();
        if (session != null) {
            return KernelSymbols.of(machine, session).write(file);
        }
        try (DebugSession own = machine.debug()) {
            return KernelSymbols.of(machine, own).write(file);
        }
    }

    @Deactivate
    void stop() throws Exception {
        listening.close();
        List<MachineServer> all;
        synchronized (this) {
            all = List.copyOf(servers.values());
            servers.clear();
        }
        all.forEach(MachineServer::close);
    }
}
