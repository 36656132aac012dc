package hv.app.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Console;
import hv.app.internal.ConsoleScript.Ended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain input at the console of a guest that, as Linux does, throws away what was typed before it asked. */
@Timeout(180)
class ConsoleScriptTest {
    private static final String PROMPT = "$ ";
    private static final Duration PATIENCE = Duration.ofMillis(600);

    private final Guest guest = new Guest();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    /** A shell that flushes its input at each prompt: "end" ends the machine, "read" takes lines without a prompt up to one with a dot. */
    private static final class Guest implements Console, Console.Session {
        private static final byte[] END = new byte[0];
        final BlockingQueue<byte[]> output = new LinkedBlockingQueue<>();
        final StringBuffer taken = new StringBuffer();
        final StringBuffer lost = new StringBuffer();
        private final StringBuilder line = new StringBuilder();
        private boolean asks;
        private boolean reads;

        synchronized void ask() {
            asks = true;
            print(PROMPT);
        }

        void print(String text) {
            output.add(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Session attach() {
            return this;
        }

        @Override
        public int read(byte[] into, int offset, int lenBytes, long timeoutNanos) throws InterruptedException {
            byte[] next = output.poll(timeoutNanos, TimeUnit.NANOSECONDS);
            if (next == null || next == END) {
                return next == null ? 0 : -1;
            }
            System.arraycopy(next, 0, into, offset, next.length);
            return next.length;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int lenBytes) {
            for (int i = offset; i < offset + lenBytes; i++) {
                char c = (char) bytes[i];
                if (!asks) {
                    lost.append(c);
                } else if (c != '\n') {
                    line.append(c);
                } else {
                    obey(line.toString());
                    line.setLength(0);
                }
            }
        }

        private void obey(String said) {
            taken.append(said).append('\n');
            if (reads) {
                reads = !said.equals(".");
                if (!reads) {
                    print("read\n" + PROMPT);
                }
                return;
            }
            asks = false;
            print(said + "\n");
            switch (said) {
                case "end" -> output.add(END);
                case "read" -> {
                    asks = true;
                    reads = true;
                }
                case "wait" -> {
                    // prompts only when the test says so
                }
                default -> ask();
            }
        }

        @Override
        public void resize(int columns, int rows) {
        }

        @Override
        public void close() {
        }
    }

    private Ended play(InputStream in, OutputStream out) throws Exception {
        return new ConsoleScript(guest, InputPieces.of(in), new PrintStream(out, false, StandardCharsets.UTF_8), PATIENCE).play();
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatWasThereBeforeTheFirstPromptIsTypedAtTheFirstPrompt() throws Exception {
        guest.print("booting\n");
        Thread boot = Thread.ofPlatform().daemon().start(() -> {
            java.util.concurrent.locks.LockSupport.parkNanos(400_000_000);
            guest.ask();
        });
        assertEquals(Ended.MACHINE, play(text("one\ntwo\nend\n"), shown));
        boot.join();
        assertEquals("", guest.lost.toString());
        assertEquals("one\ntwo\nend\n", guest.taken.toString());
        assertEquals("booting\n$ one\n$ two\n$ end\n", shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theEndOfTheInputIsTheEndOnceTheGuestPromptsAgain() throws Exception {
        guest.ask();
        assertEquals(Ended.INPUT, play(text("one\n"), shown));
        assertEquals("one\n", guest.taken.toString());
        assertEquals("$ one\n$ ", shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void emptyInputEndsNothing() throws Exception {
        guest.ask();
        Thread end = Thread.ofPlatform().daemon().start(() -> {
            java.util.concurrent.locks.LockSupport.parkNanos(1_500_000_000);
            guest.print("goes on\n");
            guest.output.add(Guest.END);
        });
        assertEquals(Ended.MACHINE, play(text(""), shown));
        end.join();
        assertTrue(shown.toString(StandardCharsets.UTF_8).endsWith("goes on\n"));
    }

    @Test
    void aProgramThatReadsWithoutAPromptGetsItsLinesAndTheShellTheRest() throws Exception {
        guest.ask();
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            data.append("line ").append(i).append('\n');
        }
        assertEquals(Ended.MACHINE, play(text("read\n" + data + ".\nend\n"), shown));
        assertEquals("read\n" + data + ".\nend\n", guest.taken.toString());
        assertEquals("", guest.lost.toString());
    }

    @Test
    void whoWaitsForWhatTheGuestSaysIsTypedAtOnce() throws Exception {
        guest.ask();
        try (PipedOutputStream driver = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(driver, 1 << 16)) {
            ByteArrayOutputStream seen = new ByteArrayOutputStream() {
                private boolean answered;

                @Override
                public synchronized void write(byte[] bytes, int offset, int lenBytes) {
                    super.write(bytes, offset, lenBytes);
                    answer();
                }

                @Override
                public synchronized void write(int b) {
                    super.write(b);
                    answer();
                }

                private void answer() {
                    if (!answered && toString(StandardCharsets.UTF_8).contains("[Y/n] ")) {
                        answered = true;
                        try {
                            driver.write("end\n".getBytes(StandardCharsets.UTF_8));
                            driver.flush();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                }
            };
            driver.write("one\n".getBytes(StandardCharsets.UTF_8));
            driver.flush();
            Thread asking = Thread.ofPlatform().daemon().start(() -> {
                while (guest.taken.indexOf("one") < 0) {
                    Thread.onSpinWait();
                }
                guest.print("Go on? [Y/n] ");
            });
            long from = System.nanoTime();
            assertEquals(Ended.MACHINE, new ConsoleScript(guest, InputPieces.of(in), new PrintStream(seen, false, StandardCharsets.UTF_8), Duration.ofSeconds(50)).play());
            assertTrue(System.nanoTime() - from < 20_000_000_000L);
            asking.join();
            assertEquals("one\nend\n", guest.taken.toString());
        }
    }

    @Test
    void whoReadsNoMoreEndsIt() throws Exception {
        guest.ask();
        assertEquals(Ended.HANG_UP, play(text("wait\n"), new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the reader has gone");
            }
        }));
    }
}
