package hv.storage.internal;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a raw file, tag "block-raw": what must be true of the file that is opened for it.
 *
 * @param sizeBytes a multiple of 512, 0 if the backend never had a file
 * @param readOnly  the guest may not write
 */
record RawState(long sizeBytes, boolean readOnly) {
    static final StateTag TAG = new StateTag("block-raw", 1);

    void write(StateWriter out) {
        out.section("file").putLong(sizeBytes).putBoolean(readOnly);
    }

    static RawState read(StateReader in) throws StateException {
        in.section("file");
        long size = in.getLong();
        boolean readOnly = in.getBoolean();
        in.end();
        if (size < 0 || size % RawFile.SECTOR_BYTES != 0) {
            throw new StateException("disk state has a size of " + size + " bytes, not a multiple of " + RawFile.SECTOR_BYTES);
        }
        return new RawState(size, readOnly);
    }
}
