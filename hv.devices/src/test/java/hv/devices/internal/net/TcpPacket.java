package hv.devices.internal.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Packets as drivers make them, and a checksum written apart from the code under test. */
final class TcpPacket {
    static final int FLAGS = 0x98 | 1;   // CWR, ACK, PSH, FIN

    private TcpPacket() {
    }

    /** A header and a TCP packet of so much payload, to be segmented. */
    static byte[] offloaded(boolean six, int payload, int mss) {
        byte[] frame = frame(six, payload, false);
        int transport = six ? 54 : 34;
        return withHeader(frame, 1, six ? NetLayout.GSO_TCPV6 : NetLayout.GSO_TCPV4, mss, transport, 16);
    }

    static byte[] withHeader(byte[] frame, int flags, int gso, int size, int start, int offset) {
        ByteBuffer b = ByteBuffer.allocate(NetLayout.HEADER_BYTES + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) flags).put((byte) gso).putShort((short) 0).putShort((short) size).putShort((short) start).putShort((short) offset).putShort((short) 0);
        return b.put(frame).array();
    }

    /** An Ethernet frame with TCP or UDP, its checksum left at the pseudo header's sum, as a driver leaves it. */
    static byte[] frame(boolean six, int payload, boolean udp) {
        int l4 = udp ? 8 : 20;
        ByteBuffer b = ByteBuffer.allocate(14 + (six ? 40 : 20) + l4 + payload);
        b.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) (six ? 0x86dd : 0x800));
        int network = b.position();
        if (six) {
            b.putInt(0x6000_0000).putShort((short) (l4 + payload)).put((byte) (udp ? 17 : 6)).put((byte) 64);
            for (int i = 0; i < 32; i++) {
                b.put((byte) (7 * i + 1));
            }
        } else {
            b.put((byte) 0x45).put((byte) 0).putShort((short) (20 + l4 + payload)).putShort((short) 0xfffe).putShort((short) 0x4000).put((byte) 64)
                    .put((byte) (udp ? 17 : 6)).putShort((short) 0).putInt(0x0a00_0001).putInt(0x0a00_0002);
            int at = network;
            b.putShort(at + 10, (short) ~sum(b.array(), at, 20, 0));
        }
        int transport = b.position();
        if (udp) {
            b.putShort((short) 1000).putShort((short) 2000).putShort((short) (8 + payload)).putShort((short) 0);
        } else {
            b.putShort((short) 1000).putShort((short) 2000).putInt(0xffff_fc00).putInt(77).put((byte) 0x50).put((byte) FLAGS).putShort((short) 500).putShort((short) 0)
                    .putShort((short) 0);
        }
        for (int i = 0; i < payload; i++) {
            b.put((byte) (i * 31 + (i >> 8)));
        }
        b.putShort(transport + (udp ? 6 : 16), (short) pseudo(b.array(), network, six, udp, l4 + payload));
        return b.array();
    }

    private static int pseudo(byte[] f, int network, boolean six, boolean udp, int len) {
        return sum(f, network + (six ? 8 : 12), six ? 32 : 8, (udp ? 17 : 6) + len);
    }

    /** Whether the transport's checksum, and that of an IPv4 header, is right. */
    static boolean isIntact(byte[] f, boolean udp) {
        boolean six = f[12] != 8;
        int transport = six ? 54 : 34;
        int pseudo = pseudo(f, 14, six, udp, f.length - transport);
        return sum(f, transport, f.length - transport, pseudo) == 0xffff && (six || sum(f, 14, 20, 0) == 0xffff);
    }

    static int sum(byte[] b, int from, int len, int start) {
        long s = start;
        for (int i = 0; i < len; i++) {
            s += (long) (b[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (s > 0xffff) {
            s = (s >>> 16) + (s & 0xffff);
        }
        return (int) s;
    }
}
