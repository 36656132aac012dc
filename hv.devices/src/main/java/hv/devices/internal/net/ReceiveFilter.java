package hv.devices.internal.net;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.Arrays;
import java.util.BitSet;

/** Which frames the driver wants to see (virtio 1.2, 5.1.6.5.1 to 5.1.6.5.4). A device that was just reset passes everything. I/O context only. */
final class ReceiveFilter {
    /** Addresses kept of each table; where a driver gives more, all of that kind pass. */
    private static final int TABLE_MAX = 64;
    private static final int VLANS = 4096;
    private static final int MODES = 6;
    private static final int PROMISCUOUS = 0;
    private static final int ALL_MULTICAST = 1;
    private static final int ALL_UNICAST = 2;
    private static final int NO_MULTICAST = 3;
    private static final int NO_UNICAST = 4;
    private static final int NO_BROADCAST = 5;
    /** Bits of {@link #modes} behind the driver's own: a table was too long to keep. */
    private static final int UNICAST_OVERFLOW = 6;
    private static final int MULTICAST_OVERFLOW = 7;

    private final byte[] permanent;
    private byte[] mac;
    /** Bit n: command n of class RX is on. */
    private int modes;
    private byte[] unicast = new byte[0];
    private byte[] multicast = new byte[0];
    private BitSet vlans = new BitSet(VLANS);

    ReceiveFilter(byte[] mac) {
        permanent = mac.clone();
        reset();
    }

    void reset() {
        mac = permanent.clone();
        modes = 1 << PROMISCUOUS;
        unicast = new byte[0];
        multicast = new byte[0];
        vlans.clear();
    }

    int macByte(int i) {
        return mac[i] & 0xff;
    }

    /** Whether the frame at {@code from} is for this guest. @param filtersVlans the driver names the VLANs it wants */
    boolean passes(byte[] frame, int from, int lenBytes, boolean filtersVlans) {
        if (is(PROMISCUOUS)) {
            return true;
        }
        int vlan = filtersVlans ? Packet.vlan(frame, from, lenBytes) : -1;
        if (vlan >= 0 && !vlans.get(vlan)) {
            return false;
        }
        if ((frame[from] & 1) != 0) {
            boolean broadcast = Packet.u32(frame, from) == -1 && Packet.u16(frame, from + 4) == 0xffff;
            return broadcast ? !is(NO_BROADCAST) : !is(NO_MULTICAST) && (is(ALL_MULTICAST) || is(MULTICAST_OVERFLOW) || has(multicast, frame, from));
        }
        return !is(NO_UNICAST) && (is(ALL_UNICAST) || is(UNICAST_OVERFLOW) || equal(mac, 0, frame, from) || has(unicast, frame, from));
    }

    private boolean is(int mode) {
        return (modes & 1 << mode) != 0;
    }

    private static boolean has(byte[] table, byte[] frame, int from) {
        for (int at = 0; at < table.length; at += NetLayout.MAC_BYTES) {
            if (equal(table, at, frame, from)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(byte[] a, int at, byte[] b, int from) {
        return Packet.u32(a, at) == Packet.u32(b, from) && Packet.u16(a, at + 4) == Packet.u16(b, from + 4);
    }

    /** Class RX: command, and one byte. @return false if it is not understood */
    boolean mode(int command, byte[] data, boolean extra) {
        if (data.length != 1 || command >= MODES || command > ALL_MULTICAST && !extra) {
            return false;
        }
        modes = data[0] != 0 ? modes | 1 << command : modes & ~(1 << command);
        return true;
    }

    boolean address(byte[] data) {
        if (data.length != NetLayout.MAC_BYTES) {
            return false;
        }
        mac = data.clone();
        return true;
    }

    boolean tables(byte[] data) {
        int unicastBytes = tableBytes(data, 0);
        if (unicastBytes < 0) {
            return false;
        }
        int next = 4 + unicastBytes;
        int multicastBytes = tableBytes(data, next);
        if (multicastBytes < 0 || next + 4 + multicastBytes != data.length) {
            return false;
        }
        int most = TABLE_MAX * NetLayout.MAC_BYTES;
        modes &= (1 << MODES) - 1;
        modes |= (unicastBytes > most ? 1 << UNICAST_OVERFLOW : 0) | (multicastBytes > most ? 1 << MULTICAST_OVERFLOW : 0);
        unicast = unicastBytes > most ? new byte[0] : Arrays.copyOfRange(data, 4, next);
        multicast = multicastBytes > most ? new byte[0] : Arrays.copyOfRange(data, next + 4, data.length);
        return true;
    }

    /** Length of the addresses of the table that begins there, or -1. */
    private static int tableBytes(byte[] data, int at) {
        if (at > data.length - 4) {
            return -1;
        }
        long bytes = (Integer.reverseBytes(Packet.u32(data, at)) & 0xffff_ffffL) * NetLayout.MAC_BYTES;
        return bytes > data.length - at - 4 ? -1 : (int) bytes;
    }

    boolean vlan(boolean add, byte[] data) {
        int id = data.length == 2 ? data[0] & 0xff | (data[1] & 0xff) << 8 : VLANS;
        if (id >= VLANS) {
            return false;
        }
        vlans.set(id, add);
        return true;
    }

    void write(StateWriter out) {
        out.section("filter").putBytes(mac).putInt(modes).putBytes(unicast).putBytes(multicast).putBytes(vlans.toByteArray());
    }

    /** What a state says, checked; {@link #take} puts it in force. */
    record Saved(byte[] mac, int modes, byte[] unicast, byte[] multicast, BitSet vlans) {
        static Saved read(StateReader in) throws StateException {
            in.section("filter");
            byte[] mac = in.getBytes(NetLayout.MAC_BYTES);
            int modes = in.getInt(0, (1 << MULTICAST_OVERFLOW + 1) - 1);
            byte[] unicast = in.getBytes(TABLE_MAX * NetLayout.MAC_BYTES);
            byte[] multicast = in.getBytes(TABLE_MAX * NetLayout.MAC_BYTES);
            BitSet vlans = BitSet.valueOf(in.getBytes(VLANS / 8));
            if (mac.length != NetLayout.MAC_BYTES || unicast.length % NetLayout.MAC_BYTES != 0 || multicast.length % NetLayout.MAC_BYTES != 0) {
                throw new StateException("network card state has addresses that are not " + NetLayout.MAC_BYTES + " bytes long");
            }
            return new Saved(mac, modes, unicast, multicast, vlans);
        }
    }

    void take(Saved s) {
        mac = s.mac();
        modes = s.modes();
        unicast = s.unicast();
        multicast = s.multicast();
        vlans = s.vlans();
    }
}
