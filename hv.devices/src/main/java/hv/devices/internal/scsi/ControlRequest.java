package hv.devices.internal.scsi;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What came through the control queue (virtio 1.2, 5.6.6.2). Parsing has no effect. */
sealed interface ControlRequest {
    /** Task management functions, by their numbers. */
    enum Function {
        ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET, I_T_NEXUS_RESET, LOGICAL_UNIT_RESET, QUERY_TASK, QUERY_TASK_SET
    }

    /** @param id of the task, for ABORT_TASK and QUERY_TASK */
    record Manage(Function function, LunAddress lun, long id) implements ControlRequest {
    }

    /** Asks for asynchronous notifications: a disk has none (5.6.6.2). @param response OK or BAD_TARGET */
    record Notifications(byte response) implements ControlRequest {
    }

    /** Answered at once. @param response one byte */
    record Refused(byte response) implements ControlRequest {
    }

    /** There is no room for a response. */
    record Unanswerable() implements ControlRequest {
    }

    /** @param targets how many there are */
    static ControlRequest parse(Chain chain, int targets) {
        if (chain.writableBytes() < 1) {
            return new Unanswerable();
        }
        try {
            ByteBuffer request = read(chain);
            int type = request.remaining() < 4 ? -1 : request.getInt(0);
            if (type == ScsiLayout.T_TMF && request.remaining() == ScsiLayout.TMF_BYTES) {
                return manage(request, targets);
            }
            if ((type == ScsiLayout.T_AN_QUERY || type == ScsiLayout.T_AN_SUBSCRIBE) && request.remaining() >= ScsiLayout.AN_BYTES
                    && chain.writableBytes() > ScsiLayout.AN_ACTUAL_BYTES) {
                LunAddress lun = lun(request, 4);
                return new Notifications(lun == null || lun.target() >= targets ? ScsiLayout.S_BAD_TARGET : ScsiLayout.S_OK);
            }
            return new Refused(ScsiLayout.S_FAILURE);
        } catch (GuestMemoryFault e) {
            return new Refused(ScsiLayout.S_FAILURE);
        }
    }

    private static ByteBuffer read(Chain chain) throws GuestMemoryFault {
        byte[] request = new byte[(int) Math.min(chain.readableBytes(), ScsiLayout.TMF_BYTES)];
        chain.read(0, request);
        return ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static LunAddress lun(ByteBuffer request, int at) {
        byte[] lun = new byte[ScsiLayout.LUN_BYTES];
        request.get(at, lun);
        return LunAddress.parse(lun);
    }

    private static ControlRequest manage(ByteBuffer request, int targets) {
        LunAddress lun = lun(request, 8);
        if (lun == null || lun.target() >= targets) {
            return new Refused(ScsiLayout.S_BAD_TARGET);
        }
        int number = request.getInt(4);
        if (number < 0 || number >= Function.values().length) {
            return new Refused(ScsiLayout.S_FUNCTION_REJECTED);
        }
        Function function = Function.values()[number];
        // No command of ours leaves an auto contingent allegiance behind: NACA is refused.
        if (function == Function.CLEAR_ACA) {
            return new Refused(ScsiLayout.S_FUNCTION_REJECTED);
        }
        // A reset of the nexus names a target; the others a logical unit.
        return lun.unit() == LunAddress.Unit.NONE && function != Function.I_T_NEXUS_RESET ? new Refused(ScsiLayout.S_INCORRECT_LUN)
                : new Manage(function, lun, request.getLong(16));
    }
}
