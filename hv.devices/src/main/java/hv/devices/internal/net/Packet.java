package hv.devices.internal.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in packets, in network order, and the Internet checksum (RFC 1071). No state; hostile input is the caller's to bound. */
final class Packet {
    static final int ETHERNET_BYTES = 14;
    static final int ETHERTYPE_IP4 = 0x0800;
    static final int ETHERTYPE_IP6 = 0x86dd;
    static final int IP4_BYTES = 20;
    static final int IP6_BYTES = 40;
    static final int TCP_BYTES = 20;
    static final int UDP_BYTES = 8;
    static final int PROTOCOL_TCP = 6;
    static final int PROTOCOL_UDP = 17;
    private static final int TAG_BYTES = 4;
    private static final int TAGS_MAX = 2;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_SERVICE_VLAN = 0x88a8;
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    /** The sum does not depend on the order of bytes but for the order of those of the result (RFC 1071, 2), so words are added as the host has them. */
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW = 0xffff_ffffL;

    private Packet() {
    }

    static int u8(byte[] b, int at) {
        return b[at] & 0xff;
    }

    static int u16(byte[] b, int at) {
        return (short) U16.get(b, at) & 0xffff;
    }

    static int u32(byte[] b, int at) {
        return (int) U32.get(b, at);
    }

    static void put16(byte[] b, int at, int value) {
        U16.set(b, at, (short) value);
    }

    static void put32(byte[] b, int at, int value) {
        U32.set(b, at, value);
    }

    /** Sum of 16-bit words modulo 65535, 0 .. 65535; an odd last byte counts as a word's high half. */
    static int sum(byte[] b, int from, int lenBytes) {
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        int at = from;
        int end = from + lenBytes;
        for (; at + 16 <= end; at += 16) {
            s0 += (int) WORD.get(b, at) & LOW;
            s1 += (int) WORD.get(b, at + 4) & LOW;
            s2 += (int) WORD.get(b, at + 8) & LOW;
            s3 += (int) WORD.get(b, at + 12) & LOW;
        }
        for (; at + 4 <= end; at += 4) {
            s0 += (int) WORD.get(b, at) & LOW;
        }
        int folded = fold(fold32(s0) + fold32(s1) + fold32(s2) + fold32(s3));
        if (SWAP) {
            folded = Short.toUnsignedInt(Short.reverseBytes((short) folded));
        }
        long rest = folded;
        for (; at + 2 <= end; at += 2) {
            rest += u16(b, at);
        }
        if (at < end) {
            rest += (long) u8(b, at) << 8;
        }
        return fold(rest);
    }

    private static long fold32(long s) {
        return (s >>> 32) + (s & LOW);
    }

    /** @param sum not negative */
    static int fold(long sum) {
        long s = (sum >>> 32) + (sum & LOW);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        return (int) s;
    }

    /** Where the network header begins: behind the Ethernet header and up to two VLAN tags; the frame's length if that is too short. */
    static int networkOffset(byte[] frame, int from, int lenBytes) {
        int at = from + ETHERNET_BYTES;
        for (int tags = 0; tags < TAGS_MAX && at - from <= lenBytes; tags++) {
            int type = u16(frame, at - 2);
            if (type != ETHERTYPE_VLAN && type != ETHERTYPE_SERVICE_VLAN) {
                return at;
            }
            at += TAG_BYTES;
        }
        return Math.min(at, from + lenBytes);
    }

    /** The VLAN of a tagged frame, 0 .. 4095, or -1. */
    static int vlan(byte[] frame, int from, int lenBytes) {
        return lenBytes >= ETHERNET_BYTES + TAG_BYTES && u16(frame, from + 12) == ETHERTYPE_VLAN ? u16(frame, from + 14) & 0xfff : -1;
    }

    /** Sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1). @param network offset of an IP header whose version was checked */
    static long pseudoHeader(byte[] frame, int network, boolean six, int protocol, int lenBytes) {
        int addresses = six ? sum(frame, network + 8, 32) : sum(frame, network + 12, 8);
        return (long) addresses + protocol + (lenBytes >>> 16) + (lenBytes & 0xffff);
    }

    /**
     * Whether the frame holds a whole TCP segment or UDP datagram whose checksum is right. Fragments, datagrams without a checksum and IPv6
     * extension headers give false: the guest looks itself.
     */
    static boolean checksumHolds(byte[] frame, int from, int lenBytes) {
        int end = from + lenBytes;
        int network = networkOffset(frame, from, lenBytes);
        int left = end - network;
        int type = u16(frame, network - 2);
        int protocol;
        int transport;
        int transportBytes;
        boolean six = type == ETHERTYPE_IP6;
        if (type == ETHERTYPE_IP4 && left >= IP4_BYTES && u8(frame, network) >>> 4 == 4) {
            int header = (u8(frame, network) & 15) * 4;
            int total = u16(frame, network + 2);
            if (header < IP4_BYTES || total < header || total > left || (u16(frame, network + 6) & 0x3fff) != 0) {
                return false;
            }
            protocol = u8(frame, network + 9);
            transport = network + header;
            transportBytes = total - header;
        } else if (six && left >= IP6_BYTES && u8(frame, network) >>> 4 == 6) {
            protocol = u8(frame, network + 6);
            transport = network + IP6_BYTES;
            transportBytes = u16(frame, network + 4);
            if (transportBytes > left - IP6_BYTES) {
                return false;
            }
        } else {
            return false;
        }
        boolean checked = protocol == PROTOCOL_TCP && transportBytes >= TCP_BYTES
                || protocol == PROTOCOL_UDP && transportBytes >= UDP_BYTES && u16(frame, transport + 6) != 0;
        return checked && fold(pseudoHeader(frame, network, six, protocol, transportBytes) + sum(frame, transport, transportBytes)) == 0xffff;
    }
}
