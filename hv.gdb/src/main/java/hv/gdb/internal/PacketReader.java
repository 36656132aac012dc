package hv.gdb.internal;

import java.io.ByteArrayOutputStream;

/**
 * Takes what a debugger sends apart, a byte at a time: packets, acknowledgements, interrupts. The peer is hostile: a packet is bounded, and a byte that
 * cannot be here is told. Source: GDB manual, appendix "Remote Serial Protocol", overview.
 * <pre>
 *   $ payload # checksum     two hexadecimal digits, the sum of the payload's bytes as sent, modulo 256
 *   } x                      in the payload: the byte x ^ 0x20
 *   + -                      the last packet arrived, or did not
 *   03                       interrupt
 * </pre>
 */
final class PacketReader {
    /** What a byte has completed. */
    enum Item { NOTHING, PACKET, ACK, NAK, INTERRUPT, BAD_CHECKSUM, TOO_LONG, NO_PROTOCOL }

    /** Most bytes of a payload, as sent. */
    static final int MAX_BYTES = 0x4000;
    private static final int BETWEEN = 0;
    private static final int PAYLOAD = 1;
    private static final int FIRST_DIGIT = 2;
    private static final int SECOND_DIGIT = 3;

    private final ByteArrayOutputStream payload = new ByteArrayOutputStream(256);
    private int state = BETWEEN;
    private int bytes;
    private int sum;
    private boolean escaped;
    private int digit;

    Item accept(int b) {
        switch (state) {
            case BETWEEN -> {
                return between(b);
            }
            case PAYLOAD -> {
                if (b == '#') {
                    state = FIRST_DIGIT;
                } else if (b == '$') {
                    // The rest of the packet before was lost.
                    begin();
                } else if (++bytes > MAX_BYTES) {
                    state = BETWEEN;
                    return Item.TOO_LONG;
                } else {
                    sum += b;
                    if (b == '}' && !escaped) {
                        escaped = true;
                    } else {
                        payload.write(escaped ? b ^ 0x20 : b);
                        escaped = false;
                    }
                }
                return Item.NOTHING;
            }
            case FIRST_DIGIT -> {
                digit = Character.digit(b, 16);
                state = SECOND_DIGIT;
                return Item.NOTHING;
            }
            default -> {
                state = BETWEEN;
                int low = Character.digit(b, 16);
                return digit >= 0 && low >= 0 && (digit << 4 | low) == (sum & 0xff) && !escaped ? Item.PACKET : Item.BAD_CHECKSUM;
            }
        }
    }

    private Item between(int b) {
        switch (b) {
            case '$' -> {
                begin();
                return Item.NOTHING;
            }
            case '+' -> {
                return Item.ACK;
            }
            case '-' -> {
                return Item.NAK;
            }
            case 3 -> {
                return Item.INTERRUPT;
            }
            default -> {
                return Item.NO_PROTOCOL;
            }
        }
    }

    private void begin() {
        payload.reset();
        state = PAYLOAD;
        bytes = 0;
        sum = 0;
        escaped = false;
    }

    /** After PACKET: what was sent, one char a byte. */
    String payload() {
        return payload.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
