package hv.shell.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Console;
import hv.shell.console.ConsoleAttachment.Ended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A terminal at a console whose guest gives back what it gets, as a guest's shell does. */
@Timeout(180)
class ConsoleAttachmentTest {
    private final Echo console = new Echo();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    /** Echoes input as output; a byte 0x04 ends it. */
    private static final class Echo implements Console, Console.Session {
        private static final byte[] END = new byte[0];
        final BlockingQueue<byte[]> output = new LinkedBlockingQueue<>();
        private byte[] rest = END;
        volatile String written = "";
        volatile int columns;
        volatile boolean closed;
        volatile boolean reads = true;
        volatile boolean stuck;
        /** So often the guest is looked at in vain before it prompts. */
        volatile int boots;
        volatile boolean early;

        @Override
        public Session attach() {
            return this;
        }

        @Override
        public int read(byte[] into, int offset, int lenBytes, long timeoutNanos) throws InterruptedException {
            if (rest.length == 0) {
                byte[] next = output.poll(timeoutNanos, TimeUnit.NANOSECONDS);
                if (next == null) {
                    if (boots > 0 && --boots == 0) {
                        output.add("\r\n# ".getBytes(StandardCharsets.US_ASCII));
                    }
                    return 0;
                }
                if (next == END) {
                    return -1;
                }
                rest = next;
            }
            int n = Math.min(lenBytes, rest.length);
            System.arraycopy(rest, 0, into, offset, n);
            rest = java.util.Arrays.copyOfRange(rest, n, rest.length);
            return n;
        }

        @Override
        public void write(byte[] bytes, int offset, int lenBytes) throws InterruptedException {
            if (!reads) {
                stuck = true;
                new java.util.concurrent.CountDownLatch(1).await();
            }
            early |= boots > 0;
            if (lenBytes > 0) {
                written += new String(bytes, offset, lenBytes, StandardCharsets.ISO_8859_1);
                output.add(java.util.Arrays.copyOfRange(bytes, offset, offset + lenBytes));
                if (bytes[offset + lenBytes - 1] == 4) {
                    output.add(END);
                }
            }
        }

        @Override
        public void resize(int newColumns, int rows) {
            columns = newColumns;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private LineDisciplineTerminal terminal() throws IOException {
        LineDisciplineTerminal terminal = new LineDisciplineTerminal("test", "xterm", shown, StandardCharsets.UTF_8);
        terminal.setSize(new Size(97, 31));
        return terminal;
    }

    private Ended attach(Terminal terminal) throws Exception {
        return new ConsoleAttachment(console, terminal, terminal.input(), terminal.output()).attach();
    }

    @Test
    void everyByteButTheEscapePassesBothWays() throws Exception {
        LineDisciplineTerminal terminal = terminal();
        byte[] typed = new byte[100_000];
        new Random(4).nextBytes(typed);
        for (int i = 0; i < typed.length; i++) {
            if (typed[i] == ConsoleAttachment.ESCAPE) {
                typed[i] = 3;
            }
        }
        typed[typed.length - 1] = 4;
        Attributes cooked = terminal.getAttributes();
        Thread typist = Thread.ofVirtual().start(() -> {
            while (console.columns == 0) {
                Thread.onSpinWait();
            }
            try {
                terminal.processInputBytes(typed);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(Ended.MACHINE, attach(terminal));
        typist.join();
        assertArrayEquals(typed, shown.toByteArray());
        assertEquals(97, console.columns);
        assertEquals(cooked.toString(), terminal.getAttributes().toString(), "the terminal is as it was");
        assertTrue(console.closed);
    }

    @Test
    void theEscapeLeavesAndWhatFollowsItIsTheShells() throws Exception {
        LineDisciplineTerminal terminal = terminal();
        Thread typist = Thread.ofVirtual().start(() -> {
            while (console.columns == 0) {
                Thread.onSpinWait();
            }
            try {
                terminal.processInputBytes(new byte[] {'l', 's', ConsoleAttachment.ESCAPE});
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(Ended.ESCAPE, attach(terminal));
        typist.join();
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(Attributes.LocalFlag.ICANON, false);
        terminal.setAttributes(raw);
        terminal.processInputBytes(new byte[] {'x'});
        assertEquals('x', terminal.input().read(), "no thread of the console takes it");
    }

    @Test
    void theEscapeLeavesAlsoAGuestThatReadsNothing() throws Exception {
        LineDisciplineTerminal terminal = terminal();
        console.reads = false;
        Thread typist = Thread.ofVirtual().start(() -> {
            while (console.columns == 0) {
                Thread.onSpinWait();
            }
            try {
                terminal.processInputBytes(new byte[] {'l', 's'});
                while (!console.stuck) {
                    Thread.onSpinWait();
                }
                terminal.processInputBytes(new byte[] {'x', ConsoleAttachment.ESCAPE});
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(Ended.ESCAPE, attach(terminal));
        typist.join();
    }

    @Test
    void whatIsTypedWhileTheGuestBootsWaitsForItsPrompt() throws Exception {
        LineDisciplineTerminal terminal = terminal();
        console.boots = 3;
        terminal.processInputBytes(new byte[] {'l', 's'});
        Thread typist = Thread.ofVirtual().start(() -> {
            while (console.columns == 0) {
                Thread.onSpinWait();
            }
            try {
                terminal.processInputBytes(new byte[] {'x', '\r'});
                while (console.written.isEmpty()) {
                    Thread.onSpinWait();
                }
                terminal.processInputBytes(new byte[] {4});
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(Ended.MACHINE, new ConsoleAttachment(console, terminal, terminal.input(), terminal.output()).attachToBoot());
        typist.join();
        assertFalse(console.early, "the guest has not prompted");
        assertEquals("lsx\r\u0004", console.written);
    }

    @Test
    void plainStreamsHaveNoEscapeAndTheirEndDoesNotLeave() throws Exception {
        byte[] bytes = {'a', ConsoleAttachment.ESCAPE, 'b', 4};
        InputStream in = new ByteArrayInputStream(bytes);
        assertEquals(Ended.MACHINE, new ConsoleAttachment(console, null, in, shown).attach());
        assertArrayEquals(bytes, shown.toByteArray());
    }

    @Test
    void onPlainStreamsTheCursorsPlaceIsAnsweredWhereItIsAskedFor() throws Exception {
        console.output.add("~ # \u001b[6n".getBytes(StandardCharsets.US_ASCII));
        InputStream none = InputStream.nullInputStream();
        Thread ending = Thread.ofVirtual().start(() -> {
            while (console.written.isEmpty()) {
                Thread.onSpinWait();
            }
            console.output.add(Echo.END);
        });
        assertEquals(Ended.MACHINE, new ConsoleAttachment(console, null, none, shown).attach());
        ending.join();
        assertEquals("\u001b[1;1R", console.written);
        assertTrue(shown.toString(StandardCharsets.US_ASCII).startsWith("~ # ") && !shown.toString(StandardCharsets.US_ASCII).contains("6n"), "not shown");
    }
}
