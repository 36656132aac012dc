package hv.devices.internal.scsi;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What came through a request queue, before anybody looks at its command. Parsing has no effect. */
sealed interface ScsiRequest {
    /**
     * @param id  the driver's name of the task
     * @param cdb {@link Frame#cdbBytes} bytes
     * @param outBytes of the data that the driver sends
     * @param inBytes  of the room that it has for data
     */
    record Command(Frame frame, LunAddress lun, long id, byte[] cdb, long outBytes, long inBytes) implements ScsiRequest {
    }

    /** Answered at once. @param response BAD_TARGET or FAILURE */
    record Refused(Frame frame, byte response) implements ScsiRequest {
    }

    /** There is no room for a response: the device can only ask for a reset. */
    record Unanswerable() implements ScsiRequest {
    }

    /** @param targets how many there are */
    static ScsiRequest parse(Chain chain, Frame frame, int targets) {
        if (!frame.isUsable() || chain.writableBytes() < ScsiLayout.RESPONSE_HEAD_BYTES) {
            return new Unanswerable();
        }
        if (chain.readableBytes() < frame.requestBytes() || chain.writableBytes() < frame.responseBytes()) {
            return new Refused(frame, ScsiLayout.S_FAILURE);
        }
        byte[] request = new byte[frame.requestBytes()];
        try {
            chain.read(0, request);
        } catch (GuestMemoryFault e) {
            return new Refused(frame, ScsiLayout.S_FAILURE);
        }
        LunAddress lun = LunAddress.parse(Arrays.copyOf(request, ScsiLayout.LUN_BYTES));
        if (lun == null || lun.target() >= targets) {
            return new Refused(frame, ScsiLayout.S_BAD_TARGET);
        }
        return new Command(frame, lun, ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).getLong(ScsiLayout.ID_AT),
                Arrays.copyOfRange(request, ScsiLayout.REQUEST_HEAD_BYTES, request.length), chain.readableBytes() - frame.requestBytes(),
                chain.writableBytes() - frame.responseBytes());
    }
}
