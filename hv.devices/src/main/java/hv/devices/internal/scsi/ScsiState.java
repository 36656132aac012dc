package hv.devices.internal.scsi;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a virtio SCSI host device, tag "virtio-scsi". Requests are drained before it sleeps, and the disks' bytes are the backends'.
 *
 * @param frame      sizes that the driver has set
 * @param shownBytes sizes of the disks that the driver was last shown, multiples of 512; 0 before there was a driver
 * @param attentions code of the unit attention that each disk's next command gets, 0 for none
 */
record ScsiState(Frame frame, long[] shownBytes, int[] attentions) {
    static final StateTag TAG = new StateTag("virtio-scsi", 1);

    void write(StateWriter out) {
        out.section("sizes").putInt(frame.senseBytes()).putInt(frame.cdbBytes());
        out.section("disks").putInt(shownBytes.length);
        for (int i = 0; i < shownBytes.length; i++) {
            out.putLong(shownBytes[i]).putInt(attentions[i]);
        }
    }

    /** @param targets disks of the device: the state is refused if it has another number */
    static ScsiState read(StateReader in, int targets) throws StateException {
        in.section("sizes");
        Frame frame = new Frame(in.getInt(), in.getInt());
        in.section("disks");
        int count = in.getInt();
        if (count != targets) {
            throw new StateException("SCSI state has " + count + " disks, the device has " + targets);
        }
        long[] shown = new long[count];
        int[] attentions = new int[count];
        for (int i = 0; i < count; i++) {
            shown[i] = in.getLong();
            if (shown[i] < 0 || shown[i] % ScsiLayout.BLOCK_BYTES != 0) {
                throw new StateException("SCSI state has a disk of " + shown[i] + " bytes, not a multiple of " + ScsiLayout.BLOCK_BYTES);
            }
            attentions[i] = in.getInt(0, 0xffff);
        }
        in.end();
        return new ScsiState(frame, shown, attentions);
    }
}
