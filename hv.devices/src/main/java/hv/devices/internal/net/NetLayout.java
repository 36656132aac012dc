package hv.devices.internal.net;

/**
 * Constants of the virtio network device (virtio 1.2, 5.1), little-endian.
 * <pre>
 *   struct virtio_net_config { u8 mac[6]; le16 status; le16 max_virtqueue_pairs; le16 mtu; }
 *   struct virtio_net_hdr { u8 flags; u8 gso_type; le16 hdr_len; le16 gso_size; le16 csum_start; le16 csum_offset; le16 num_buffers; }
 *   struct virtio_net_ctrl { u8 class; u8 command; u8 data[]; u8 ack; }
 *   struct virtio_net_ctrl_mac { le32 entries; u8 macs[entries][6]; }        MAC_TABLE_SET: unicast, then multicast
 * </pre>
 */
final class NetLayout {
    static final int DEVICE_ID = 1;
    static final long F_CSUM = 1L << 0;
    static final long F_GUEST_CSUM = 1L << 1;
    static final long F_MTU = 1L << 3;
    static final long F_MAC = 1L << 5;
    static final long F_HOST_TSO4 = 1L << 11;
    static final long F_HOST_TSO6 = 1L << 12;
    static final long F_HOST_ECN = 1L << 13;
    static final long F_MRG_RXBUF = 1L << 15;
    static final long F_STATUS = 1L << 16;
    static final long F_CTRL_VQ = 1L << 17;
    static final long F_CTRL_RX = 1L << 18;
    static final long F_CTRL_VLAN = 1L << 19;
    static final long F_CTRL_RX_EXTRA = 1L << 20;
    static final long F_GUEST_ANNOUNCE = 1L << 21;
    static final long F_CTRL_MAC_ADDR = 1L << 23;
    static final long F_HOST_USO = 1L << 56;

    static final int RX = 0;
    static final int TX = 1;
    static final int CTRL = 2;
    static final int QUEUES = 3;
    static final int QUEUE_SIZE_MAX = 256;

    static final int CONFIG_STATUS = 6;
    static final int CONFIG_PAIRS = 8;
    static final int CONFIG_MTU = 10;
    static final int CONFIG_BYTES = 12;
    static final int S_LINK_UP = 1;
    static final int S_ANNOUNCE = 2;

    static final int HEADER_BYTES = 12;
    static final int HDR_F_NEEDS_CSUM = 1;
    static final int HDR_F_DATA_VALID = 2;
    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_UDP_L4 = 5;
    static final int GSO_ECN = 0x80;

    static final int CLASS_RX = 0;
    static final int CLASS_MAC = 1;
    static final int CLASS_VLAN = 2;
    static final int CLASS_ANNOUNCE = 3;
    static final int MAC_TABLE_SET = 0;
    static final int MAC_ADDR_SET = 1;
    static final int VLAN_ADD = 0;
    static final int VLAN_DEL = 1;
    static final int ANNOUNCE_ACK = 0;
    static final byte ACK_OK = 0;
    static final byte ACK_ERR = 1;
    /** Of one command, with its table of addresses. */
    static final int COMMAND_BYTES_MAX = 4096;

    static final int MAC_BYTES = 6;

    private NetLayout() {
    }
}
