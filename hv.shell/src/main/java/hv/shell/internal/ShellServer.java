package hv.shell.internal;

import hv.shell.protocol.Frames;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.apache.felix.service.command.CommandProcessor;

/**
 * The shell's door: a Unix socket in the state folder. Only its owner may use it: the folder has mode 0700, the socket 0600, and the kernel is asked who
 * is at the other end. At most 16 clients at once.
 */
final class ShellServer implements AutoCloseable {
    /** The longest path a Unix socket can have on every system we know, in bytes. */
    static final int MAX_PATH_BYTES = 103;
    private static final int MAX_CLIENTS = 16;

    private final CommandProcessor processor;
    private final SessionCommands sessions;
    private final Path socket;
    private final Path historyFile;
    private final UserPrincipal owner;
    private final ServerSocketChannel door;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    private ShellServer(CommandProcessor processor, SessionCommands sessions, Path socket, Path historyFile, UserPrincipal owner, ServerSocketChannel door) {
        this.processor = processor;
        this.sessions = sessions;
        this.socket = socket;
        this.historyFile = historyFile;
        this.owner = owner;
        this.door = door;
    }

    /** @param socket in a folder of mode 0700; what lies there is taken for a dead platform's, since the caller holds the folder's lock */
    static ShellServer open(CommandProcessor processor, SessionCommands sessions, Path socket, Path historyFile) throws IOException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw new IOException("the path of the shell's socket is longer than " + MAX_PATH_BYTES + " bytes: " + socket + "; set HV_HOME to a shorter one");
        }
        Path folder = socket.toAbsolutePath().getParent();
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
        if (!permissions.endsWith("------")) {
            throw new IOException("others may enter " + folder + " (" + permissions + "): chmod 700 it");
        }
        Files.deleteIfExists(socket);
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            door.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            ShellServer server = new ShellServer(processor, sessions, socket, historyFile, Files.getOwner(folder), door);
            Thread.ofPlatform().daemon().name("hv-shell-door").start(server::accept);
            return server;
        } catch (IOException e) {
            door.close();
            throw e;
        }
    }

    private void accept() {
        while (door.isOpen()) {
            try {
                SocketChannel client = door.accept();
                clients.add(client);
                Thread.ofPlatform().daemon().name("hv-shell-session").start(() -> serve(client));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                System.err.println("hv: the shell's socket: " + e.getMessage());
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            Frames frames = new Frames(client, new UninterruptedChannel(client));
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            if (!peer.user().equals(owner)) {
                frames.exit(77, "this platform is " + owner.getName() + "'s, and you are " + peer.user().getName());
            } else if (clients.size() > MAX_CLIENTS) {
                frames.exit(75, MAX_CLIENTS + " shells are open: close one");
            } else {
                new ShellSession(processor, sessions, historyFile, frames).serve();
            }
        } catch (IOException e) {
            // the client has gone: its session ended with it
        } finally {
            clients.remove(client);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        Files.deleteIfExists(socket);
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
