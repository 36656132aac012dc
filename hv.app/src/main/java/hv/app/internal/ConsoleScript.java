package hv.app.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import hv.app.internal.InputPieces.Piece;
import hv.shell.console.PlainOutput;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * Types input that is no terminal (a script, a pipe, a file) at a console, as somebody would who watches it: a guest takes its terminals anew as it boots, and loses
 * what was typed before. Each line goes when
 * <ul>
 * <li>the guest has printed a prompt and is quiet, or asks behind the prompt where the cursor is: then its line editor reads, and is answered first. A prompt is an
 *     unfinished line that ends with one of {@code # $ > : ?}, perhaps with a blank after it;
 * <li>or no other waited when it came, after the first prompt: then its writer may have waited for what the guest said, and means it now;
 * <li>or the guest has printed nothing for a time; then this and all that follow go as fast as the guest takes them, until it prompts again.
 * </ul>
 * Nothing is lost on the way: what the guest's devices do not take waits. Used by one thread.
 */
final class ConsoleScript {
    /** Why it was left. */
    enum Ended {
        /** The machine has ended, and all it printed was shown. */
        MACHINE,
        /** All was typed, and the guest waits at a prompt. */
        INPUT,
        /** Nobody reads any more what the guest prints. */
        HANG_UP
    }

    /** How long a guest that boots may be silent before it is typed at without a prompt. */
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);
    private static final long QUIET_NANOS = 150_000_000L;
    private static final long POLL_NANOS = 50_000_000L;
    /** Ending takes more certainty than typing: a command may pause behind a colon. */
    private static final long LAST_QUIET_NANOS = 1_000_000_000L;

    private final Console console;
    private final InputPieces input;
    private final PrintStream shown;
    private final PlainOutput out;
    private final long patienceNanos;
    /** To the thread that types: the guest may not read, and what it prints must be taken all the same. */
    private final SynchronousQueue<byte[]> typed = new SynchronousQueue<>();

    /** @param patience how long a guest that has prompted once may be silent before it is typed at without a prompt */
    ConsoleScript(Machine machine, InputPieces input, PrintStream out, Duration patience) {
        this(machine.console(), input, out, patience);
    }

    ConsoleScript(Console console, InputPieces input, PrintStream out, Duration patience) {
        this.console = console;
        this.input = input;
        this.shown = out;
        this.out = new PlainOutput(out);
        this.patienceNanos = patience.toNanos();
    }

    /** Types and prints until something ends it. Input that was empty from the start ends nothing. */
    Ended play() throws HvException, InterruptedException, IOException {
        try (Console.Session session = console.attach()) {
            Thread typist = Thread.ofPlatform().daemon().name("hv-console-feeder").start(() -> type(session));
            try {
                return play(session);
            } finally {
                typist.interrupt();
                out.flush();
            }
        }
    }

    private Ended play(Console.Session session) throws InterruptedException, IOException {
        byte[] bytes = new byte[8192];
        long sinceNanos = System.nanoTime();
        boolean prompted = false;
        boolean flows = false;
        while (true) {
            int n = session.read(bytes, 0, bytes.length, flows && input.peek() != null ? 0 : POLL_NANOS);
            if (n < 0) {
                return Ended.MACHINE;
            }
            boolean asks = n > 0 && out.write(bytes, 0, n);
            if (shown.checkError()) {
                return Ended.HANG_UP;
            }
            if (asks) {
                byte[] report = PlainOutput.report();
                session.write(report, 0, report.length);
            }
            if (n > 0) {
                sinceNanos = System.nanoTime();
            }
            long quietNanos = System.nanoTime() - sinceNanos;
            if (quietNanos >= QUIET_NANOS) {
                out.flush();
            }
            boolean atPrompt = asks || out.isAtPrompt() && quietNanos >= QUIET_NANOS;
            prompted |= atPrompt;
            flows = !atPrompt && (flows || quietNanos >= (prompted ? patienceNanos : BOOT_PATIENCE.toNanos()));
            Piece next = input.peek();
            if (next != null && (atPrompt || flows || prompted && next.alone()) && typed.offer(next.bytes(), flows ? POLL_NANOS : 0, TimeUnit.NANOSECONDS)) {
                input.poll();
                out.forget();
                sinceNanos = flows ? sinceNanos : System.nanoTime();
            } else if (next == null && atPrompt && (asks || quietNanos >= LAST_QUIET_NANOS) && input.isUsedUp()) {
                return Ended.INPUT;
            }
        }
    }

    private void type(Console.Session session) {
        try {
            while (true) {
                byte[] bytes = typed.take();
                session.write(bytes, 0, bytes.length);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
