package hv.shell.protocol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes frames. One reader; any number of writers, whose frames do not mix. */
public final class Frames {
    /** Longest payload in bytes. */
    public static final int MAX_PAYLOAD_BYTES = 65_536;
    /** Version of this protocol, first thing in a HELLO. */
    public static final int VERSION = 1;
    private static final int HEADER_BYTES = 5;

    /** What a frame is. */
    public enum Type {
        HELLO, INPUT, RESIZE, EOF, OUTPUT, ERROR, EXIT
    }

    /** One frame as it came. */
    public record Frame(Type type, byte[] payload) {
    }

    /**
     * How a client begins.
     *
     * @param terminalType TERM, or "" where input and output are no terminal
     * @param columns      of the terminal, 0 if there is none
     * @param rows         of the terminal, 0 if there is none
     * @param folder       the client's working folder, an absolute path
     * @param command      to run, or "" for a shell
     * @param arguments    session variables arg1, arg2, ... that the command may name
     */
    public record Hello(String terminalType, int columns, int rows, String folder, String command, List<String> arguments) {
        public Hello {
            arguments = List.copyOf(arguments);
        }

        public boolean hasTerminal() {
            return !terminalType.isEmpty();
        }
    }

    /** @param status exit status; @param message one line for people, or "" */
    public record Exit(int status, String message) {
    }

    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);

    public Frames(ReadableByteChannel in, WritableByteChannel out) {
        this.in = in;
        this.out = out;
    }

    /** The next frame, or null at the end of the stream. @throws IOException also for what is no frame */
    public Frame read() throws IOException {
        header.clear();
        while (header.hasRemaining()) {
            if (in.read(header) < 0) {
                if (header.position() == 0) {
                    return null;
                }
                throw new EOFException("the stream ended within a frame's header");
            }
        }
        header.flip();
        int type = header.get();
        int lenBytes = header.getInt();
        if (type < 0 || type >= Type.values().length || lenBytes < 0 || lenBytes > MAX_PAYLOAD_BYTES) {
            throw new IOException("not a frame: type " + type + ", " + lenBytes + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(lenBytes);
        while (payload.hasRemaining()) {
            if (in.read(payload) < 0) {
                throw new EOFException("the stream ended within a frame");
            }
        }
        return new Frame(Type.values()[type], payload.array());
    }

    public synchronized void write(Type type, byte[] bytes, int offset, int lenBytes) throws IOException {
        if (lenBytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a frame of " + lenBytes + " bytes");
        }
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + lenBytes);
        frame.put((byte) type.ordinal()).putInt(lenBytes).put(bytes, offset, lenBytes).flip();
        while (frame.hasRemaining()) {
            out.write(frame);
        }
    }

    public void write(Type type, byte[] bytes) throws IOException {
        write(type, bytes, 0, bytes.length);
    }

    public void hello(Hello hello) throws IOException {
        write(Type.HELLO, encode(data -> {
            data.writeByte(VERSION);
            data.writeUTF(hello.terminalType());
            data.writeShort(hello.columns());
            data.writeShort(hello.rows());
            text(data, hello.folder());
            text(data, hello.command());
            data.writeShort(hello.arguments().size());
            for (String argument : hello.arguments()) {
                text(data, argument);
            }
        }));
    }

    public void resize(int columns, int rows) throws IOException {
        write(Type.RESIZE, encode(data -> {
            data.writeShort(columns);
            data.writeShort(rows);
        }));
    }

    public void exit(int status, String message) throws IOException {
        String line = message.length() > 8192 ? message.substring(0, 8192) : message;
        write(Type.EXIT, encode(data -> {
            data.writeInt(status);
            text(data, line);
        }));
    }

    public static Hello hello(byte[] payload) throws IOException {
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(payload));
        int version = data.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("the client speaks version " + version + ", the platform version " + VERSION + ": restart the platform with ./hv stop and ./hv start");
        }
        String terminalType = data.readUTF();
        int columns = data.readUnsignedShort();
        int rows = data.readUnsignedShort();
        String folder = text(data);
        String command = text(data);
        int count = data.readUnsignedShort();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arguments.add(text(data));
        }
        return new Hello(terminalType, columns, rows, folder, command, arguments);
    }

    /** @return columns, rows */
    public static int[] resize(byte[] payload) throws IOException {
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(payload));
        return new int[] {data.readUnsignedShort(), data.readUnsignedShort()};
    }

    public static Exit exit(byte[] payload) throws IOException {
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(payload));
        return new Exit(data.readInt(), text(data));
    }

    /** A stream whose bytes go out as frames of the type. */
    public OutputStream stream(Type type) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int lenBytes) throws IOException {
                for (int done = 0; done < lenBytes; done += MAX_PAYLOAD_BYTES) {
                    Frames.this.write(type, bytes, offset + done, Math.min(MAX_PAYLOAD_BYTES, lenBytes - done));
                }
            }
        };
    }

    private static void text(DataOutputStream data, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    private static String text(DataInputStream data) throws IOException {
        int lenBytes = data.readInt();
        if (lenBytes < 0 || lenBytes > data.available()) {
            throw new IOException("a text of " + lenBytes + " bytes in a frame with " + data.available() + " left");
        }
        InputStream part = data;
        return new String(part.readNBytes(lenBytes), StandardCharsets.UTF_8);
    }

    private interface Encoding {
        void to(DataOutputStream data) throws IOException;
    }

    private static byte[] encode(Encoding encoding) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encoding.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
