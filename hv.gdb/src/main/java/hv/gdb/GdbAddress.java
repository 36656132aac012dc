package hv.gdb;

import hv.api.SpecException;
import java.nio.file.Path;

/**
 * Where a server listens: {@code PORT}, {@code HOST:PORT} or {@code unix:PATH}.
 *
 * @param host of TCP, the loopback unless another is named; null for a Unix socket
 * @param port 1 .. 65535; 0 for any free one
 * @param path of a Unix socket, absolute; null for TCP
 */
public record GdbAddress(String host, int port, Path path) {
    public static final String LOOPBACK = "127.0.0.1";
    public static final GdbAddress USUAL = new GdbAddress(LOOPBACK, 1234, null);
    private static final String UNIX = "unix:";

    /** @param folder where a relative path begins @throws SpecException it is none of the three forms */
    public static GdbAddress parse(String text, Path folder) throws SpecException {
        if (text.startsWith(UNIX) && text.length() > UNIX.length()) {
            return new GdbAddress(null, 0, folder.resolve(text.substring(UNIX.length())).toAbsolutePath().normalize());
        }
        int colon = text.lastIndexOf(':');
        String host = colon > 0 ? text.substring(0, colon) : LOOPBACK;
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535 || colon == 0 && text.length() == 1) {
            throw new SpecException("\"" + text + "\" is no address of a gdb server: use PORT, HOST:PORT or unix:PATH, for example 1234");
        }
        return new GdbAddress(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port), null);
    }

    /** What is typed behind gdb's {@code target remote}. */
    @Override
    public String toString() {
        return path != null ? path.toString() : (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
