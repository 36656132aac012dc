package hv.network.internal;

import hv.api.device.BackendSpec;
import hv.api.part.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A card's options as its user wrote them. What was not asked for by the end is unknown, and refused. */
final class Options {
    static final String LOOPBACK = "127.0.0.1";
    private static final int MTU_MIN = 68;
    /** What {@code sockaddr_un} holds, less the NUL. */
    private static final int UNIX_PATH_BYTES = 107;

    private final String backend;
    private final Map<String, String> values;
    private final Set<String> known = new HashSet<>();

    Options(BackendSpec spec) {
        this.backend = spec.type();
        this.values = spec.properties();
    }

    SettingException wrong(String why) {
        return new SettingException("network " + backend + ": " + why);
    }

    String text(String key, String otherwise) {
        known.add(key);
        return values.getOrDefault(key, otherwise);
    }

    boolean flag(String key, boolean otherwise) throws SettingException {
        return switch (text(key, otherwise ? "on" : "off")) {
            case "on", "true", "yes" -> true;
            case "off", "false", "no" -> false;
            default -> throw wrong(key + "=" + values.get(key) + ": use on or off");
        };
    }

    int number(String key, int otherwise, int min, int max) throws SettingException {
        String text = text(key, null);
        return text == null ? otherwise : number(key, text, min, max);
    }

    int number(String what, String text, int min, int max) throws SettingException {
        try {
            int n = Integer.parseInt(text);
            if (n >= min && n <= max) {
                return n;
            }
        } catch (NumberFormatException e) {
            throw wrong(what + "=" + text + ": use a number from " + min + " to " + max);
        }
        throw wrong(what + "=" + text + ": use a number from " + min + " to " + max);
    }

    int mtu(int otherwise) throws SettingException {
        return number("mtu", otherwise, MTU_MIN, 65_535);
    }

    /** A socket's file. */
    Path path(String key) throws SettingException {
        String text = text(key, null);
        if (text == null) {
            return null;
        }
        try {
            Path p = Path.of(text).toAbsolutePath().normalize();
            if (p.toString().getBytes(StandardCharsets.UTF_8).length > UNIX_PATH_BYTES) {
                throw wrong(key + "=" + text + ": a socket's path has at most " + UNIX_PATH_BYTES + " bytes");
            }
            return p;
        } catch (InvalidPathException e) {
            throw wrong(key + "=" + text + ": is no path");
        }
    }

    /** An address of which the host is loopback unless it was named. @param otherwise what might be given in the port's place, for people */
    InetSocketAddress inet(String hostKey, String portKey, String otherwise) throws SettingException {
        String host = text(hostKey, LOOPBACK);
        int port = number(portKey, -1, 1, 65_535);
        if (port < 0) {
            throw wrong("give it " + portKey + "=" + otherwise);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw wrong(hostKey + "=" + host + ": no such host");
        }
    }

    /** Nothing else may have been given. */
    void end() throws SettingException {
        for (String key : new TreeSet<>(values.keySet())) {
            if (!known.contains(key)) {
                throw wrong("knows no option \"" + key + "\"; it has " + String.join(", ", new TreeSet<>(known)) + ", pcap");
            }
        }
    }
}
