package hv.shell.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a guest prints, for a reader that is no terminal: without the request for the cursor's place ({@code ESC [ 6 n}, ECMA-48 DSR), which a line editor such as
 * busybox's sends behind each prompt and which no file or pipe answers. Knows whether the guest is at a prompt. Used by one thread.
 */
public final class PlainOutput {
    private static final byte[] REQUEST = {0x1b, '[', '6', 'n'};
    private static final byte[] REPORT = "\u001b[1;1R".getBytes(StandardCharsets.US_ASCII);
    private static final int TAIL_CHARS = 256;

    private final OutputStream out;
    private final StringBuilder tail = new StringBuilder();
    /** How many bytes of a request have come at the end of what was printed; they are held back. */
    private int held;
    private boolean asked;

    public PlainOutput(OutputStream out) {
        this.out = out;
    }

    /** The answer to the request: the cursor is in the first column, as where nothing is shown it may be. A new array. */
    public static byte[] report() {
        return REPORT.clone();
    }

    /**
     * Passes on what the guest printed.
     *
     * @return true if the guest has printed a prompt, then the request, and nothing since: its line editor reads, and an answer cannot reach another program
     */
    public boolean write(byte[] bytes, int offset, int lenBytes) throws IOException {
        for (int i = offset; i < offset + lenBytes; i++) {
            byte b = bytes[i];
            if (b != REQUEST[held]) {
                release();
            }
            if (b == REQUEST[held]) {
                held++;
                if (held == REQUEST.length) {
                    held = 0;
                    asked = true;
                }
            } else {
                pass(b);
            }
        }
        out.flush();
        return asked && held == 0 && isPrompt(tail);
    }

    /** The guest is quiet or has ended: what was held back was no request. */
    public void flush() throws IOException {
        release();
        out.flush();
    }

    /** Whether what was printed last is a prompt. */
    public boolean isAtPrompt() {
        return isPrompt(tail);
    }

    /** Whether what was printed last is an unfinished line that asks for a key, as boot loaders do: {@code Hit any key to stop autoboot:  2}. */
    boolean isAtKey() {
        return lastLine(tail).matches("(?is).*\\b(any|a) key\\b.*");
    }

    /** Forgets what was printed, so that only what comes is looked at. */
    public void forget() {
        tail.setLength(0);
        asked = false;
    }

    private void release() throws IOException {
        int n = held;
        held = 0;
        for (int i = 0; i < n; i++) {
            pass(REQUEST[i]);
        }
    }

    private void pass(byte b) throws IOException {
        out.write(b);
        asked = false;
        if (tail.length() == 2 * TAIL_CHARS) {
            tail.delete(0, TAIL_CHARS);
        }
        tail.append((char) (b & 0xff));
    }

    /**
     * Whether this is how a prompt ends: an unfinished line that ends with one of {@code # $ > : ?}, perhaps with blanks after it. Escape sequences (colours) are
     * left out of the account.
     */
    static boolean isPrompt(CharSequence printed) {
        String line = lastLine(printed);
        return !line.isEmpty() && "#$>:?".indexOf(line.charAt(line.length() - 1)) >= 0;
    }

    /** The unfinished line, without escape sequences and without blanks at its end. */
    private static String lastLine(CharSequence printed) {
        String text = printed.toString().replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
        return text.substring(text.lastIndexOf('\n') + 1).stripTrailing();
    }
}
