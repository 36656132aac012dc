package hv.gdb.internal;

import java.nio.charset.StandardCharsets;

/** The protocol's ways to write things down. Strings hold bytes, one a char. */
final class Packets {
    private Packets() { }

    /** The packet with this payload, as it goes over the wire. */
    static byte[] framed(String payload) {
        StringBuilder s = new StringBuilder(payload.length() + 16).append('$');
        int sum = 0;
        for (int k = 0; k < payload.length(); k++) {
            char c = payload.charAt(k);
            if (c == '}' || c == '#' || c == '$' || c == '*') {
                s.append('}');
                sum += '}';
                c ^= 0x20;
            }
            s.append(c);
            sum += c;
        }
        s.append('#').append(Character.forDigit(sum >> 4 & 15, 16)).append(Character.forDigit(sum & 15, 16));
        return s.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static String hex(byte[] bytes, int lenBytes) {
        return java.util.HexFormat.of().formatHex(bytes, 0, lenBytes);
    }

    static String hex(String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        return hex(b, b.length);
    }

    /** A register's value in guest byte order. */
    static String register(long value) {
        return String.format("%016x", Long.reverseBytes(value));
    }

    /** @throws NumberFormatException it is no register's value in guest byte order */
    static long registerValue(String hex) {
        if (hex.length() != 16) {
            throw new NumberFormatException("a register has 16 digits");
        }
        return Long.reverseBytes(number(hex));
    }

    /** Bytes from digits. @throws NumberFormatException they are none */
    static byte[] bytes(String hex) {
        try {
            return java.util.HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new NumberFormatException(e.getMessage());
        }
    }

    /** A number as the protocol has it, 1 to 16 hexadecimal digits. @throws NumberFormatException it is none */
    static long number(String hex) {
        if (hex.isEmpty() || hex.length() > 16 || hex.charAt(0) == '+' || hex.charAt(0) == '-') {
            throw new NumberFormatException("\"" + hex + "\" is no number");
        }
        return Long.parseUnsignedLong(hex, 16);
    }

    /** A length, count or register number. @throws NumberFormatException it is none, or above {@code most} */
    static int small(String hex, int most) {
        long n = number(hex);
        if (n < 0 || n > most) {
            throw new NumberFormatException(hex + " is above " + most);
        }
        return (int) n;
    }
}
