package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.device.CharChannel;
import hv.api.machine.Console;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ConsoleHubTest {
    private final ConsoleHub hub = new ConsoleHub();
    private final CharChannel serial = hub.channel("serial", Runnable::run);
    private final CharChannel console = hub.channel("console", Runnable::run);

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static String drain(Console.Session s) throws InterruptedException {
        byte[] b = new byte[1 << 21];
        int n = s.read(b, 0, b.length, 0);
        return new String(b, 0, Math.max(n, 0), StandardCharsets.UTF_8);
    }

    @Test
    void whatWasPrintedBeforeAnybodyCameIsShownToTheFirst() throws Exception {
        serial.write(bytes("boot"), 0, 4);
        try (Console.Session first = hub.attach(); Console.Session second = hub.attach()) {
            assertEquals("boot", drain(first));
            assertEquals("", drain(second));
            console.write(bytes("$ "), 0, 2);
            assertEquals("$ ", drain(first));
            assertEquals("$ ", drain(second));
        }
    }

    @Test
    void aSlowSessionMakesTheGuestWaitAndNothingIsLost() throws Exception {
        byte[] much = new byte[(1 << 20) + 100];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) (i * 31);
        }
        try (Console.Session s = hub.attach()) {
            int taken = serial.write(much, 0, much.length);
            assertEquals(1 << 20, taken);
            int[] roomAgain = {0};
            serial.onEvent(() -> roomAgain[0]++);
            byte[] got = new byte[much.length];
            int n = s.read(got, 0, 1000, 0);
            assertEquals(1000, n);
            assertEquals(1, roomAgain[0]);
            int rest = serial.write(much, taken, much.length - taken);
            assertEquals(100, rest);
            while (n < much.length) {
                n += s.read(got, n, got.length - n, 0);
            }
            assertArrayEquals(much, got);
        }
    }

    @Test
    void withoutSessionsTheOldestOutputGivesWay() throws Exception {
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 'a');
        assertEquals(block.length, serial.write(block, 0, block.length));
        assertEquals(1, serial.write(bytes("z"), 0, 1));
        try (Console.Session s = hub.attach()) {
            String seen = drain(s);
            assertEquals(1 << 20, seen.length());
            assertTrue(seen.endsWith("az"));
        }
    }

    @Test
    void inputGoesToTheVirtioConsoleOnceTheGuestUsesIt() throws Exception {
        byte[] b = new byte[16];
        try (Console.Session s = hub.attach()) {
            s.write(bytes("one"), 0, 3);
            assertEquals(0, console.read(b, 0, 16));
            assertEquals(3, serial.read(b, 0, 16));
            console.write(bytes("# "), 0, 2);
            s.write(bytes("two"), 0, 3);
            assertEquals(0, serial.read(b, 0, 16));
            assertEquals(3, console.read(b, 0, 16));
        }
    }

    @Test
    void inputStaysWithTheVirtioConsoleOverAPause() throws Exception {
        byte[] b = new byte[16];
        console.write(bytes("# "), 0, 2);
        hub.ended(false);
        try (Console.Session s = hub.attach()) {
            s.write(bytes("x"), 0, 1);
            assertEquals(0, serial.read(b, 0, 16));
            assertEquals(1, console.read(b, 0, 16));
            hub.booted();
            s.write(bytes("y"), 0, 1);
            assertEquals(1, serial.read(b, 0, 16));
        }
    }

    @Test
    void aReaderOfAStoppedMachineGetsTheRestAndThenTheEnd() throws Exception {
        Console.Session s = hub.attach();
        serial.write(bytes("bye"), 0, 3);
        hub.ended(true);
        assertEquals("bye", drain(s));
        assertEquals(-1, s.read(new byte[1], 0, 1, 0));
    }

    @Test
    void sessionsAreBounded() throws Exception {
        for (int i = 0; i < 8; i++) {
            hub.attach();
        }
        assertThrows(HvException.class, hub::attach);
    }
}
