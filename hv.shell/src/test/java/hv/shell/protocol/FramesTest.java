package hv.shell.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.shell.protocol.Frames.Exit;
import hv.shell.protocol.Frames.Frame;
import hv.shell.protocol.Frames.Hello;
import hv.shell.protocol.Frames.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();

    private Frames writer() {
        return new Frames(Channels.newChannel(new ByteArrayInputStream(new byte[0])), Channels.newChannel(wire));
    }

    private static Frames reader(byte[] bytes) {
        return new Frames(Channels.newChannel(new ByteArrayInputStream(bytes)), Channels.newChannel(new ByteArrayOutputStream()));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Hello hello = new Hello("xterm-256color", 211, 57, "/home/ä", "hv:run $arg1", List.of("--append", "quiet ö \"x\"", ""));
        Frames writer = writer();
        writer.hello(hello);
        writer.resize(80, 25);
        writer.exit(65, "no such file");
        Frames reader = reader(wire.toByteArray());
        assertEquals(hello, Frames.hello(reader.read().payload()));
        assertArrayEquals(new int[] {80, 25}, Frames.resize(reader.read().payload()));
        assertEquals(new Exit(65, "no such file"), Frames.exit(reader.read().payload()));
        assertNull(reader.read());
    }

    @Test
    void aStreamOfAnyLengthArrivesWhole() throws IOException {
        byte[] bytes = new byte[1_000_003];
        new Random(1).nextBytes(bytes);
        writer().stream(Type.OUTPUT).write(bytes);
        Frames reader = reader(wire.toByteArray());
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (Frame frame = reader.read(); frame != null; frame = reader.read()) {
            assertEquals(Type.OUTPUT, frame.type());
            got.write(frame.payload());
        }
        assertArrayEquals(bytes, got.toByteArray());
    }

    @Test
    void aLengthBeyondTheBoundIsRefused() {
        byte[] frame = {(byte) Type.INPUT.ordinal(), 0, 1, 0, 1};
        assertTrue(assertThrows(IOException.class, () -> reader(frame).read()).getMessage().startsWith("not a frame"));
        byte[] negative = {(byte) Type.INPUT.ordinal(), -1, 0, 0, 0};
        assertThrows(IOException.class, () -> reader(negative).read());
        byte[] unknown = {99, 0, 0, 0, 0};
        assertThrows(IOException.class, () -> reader(unknown).read());
    }

    @Test
    void anotherVersionIsToldWhatToDo() throws IOException {
        writer().hello(new Hello("", 0, 0, "/", "", List.of()));
        byte[] payload = reader(wire.toByteArray()).read().payload();
        payload[0] = 9;
        assertTrue(assertThrows(IOException.class, () -> Frames.hello(payload)).getMessage().contains("restart the platform"));
    }

    @Test
    void damagedFramesEndInAnIoExceptionOnly() throws IOException {
        writer().hello(new Hello("vt100", 1, 2, "/tmp", "help", List.of("a", "b")));
        byte[] whole = wire.toByteArray();
        Random random = new Random(2);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            if (broken.length > 0) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                Frame frame = reader(broken).read();
                if (frame != null) {
                    Frames.hello(frame.payload());
                }
            } catch (IOException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }
}
