package hv.shell.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainOutputTest {
    private static final String REQUEST = "\u001b[6n";
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PlainOutput output = new PlainOutput(shown);

    private boolean print(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return output.write(bytes, 0, bytes.length);
    }

    private String shown() {
        return shown.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void promptsAreKnown() {
        for (String prompt : new String[] {"tiny> ", "\r\n/ # ", "login: ", "user@host:~$ ", "\u001b[32mroot\u001b[0m# ", "Proceed? "}) {
            assertTrue(PlainOutput.isPrompt(prompt), prompt);
        }
    }

    @Test
    void finishedLinesAreNoPrompts() {
        for (String text : new String[] {"", "\n", "root@debian:~# uname -a\r\n", "[    0.1] Loading", "cost: 5 $\n"}) {
            assertFalse(PlainOutput.isPrompt(text), text);
        }
    }

    @Test
    void theRequestIsNotShownHoweverItIsCut() throws IOException {
        String text = "~ # " + REQUEST;
        for (int cut = 0; cut < text.length(); cut++) {
            shown.reset();
            output.forget();
            assertFalse(print(text.substring(0, cut)), "cut at " + cut);
            assertTrue(print(text.substring(cut)), "cut at " + cut);
            assertEquals("~ # ", shown());
        }
    }

    @Test
    void onlyARequestBehindAPromptAndAtTheEndIsAnswered() throws IOException {
        assertFalse(print("what is " + REQUEST), "no prompt");
        output.forget();
        assertFalse(print("~ # " + REQUEST + "cat notes\r\n"), "something followed");
        output.forget();
        assertFalse(print("~ # "), "not asked");
        output.forget();
        assertFalse(print(REQUEST), "forgotten what was before");
    }

    @Test
    void allElsePassesUnchanged() throws IOException {
        String text = "\u001b[6\u001b[6m \u001b[1;31mred\u001b[0m \u00ff\u0000 \u001b\u001b[66n \u001b[";
        print(text);
        output.flush();
        assertEquals(text, shown());
    }

    @Test
    void whatIsHeldBackIsShownWhenTheGuestIsQuiet() throws IOException {
        print("\u001b");
        assertEquals("", shown());
        output.flush();
        assertEquals("\u001b", shown());
        print("[6n");
        assertEquals(REQUEST, shown(), "the guest was quiet between: these are other bytes");
    }
}
