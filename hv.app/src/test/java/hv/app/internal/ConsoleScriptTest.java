package hv.app.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConsoleScriptTest {
    @Test
    void promptsAreKnown() {
        for (String prompt : new String[] {"tiny> ", "\r\n/ # ", "root@debian:~# \u001b[6n", "login: ", "user@host:~$ ", "\u001b[32mroot\u001b[0m# ", "Proceed? "}) {
            assertTrue(ConsoleScript.isPrompt(prompt), prompt);
        }
    }

    @Test
    void finishedLinesAreNoPrompts() {
        for (String text : new String[] {"", "\n", "root@debian:~# uname -a\r\n", "[    0.1] Loading", "cost: 5 $\n"}) {
            assertFalse(ConsoleScript.isPrompt(text), text);
        }
    }
}
