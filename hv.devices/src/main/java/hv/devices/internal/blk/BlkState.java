package hv.devices.internal.blk;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a virtio block device, tag "virtio-blk". Requests are drained before it sleeps, and the disk's bytes are the backend's.
 *
 * @param capacityBytes size of the disk that the driver was last shown, a multiple of 512; 0 before there was a driver
 */
record BlkState(long capacityBytes) {
    static final StateTag TAG = new StateTag("virtio-blk", 1);

    void write(StateWriter out) {
        out.section("disk").putLong(capacityBytes);
    }

    static BlkState read(StateReader in) throws StateException {
        in.section("disk");
        long capacity = in.getLong();
        in.end();
        if (capacity < 0 || capacity % BlkLayout.SECTOR_BYTES != 0) {
            throw new StateException("block device state has a capacity of " + capacity + " bytes, not a multiple of " + BlkLayout.SECTOR_BYTES);
        }
        return new BlkState(capacity);
    }
}
