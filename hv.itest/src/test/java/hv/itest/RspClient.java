package hv.itest;

import hv.gdb.GdbAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A debugger's side of the remote serial protocol, written from the manual and apart from the server's code. One thread. */
final class RspClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RspClient(GdbAddress at) throws IOException {
        socket = new Socket(at.host(), at.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = socket.getInputStream();
    }

    void raw(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** As {@link #raw}; false if the server has hung up already. */
    boolean rawIfListening(String bytes) throws IOException {
        try {
            raw(bytes);
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    void send(String payload) throws IOException {
        int sum = 0;
        for (char c : payload.toCharArray()) {
            sum += c;
        }
        raw("$" + payload + String.format("#%02x", sum & 0xff));
    }

    /** The next reply, acknowledged; null if the server has closed the connection. */
    String reply() throws IOException {
        StringBuilder s = new StringBuilder();
        for (int b; (b = in.read()) >= 0;) {
            if (s.isEmpty() && b != '$') {
                if (b == '-') {
                    return "-";
                }
                continue;
            }
            s.append((char) b);
            if (s.length() > 3 && s.charAt(s.length() - 3) == '#') {
                raw("+");
                return s.substring(1, s.length() - 3);
            }
        }
        return null;
    }

    String ask(String payload) throws IOException {
        send(payload);
        return reply();
    }

    /** A register by its number in the protocol. */
    long register(int n) throws IOException {
        return Long.reverseBytes(Long.parseUnsignedLong((ask("p" + Integer.toHexString(n)) + "00000000").substring(0, 16), 16));
    }

    void interrupt() throws IOException {
        raw("\003");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
