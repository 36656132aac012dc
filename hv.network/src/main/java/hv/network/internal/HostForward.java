package hv.network.internal;

import hv.api.part.SettingException;

/**
 * A port of the host that leads into the guest: {@code [tcp:|udp:][HOSTADDRESS:]HOSTPORT[:GUESTPORT]}, at the loopback address unless another is named.
 *
 * @param address as passt takes it, without brackets
 */
record HostForward(boolean udp, String address, int hostPort, int guestPort) {
    static HostForward parse(String text, Options options) throws SettingException {
        String rest = text;
        boolean udp = rest.startsWith("udp:");
        if (udp || rest.startsWith("tcp:")) {
            rest = rest.substring(4);
        }
        String address = Options.LOOPBACK;
        if (rest.startsWith("[")) {
            int end = rest.indexOf("]:");
            if (end < 0) {
                throw malformed(text, options);
            }
            address = rest.substring(1, end);
            rest = rest.substring(end + 2);
        } else if (rest.indexOf('.') >= 0 || rest.indexOf(':') != rest.lastIndexOf(':')) {
            int colon = rest.indexOf(':');
            if (colon < 0) {
                throw malformed(text, options);
            }
            address = rest.substring(0, colon);
            rest = rest.substring(colon + 1);
        }
        if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw malformed(text, options);
        }
        String[] ports = rest.split(":", -1);
        if (ports.length > 2) {
            throw malformed(text, options);
        }
        int host = options.number("hostfwd", ports[0], 1, 65_535);
        return new HostForward(udp, address, host, ports.length == 1 ? host : options.number("hostfwd", ports[1], 1, 65_535));
    }

    private static SettingException malformed(String text, Options options) {
        return options.wrong("hostfwd=" + text + ": use [tcp:|udp:][HOSTADDRESS:]HOSTPORT[:GUESTPORT], for example hostfwd=2222:22");
    }

    /** As passt's -t and -u take it. */
    String argument() {
        return address + "/" + hostPort + ":" + guestPort;
    }
}
