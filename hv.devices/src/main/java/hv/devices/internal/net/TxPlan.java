package hv.devices.internal.net;

/**
 * What a driver asks to be done with a frame before it leaves, read off its header and checked against the frame (virtio 1.2, 5.1.6.2): what is
 * planned can be carried out as it stands. Planning has no effect. One object is used for all frames.
 */
final class TxPlan {
    /** What is to be done. */
    enum Kind { WHOLE, CHECKSUM, SEGMENT, REFUSED }

    /** Of one frame: what the smallest segment of TCP (48 bytes, as in Linux) makes of 64 KiB. */
    static final int SEGMENTS_MAX = 1366;

    Kind kind;
    /** Why it is refused. */
    String fault;
    /** CHECKSUM: where it begins and where it is put, bytes of the frame. */
    int checksumFrom;
    int checksumAt;
    /** SEGMENT: offsets into the frame, payload of each but the last. */
    int network;
    int transport;
    int headerBytes;
    int segmentBytes;
    int segments;
    boolean six;
    boolean udp;

    /**
     * Plans a frame.
     *
     * @param h        header, {@link NetLayout#HEADER_BYTES}
     * @param frame    from its first byte on
     * @param lenBytes 14 .. 65,557
     * @param features those the driver has accepted
     */
    TxPlan of(byte[] h, byte[] frame, int lenBytes, long features) {
        fault = null;
        boolean needsChecksum = (h[0] & NetLayout.HDR_F_NEEDS_CSUM) != 0;
        int gso = h[1] & 0xff & ~NetLayout.GSO_ECN;
        if (!needsChecksum && h[1] == NetLayout.GSO_NONE) {
            kind = Kind.WHOLE;
            return this;
        }
        if (!needsChecksum || (features & NetLayout.F_CSUM) == 0) {
            return refuse("an offload that was not agreed on");
        }
        checksumFrom = little(h, 6);
        checksumAt = checksumFrom + little(h, 8);
        if (checksumFrom < Packet.ETHERNET_BYTES || checksumAt + 2 > lenBytes) {
            return refuse("a checksum outside of the frame");
        }
        if (h[1] == NetLayout.GSO_NONE) {
            kind = Kind.CHECKSUM;
            return this;
        }
        long feature = switch (gso) {
            case NetLayout.GSO_TCPV4 -> NetLayout.F_HOST_TSO4;
            case NetLayout.GSO_TCPV6 -> NetLayout.F_HOST_TSO6;
            case NetLayout.GSO_UDP_L4 -> NetLayout.F_HOST_USO;
            default -> 0;
        };
        long ecn = (h[1] & NetLayout.GSO_ECN) != 0 ? NetLayout.F_HOST_ECN : 0;
        if (feature == 0 || (features & (feature | ecn)) != (feature | ecn)) {
            return refuse("segmentation that was not agreed on");
        }
        return segment(gso, little(h, 4), frame, lenBytes);
    }

    private TxPlan segment(int gso, int size, byte[] frame, int lenBytes) {
        network = Packet.networkOffset(frame, 0, lenBytes);
        transport = checksumFrom;
        udp = gso == NetLayout.GSO_UDP_L4;
        int left = lenBytes - network;
        int type = Packet.u16(frame, network - 2);
        int version = left > 0 ? Packet.u8(frame, network) >>> 4 : 0;
        six = type == Packet.ETHERTYPE_IP6;
        boolean rightFamily = six ? gso != NetLayout.GSO_TCPV4 && version == 6 && left >= Packet.IP6_BYTES
                : type == Packet.ETHERTYPE_IP4 && gso != NetLayout.GSO_TCPV6 && version == 4 && left >= Packet.IP4_BYTES;
        if (!rightFamily) {
            return refuse("a segmentation that does not fit the packet");
        }
        int protocol = udp ? Packet.PROTOCOL_UDP : Packet.PROTOCOL_TCP;
        if (six ? transport < network + Packet.IP6_BYTES : transport != network + (Packet.u8(frame, network) & 15) * 4 || transport < network + Packet.IP4_BYTES) {
            return refuse("a transport header in the wrong place");
        }
        // With IPv6 extension headers the last of them names the protocol; where it stands depends on them. The driver says where TCP begins.
        if (transport == network + Packet.IP6_BYTES ? Packet.u8(frame, network + 6) != protocol : !six && Packet.u8(frame, network + 9) != protocol) {
            return refuse("another protocol than it says");
        }
        int header = udp ? Packet.UDP_BYTES : transport + 12 < lenBytes ? (Packet.u8(frame, transport + 12) >>> 4) * 4 : 0;
        headerBytes = transport + header;
        if (!udp && header < Packet.TCP_BYTES || headerBytes > lenBytes || checksumAt != transport + (udp ? 6 : 16)) {
            return refuse("a header that is cut off");
        }
        int payload = lenBytes - headerBytes;
        if (size == 0 || payload > (long) size * SEGMENTS_MAX) {
            return refuse("segments of " + size + " bytes");
        }
        segmentBytes = size;
        segments = Math.max(1, (payload + size - 1) / size);
        kind = Kind.SEGMENT;
        return this;
    }

    private TxPlan refuse(String why) {
        kind = Kind.REFUSED;
        fault = why;
        return this;
    }

    private static int little(byte[] h, int at) {
        return h[at] & 0xff | (h[at + 1] & 0xff) << 8;
    }
}
