package hv.devices.internal.net;

/**
 * Carries {@link TxPlan}s out: puts checksums in, and cuts large TCP and UDP packets into those of the connection's size, as a card does
 * (RFC 9293, 3.7.1; RFC 3168, 6.1.2: the congestion window is reported reduced once). No state but the buffer of the segment last made.
 */
final class Segmenter {
    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    private Segmenter() {
    }

    /** Completes the checksum that the driver has begun with its pseudo header. */
    static void checksum(TxPlan plan, byte[] frame, int lenBytes) {
        int sum = ~Packet.sum(frame, plan.checksumFrom, lenBytes - plan.checksumFrom) & 0xffff;
        // For UDP, 0 says that there is none; for the others 0 and 0xffff are the same.
        Packet.put16(frame, plan.checksumAt, sum == 0 ? 0xffff : sum);
    }

    /** Makes segment {@code i}, 0 .. segments - 1, of the frame. @return its length */
    static int segment(TxPlan plan, byte[] frame, int lenBytes, int i, byte[] out) {
        int header = plan.headerBytes;
        int from = header + i * plan.segmentBytes;
        int payload = Math.min(plan.segmentBytes, lenBytes - from);
        int len = header + payload;
        System.arraycopy(frame, 0, out, 0, header);
        System.arraycopy(frame, from, out, header, payload);
        int network = plan.network;
        if (plan.six) {
            Packet.put16(out, network + 4, len - network - Packet.IP6_BYTES);
        } else {
            Packet.put16(out, network + 2, len - network);
            Packet.put16(out, network + 4, Packet.u16(out, network + 4) + i);
            Packet.put16(out, network + 10, 0);
            Packet.put16(out, network + 10, ~Packet.sum(out, network, plan.transport - network));
        }
        int transport = plan.transport;
        if (plan.udp) {
            Packet.put16(out, transport + 4, len - transport);
        } else {
            Packet.put32(out, transport + 4, Packet.u32(out, transport + 4) + i * plan.segmentBytes);
            int flags = Packet.u8(out, transport + 13);
            if (i < plan.segments - 1) {
                flags &= ~FIN_PSH;
            }
            if (i > 0) {
                flags &= ~CWR;
            }
            out[transport + 13] = (byte) flags;
        }
        Packet.put16(out, plan.checksumAt, 0);
        long sum = Packet.pseudoHeader(out, network, plan.six, plan.udp ? Packet.PROTOCOL_UDP : Packet.PROTOCOL_TCP, len - transport)
                + Packet.sum(out, transport, len - transport);
        int sum16 = ~Packet.fold(sum) & 0xffff;
        Packet.put16(out, plan.checksumAt, sum16 == 0 && plan.udp ? 0xffff : sum16);
        return len;
    }
}
