package hv.itest;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sits at a guest's console as a person would: waits for what it prints, types, and keeps the whole transcript. One thread. */
final class GuestDriver implements AutoCloseable {
    private final Console.Session session;
    private final StringBuilder transcript = new StringBuilder();
    private final byte[] buffer = new byte[1 << 16];
    private int seen;

    GuestDriver(Machine machine) throws HvException {
        session = machine.console().attach();
    }

    /** Waits for text behind what was expected before; fails with the transcript's end after the time. */
    String expect(String text, int seconds) throws InterruptedException {
        return expect(Pattern.compile(Pattern.quote(text)), seconds).group();
    }

    Matcher expect(Pattern pattern, int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (;;) {
            Matcher m = pattern.matcher(transcript);
            if (m.find(seen)) {
                seen = m.end();
                return m;
            }
            long left = end - System.nanoTime();
            if (left <= 0 || !readMore(left)) {
                throw new AssertionError("the guest did not print \"" + pattern + "\" " + (left <= 0 ? "within " + seconds + " s" : "before it ended")
                        + "; it printed:\n" + transcript.substring(Math.max(0, transcript.length() - 3000)));
            }
        }
    }

    /** Reads what comes until the time is over. */
    String readFor(int millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000L;
        int from = transcript.length();
        while (System.nanoTime() < end && readMore(end - System.nanoTime())) {
            Thread.onSpinWait();
        }
        return transcript.substring(from);
    }

    private boolean readMore(long nanos) throws InterruptedException {
        int n = session.read(buffer, 0, buffer.length, Math.max(1, nanos));
        if (n > 0) {
            transcript.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        return n >= 0;
    }

    void type(String line) throws InterruptedException {
        byte[] b = (line + "\n").getBytes(StandardCharsets.UTF_8);
        session.write(b, 0, b.length);
    }

    /** Types a command and waits for the prompt that follows; returns what was printed in between. */
    String run(String command, String prompt, int seconds) throws InterruptedException {
        int from = seen;
        type(command);
        expect(prompt, seconds);
        return transcript.substring(from, seen);
    }

    String transcript() {
        return transcript.toString();
    }

    Console.Session session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }
}
