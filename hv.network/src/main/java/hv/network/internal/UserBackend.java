package hv.network.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.net.spi.NetContext;
import hv.api.net.spi.OpenConnection;
import hv.api.part.PartException;
import hv.api.state.StateException;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's network for one guest, without privileges, through a {@link Passt} of its own. When that ends, or hangs, another is started and the guest
 * sees its link go and come back; its connections through it are over, as they are in a restored machine.
 */
final class UserBackend extends StreamWire {
    private static final long HUNG_NANOS = 10_000_000_000L;
    private static final long END_MILLIS = 2_000;

    private final List<String> options;
    private final String searchPath;
    private volatile ProcessHandle process;

    UserBackend(String path, List<String> options, int mtu, String searchPath, NetContext context) throws PartException {
        super(path, mtu, context);
        this.options = options;
        this.searchPath = searchPath;
    }

    @Override
    String name() {
        return "user (" + Passt.PROGRAM + ")";
    }

    @Override
    public void open() throws HvException {
        try {
            openedWith(start());
        } catch (IOException e) {
            throw new SpecException("network user: " + reason(e), e);
        }
    }

    private SocketChannel start() throws IOException {
        Path program = Passt.find(searchPath);
        if (program == null) {
            throw new IOException("needs the program " + Passt.PROGRAM + ", which is not here; install it (apt install " + Passt.PROGRAM + "), or use --net none");
        }
        Passt.Running running = Passt.start(program, options, this::isStopping);
        process = running.process();
        process.onExit().thenRun(this::nudge);
        return running.channel();
    }

    @Override
    SocketChannel connect() throws IOException {
        return start();
    }

    @Override
    void ended() {
        ProcessHandle p = process;
        process = null;
        if (p != null) {
            // One that hangs does not see that its client is gone. Until it has ended it holds the forwarded ports, which the next one is to open.
            p.destroyForcibly();
            try {
                p.onExit().get(END_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                context.report(Passt.PROGRAM + " (process " + p.pid() + ") does not end, and keeps its ports");
            }
        }
    }

    @Override
    String trouble() {
        ProcessHandle p = process;
        return p == null || p.isAlive() ? null : Passt.PROGRAM + " has ended";
    }

    @Override
    long hungAfterNanos() {
        return HUNG_NANOS;
    }

    @Override
    List<Channel> others() {
        return List.of();
    }

    @Override
    List<ProcessHandle> processes() {
        ProcessHandle p = process;
        return p == null ? List.of() : List.of(p);
    }

    @Override
    void adopt(OpenConnection from) throws StateException {
        if (from.channels().size() != 1 || from.processes().size() > 1) {
            throw new StateException(name() + ": takes its own process, not " + from.processes());
        }
        process = from.processes().isEmpty() ? null : from.processes().getFirst();
        if (process != null) {
            process.onExit().thenRun(this::nudge);
        }
    }

    @Override
    void disown() {
        process = null;
    }
}
