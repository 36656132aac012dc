package hv.devices.internal.net;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import java.util.Arrays;

/** The card's control queue (virtio 1.2, 5.1.6.5): commands on the receive filter, and the answer to an announcement. I/O context only. */
final class ControlQueue {
    private final ReceiveFilter filter;
    private final Runnable announced;

    ControlQueue(ReceiveFilter filter, Runnable announced) {
        this.filter = filter;
        this.announced = announced;
    }

    /** Answers all commands. @return whether there were some */
    boolean serve(VirtQueue queue, long features) {
        boolean served = false;
        for (Chain c = queue.pop(); c != null; c = queue.pop()) {
            queue.push(c, answer(c, features));
            served = true;
        }
        return served;
    }

    private long answer(Chain chain, long features) {
        if (chain.writableBytes() < 1) {
            return 0;
        }
        byte ack = NetLayout.ACK_ERR;
        try {
            long len = chain.readableBytes();
            if (len >= 2 && len <= NetLayout.COMMAND_BYTES_MAX) {
                byte[] command = new byte[(int) len];
                chain.read(0, command);
                if (obey(command[0] & 0xff, command[1] & 0xff, Arrays.copyOfRange(command, 2, command.length), features)) {
                    ack = NetLayout.ACK_OK;
                }
            }
            chain.write(0, new byte[] {ack});
            return 1;
        } catch (GuestMemoryFault e) {
            return 0;
        }
    }

    private boolean obey(int what, int command, byte[] data, long features) {
        return switch (what) {
            case NetLayout.CLASS_RX -> (features & NetLayout.F_CTRL_RX) != 0 && filter.mode(command, data, (features & NetLayout.F_CTRL_RX_EXTRA) != 0);
            case NetLayout.CLASS_MAC -> switch (command) {
                case NetLayout.MAC_TABLE_SET -> (features & NetLayout.F_CTRL_RX) != 0 && filter.tables(data);
                case NetLayout.MAC_ADDR_SET -> (features & NetLayout.F_CTRL_MAC_ADDR) != 0 && filter.address(data);
                default -> false;
            };
            case NetLayout.CLASS_VLAN -> (features & NetLayout.F_CTRL_VLAN) != 0 && (command == NetLayout.VLAN_ADD || command == NetLayout.VLAN_DEL)
                    && filter.vlan(command == NetLayout.VLAN_ADD, data);
            case NetLayout.CLASS_ANNOUNCE -> {
                boolean known = (features & NetLayout.F_GUEST_ANNOUNCE) != 0 && command == NetLayout.ANNOUNCE_ACK && data.length == 0;
                if (known) {
                    announced.run();
                }
                yield known;
            }
            default -> false;
        };
    }
}
