package hv.virtio.internal;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;

/**
 * What the state of every transport begins with.
 *
 * @param deviceId         of the model, 0 if there was none
 * @param generation       of the configuration space
 * @param setups           one for each queue of the model, at most 64
 * @param positions        as many; those of a ready queue count only once the driver is ready
 */
record TransportState(int deviceId, int status, int deviceFeaturesSel, int driverFeaturesSel, long driverFeatures, int queueSel,
        int generation, QueueSetup[] setups, QueuePosition[] positions) {
    static final int QUEUES_MAX = 64;
    static final int QUEUE_SIZE_MAX = 1024;

    void write(StateWriter out) {
        out.section("transport").putInt(deviceId).putInt(status).putInt(deviceFeaturesSel).putInt(driverFeaturesSel).putLong(driverFeatures)
                .putInt(queueSel).putInt(generation);
        out.section("queues").putInt(setups.length);
        for (int i = 0; i < setups.length; i++) {
            QueueSetup s = setups[i];
            QueuePosition p = positions[i];
            out.putInt(s.size()).putBoolean(s.ready()).putLong(s.desc()).putLong(s.avail()).putLong(s.used()).putInt(p.nextAvail()).putInt(p.nextUsed())
                    .putInt(p.unanswered().length);
            for (PoppedChain c : p.unanswered()) {
                out.putInt(c.id()).putInt(c.gpa().length);
                for (int d = 0; d < c.gpa().length; d++) {
                    out.putLong(c.gpa()[d]).putInt(c.lenBytes()[d]).putInt(c.flags()[d]);
                }
            }
        }
    }

    /** Reads and checks; what follows is the transport's own. */
    static TransportState read(StateReader in) throws StateException {
        in.section("transport");
        int deviceId = in.getInt(0, 63);
        int status = in.getInt(0, 255);
        int deviceFeaturesSel = in.getInt();
        int driverFeaturesSel = in.getInt();
        long driverFeatures = in.getLong();
        int queueSel = in.getInt();
        int generation = in.getInt();
        in.section("queues");
        int n = in.getInt(0, QUEUES_MAX);
        QueueSetup[] setups = new QueueSetup[n];
        QueuePosition[] positions = new QueuePosition[n];
        for (int i = 0; i < n; i++) {
            int size = in.getInt();
            boolean ready = in.getBoolean();
            setups[i] = new QueueSetup(size, ready, in.getLong(), in.getLong(), in.getLong());
            int nextAvail = in.getInt(0, 0xffff);
            int nextUsed = in.getInt(0, 0xffff);
            int room = ready ? Math.clamp(size, 0, QUEUE_SIZE_MAX) : 0;
            PoppedChain[] unanswered = new PoppedChain[in.getInt(0, room)];
            for (int k = 0; k < unanswered.length; k++) {
                unanswered[k] = readChain(in, room);
                room -= unanswered[k].gpa().length;
            }
            positions[i] = new QueuePosition(nextAvail, nextUsed, unanswered);
            String why = ready && size >= 1 && size <= QUEUE_SIZE_MAX && (status & Status.DRIVER_OK) != 0
                    ? positions[i].fault(size, Features.isPacked(driverFeatures)) : null;
            if (why != null) {
                throw new StateException("virtio transport state has queue " + i + " with " + why);
            }
        }
        boolean driverOk = (status & Status.DRIVER_OK) != 0;
        boolean featuresOk = (status & Status.FEATURES_OK) != 0;
        if ((status & ~Status.ALL) != 0 || driverOk && !featuresOk
                || deviceId == 0 && (n > 0 || driverOk)) {
            throw new StateException("virtio transport state has status " + Integer.toHexString(status) + " with features "
                    + Long.toHexString(driverFeatures) + " of device " + deviceId);
        }
        return new TransportState(deviceId, status, deviceFeaturesSel, driverFeaturesSel, driverFeatures, queueSel, generation, setups,
                positions);
    }

    /** @param room descriptors that it may have at most, one at least */
    private static PoppedChain readChain(StateReader in, int room) throws StateException {
        int id = in.getInt(0, 0xffff);
        int n = in.getInt(1, room);
        PoppedChain c = new PoppedChain(id, new long[n], new int[n], new int[n]);
        for (int d = 0; d < n; d++) {
            c.gpa()[d] = in.getLong();
            c.lenBytes()[d] = in.getInt();
            c.flags()[d] = in.getInt(0, RingLayout.DESC_WRITE | RingLayout.DESC_INDIRECT);
            if ((c.flags()[d] & RingLayout.DESC_NEXT) != 0) {
                throw new StateException("virtio transport state has a descriptor with flags " + c.flags()[d]);
            }
        }
        return c;
    }
}
