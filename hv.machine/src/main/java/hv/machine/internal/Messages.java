package hv.machine.internal;

import hv.api.device.MsiSink;
import hv.api.device.spi.MsiTarget;
import java.util.List;

/** Carries message-signalled interrupts to the device in service at their address. It outlives devices and targets. */
final class Messages implements MsiSink {
    /** A target in service. */
    private record Taker(DeviceSlot<?> slot, MsiTarget target) {
    }

    /** Replaced as a whole. */
    private volatile Taker[] takers = {};

    /** In one store: messages are sent meanwhile. */
    void connect(List<DeviceSlot<?>> devices) {
        takers = devices.stream().filter(d -> d.part() instanceof MsiTarget).map(d -> new Taker(d, (MsiTarget) d.part())).toArray(Taker[]::new);
    }

    boolean hasTakers() {
        return takers.length > 0;
    }

    @Override
    public void send(long gpa, int data) {
        for (Taker t : takers) {
            long offset = gpa - t.slot.spec.gpa();
            if (offset >= 0 && offset <= t.slot.spec.sizeBytes() - Integer.BYTES && (gpa & 3) == 0 && t.slot.isHealthy()) {
                try {
                    t.target.message(offset, data);
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    t.slot.quarantine(e);
                }
                return;
            }
        }
    }
}
