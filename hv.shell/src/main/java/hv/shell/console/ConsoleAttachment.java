package hv.shell.console;

import hv.api.HvException;
import hv.api.machine.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.utils.NonBlockingInputStream;

/** A terminal, or a pair of plain streams, at a machine's console. Used by one thread at a time. */
public final class ConsoleAttachment {
    /** Ctrl-], which leaves the console. */
    public static final int ESCAPE = 0x1d;
    private static final int CHUNK_BYTES = 8192;
    private static final long POLL_MILLIS = 100;
    /** What is typed or pasted while the guest reads nothing, in chunks: 16 MiB at most, then the terminal waits. */
    private static final int WAITING_CHUNKS = 2048;
    /** How long what was typed before the escape key is given to reach the guest. */
    private static final long LAST_WORDS_MILLIS = 200;

    /** Why the console was left. */
    public enum Ended {
        /** The escape key was typed. */
        ESCAPE,
        /** The machine stopped or was destroyed, and all it printed was shown. */
        MACHINE,
        /** The terminal or the reader of the output has gone. */
        HANG_UP
    }

    private final Console console;
    private final Terminal terminal;
    private final InputStream in;
    private final OutputStream out;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile Ended ended;
    /** From the keys to the guest, which may not read: the escape key must be seen all the same. */
    private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>(WAITING_CHUNKS);
    private final AtomicInteger untaken = new AtomicInteger();
    /** Null where the guest is taken to listen. */
    private volatile TypeAhead ahead;

    /**
     * @param terminal for raw mode and size; null for plain streams, on which no byte is an escape and the end of input does not leave the console
     */
    public ConsoleAttachment(Console console, Terminal terminal, InputStream in, OutputStream out) {
        this.console = console;
        this.terminal = terminal;
        this.in = in;
        this.out = out;
    }

    /** Passes bytes both ways until something ends it. The terminal is then as it was. */
    public Ended attach() throws HvException, InterruptedException {
        return attach(null);
    }

    /** {@link #attach()}, to a guest that boots: what is typed meanwhile waits until the guest listens. */
    public Ended attachToBoot() throws HvException, InterruptedException {
        return attach(new TypeAhead(System::nanoTime));
    }

    private Ended attach(TypeAhead typeAhead) throws HvException, InterruptedException {
        ahead = typeAhead;
        try (Console.Session session = console.attach()) {
            if (terminal == null) {
                return pass(session);
            }
            SignalHandler before = terminal.handle(Signal.WINCH, signal -> resize(session));
            try (RawMode _ = new RawMode(terminal)) {
                resize(session);
                return pass(session);
            } finally {
                terminal.handle(Signal.WINCH, before);
            }
        }
    }

    private void resize(Console.Session session) {
        if (terminal.getWidth() > 0 && terminal.getHeight() > 0) {
            session.resize(terminal.getWidth(), terminal.getHeight());
        }
    }

    private Ended pass(Console.Session session) throws InterruptedException {
        left.set(false);
        ended = null;
        typed.clear();
        untaken.set(0);
        Thread feeder = Thread.ofPlatform().daemon().name("hv-console-feeder").start(() -> feed(session));
        Thread keys = Thread.ofPlatform().daemon().name("hv-console-input").start(() -> type(session));
        try {
            byte[] bytes = new byte[CHUNK_BYTES];
            PlainOutput plain = terminal == null ? new PlainOutput(out) : null;
            while (!left.get()) {
                int n = session.read(bytes, 0, bytes.length, POLL_MILLIS * 1_000_000);
                if (plain != null) {
                    show(plain, bytes, n, session);
                }
                if (ahead != null && n >= 0) {
                    ahead.printed(bytes, n);
                }
                if (n < 0) {
                    leave(Ended.MACHINE);
                } else if (n > 0 && plain == null) {
                    out.write(bytes, 0, n);
                    out.flush();
                }
            }
        } catch (IOException e) {
            leave(Ended.HANG_UP);
        } finally {
            leave(Ended.HANG_UP);
            feeder.interrupt();
            keys.interrupt();
            if (in instanceof NonBlockingInputStream) {
                keys.join();
            }
        }
        return ended;
    }

    /** @param n how many bytes the guest printed; 0 if it is quiet, -1 if it has ended */
    private static void show(PlainOutput plain, byte[] bytes, int n, Console.Session session) throws IOException, InterruptedException {
        if (n <= 0) {
            plain.flush();
        } else if (plain.write(bytes, 0, n)) {
            byte[] report = PlainOutput.report();
            session.write(report, 0, report.length);
        }
    }

    private void leave(Ended why) {
        if (left.compareAndSet(false, true)) {
            ended = why;
        }
    }

    private void type(Console.Session session) {
        byte[] bytes = new byte[CHUNK_BYTES];
        try {
            while (!left.get()) {
                int n = in instanceof NonBlockingInputStream keys ? keys.readBuffered(bytes, POLL_MILLIS) : in.read(bytes);
                if (n == NonBlockingInputStream.READ_EXPIRED || n == 0) {
                    continue;
                }
                if (n < 0) {
                    if (terminal != null) {
                        leave(Ended.HANG_UP);
                    }
                    return;
                }
                int escapeAt = terminal == null ? -1 : indexOfEscape(bytes, n);
                if (ahead != null) {
                    ahead.typed(bytes, escapeAt < 0 ? n : escapeAt);
                }
                untaken.incrementAndGet();
                typed.put(Arrays.copyOf(bytes, escapeAt < 0 ? n : escapeAt));
                if (escapeAt >= 0) {
                    for (long waited = 0; untaken.get() > 0 && waited < LAST_WORDS_MILLIS; waited += 5) {
                        Thread.sleep(5);
                    }
                    leave(Ended.ESCAPE);
                    return;
                }
            }
        } catch (IOException e) {
            leave(Ended.HANG_UP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void feed(Console.Session session) {
        try {
            while (!left.get()) {
                byte[] bytes = typed.take();
                if (ahead != null) {
                    ahead.await();
                }
                session.write(bytes, 0, bytes.length);
                untaken.decrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int indexOfEscape(byte[] bytes, int n) {
        for (int i = 0; i < n; i++) {
            if (bytes[i] == ESCAPE) {
                return i;
            }
        }
        return -1;
    }
}
