package hv.shell.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TypeAheadTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private long nowNanos = -5;
    private final TypeAhead ahead = new TypeAhead(() -> nowNanos);

    private void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ahead.printed(bytes, bytes.length);
    }

    private void quietFor(long nanos) {
        nowNanos += nanos;
        ahead.printed(new byte[0], 0);
    }

    private void type(String keys) {
        byte[] bytes = keys.getBytes(StandardCharsets.US_ASCII);
        ahead.typed(bytes, bytes.length);
    }

    @Test
    void keysWaitUntilTheGuestPromptsAndIsQuiet() {
        type("uname -a\r");
        print("[    0.1] booting\r\n[    0.2] mounted: ");
        quietFor(TypeAhead.QUIET_NANOS - 1);
        assertFalse(ahead.passes(), "it may go on with its line");
        print("sda\r\n");
        quietFor(SECOND_NANOS);
        assertFalse(ahead.passes());
        print("web login: ");
        assertFalse(ahead.passes());
        quietFor(TypeAhead.QUIET_NANOS);
        assertTrue(ahead.passes());
        print("root\r\nworking ...\r\n");
        assertTrue(ahead.passes(), "for good");
    }

    @Test
    void aLineEditorThatAsksForTheCursorListensAtOnce() {
        print("~ # ");
        assertFalse(ahead.passes());
        print("\u001b[6n");
        assertTrue(ahead.passes());
    }

    @Test
    void aBootLoaderThatAsksForAKeyGetsItWhileItAsks() {
        for (String countdown : new String[] {"Hit any key to stop autoboot:  2 ", "\b\b\b 1 "}) {
            print(countdown);
            assertFalse(ahead.passes());
            quietFor(TypeAhead.QUIET_NANOS);
            assertTrue(ahead.passes(), countdown);
        }
        print("\b\b\b 0 \r\nLoading the key ring ...");
        assertFalse(ahead.passes());
        quietFor(SECOND_NANOS);
        assertFalse(ahead.passes());
    }

    @Test
    void controlCharactersAreMeantAtOnce() {
        for (String key : new String[] {"\u0003", "\u0004", "\u001a", "\u001b[A", "abc\u001c"}) {
            TypeAhead fresh = new TypeAhead(() -> nowNanos);
            byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
            fresh.typed(bytes, bytes.length - 1);
            assertEquals(bytes.length > 1 && bytes[0] == 0x1b, fresh.passes(), "only what was typed counts");
            fresh.typed(bytes, bytes.length);
            assertTrue(fresh.passes(), key);
        }
        type("no\rcontrol\n\t\b\u007f characters");
        ahead.typed(new byte[] {(byte) 0xc3, (byte) 0xa4}, 2);
        assertFalse(ahead.passes());
    }

    @Test
    void aGuestThatSaysNothingListensInTheEnd() {
        quietFor(TypeAhead.FIRST_PATIENCE_SECONDS * SECOND_NANOS - 1);
        assertFalse(ahead.passes());
        print("x\r\n");
        quietFor(TypeAhead.PATIENCE_SECONDS * SECOND_NANOS - 1);
        assertFalse(ahead.passes());
        quietFor(1);
        assertTrue(ahead.passes());
        TypeAhead mute = new TypeAhead(() -> nowNanos);
        nowNanos += TypeAhead.FIRST_PATIENCE_SECONDS * SECOND_NANOS;
        mute.printed(new byte[0], 0);
        assertTrue(mute.passes());
    }
}
