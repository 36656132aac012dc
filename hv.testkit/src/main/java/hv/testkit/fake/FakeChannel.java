package hv.testkit.fake;

import hv.api.device.CharChannel;
import hv.api.device.IoContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** A console whose output room and input the test sets. */
public final class FakeChannel implements CharChannel {
    private final IoContext io;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ArrayDeque<Byte> input = new ArrayDeque<>();
    private int roomBytes = Integer.MAX_VALUE;
    private int columns;
    private int rows;
    private Runnable listener;

    public FakeChannel(IoContext io) {
        this.io = io;
    }

    /** What the device has written so far, as ISO 8859-1. */
    public String output() {
        return written.toString(StandardCharsets.ISO_8859_1);
    }

    public byte[] outputBytes() {
        return written.toByteArray();
    }

    /** Sets how many more bytes are taken, and tells the device. */
    public void setRoom(int bytes) {
        roomBytes = bytes;
        tell();
    }

    /** Types bytes, and tells the device. */
    public void type(byte[] bytes) {
        for (byte b : bytes) {
            input.add(b);
        }
        tell();
    }

    public void type(String text) {
        type(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Input that the device has not taken yet. */
    public int pendingInput() {
        return input.size();
    }

    public void resize(int newColumns, int newRows) {
        columns = newColumns;
        rows = newRows;
        tell();
    }

    public boolean hasListener() {
        return listener != null;
    }

    private void tell() {
        Runnable l = listener;
        if (l != null) {
            io.post(l);
        }
    }

    @Override
    public int write(byte[] bytes, int offset, int lenBytes) {
        int n = Math.min(lenBytes, roomBytes);
        written.write(bytes, offset, n);
        if (roomBytes != Integer.MAX_VALUE) {
            roomBytes -= n;
        }
        return n;
    }

    @Override
    public int read(byte[] bytes, int offset, int lenBytes) {
        int n = Math.min(lenBytes, input.size());
        for (int i = 0; i < n; i++) {
            bytes[offset + i] = input.remove();
        }
        return n;
    }

    @Override
    public void onEvent(Runnable newListener) {
        listener = newListener;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public int rows() {
        return rows;
    }
}
