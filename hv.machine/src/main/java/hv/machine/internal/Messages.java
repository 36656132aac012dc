package hv.machine.internal;

import hv.api.device.MsiSink;
import hv.api.device.spi.MsiTarget;
import hv.api.engine.spi.EngineInterrupts;
import java.util.List;

/** Carries message-signalled interrupts to the device in service at their address, or to the engine's own interrupt controller. It outlives devices and targets. */
final class Messages implements MsiSink {
    /** A target in service. */
    private record Taker(DeviceSlot<?> slot, MsiTarget target) {
    }

    /** Who takes messages; replaced as a whole. */
    private record Takers(Taker[] devices, EngineInterrupts engine) {
    }

    private volatile Takers takers = new Takers(new Taker[0], null);

    /** In one store: messages are sent meanwhile. @param engine null if the engine has no interrupt controller */
    void connect(List<DeviceSlot<?>> devices, EngineInterrupts engine) {
        takers = new Takers(devices.stream().filter(d -> d.part() instanceof MsiTarget).map(d -> new Taker(d, (MsiTarget) d.part())).toArray(Taker[]::new), engine);
    }

    boolean hasTakers() {
        Takers t = takers;
        return t.devices.length > 0 || t.engine != null;
    }

    @Override
    public void send(long gpa, int data) {
        Takers all = takers;
        for (Taker t : all.devices) {
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
        if (all.engine != null && (gpa & 3) == 0) {
            all.engine.message(gpa, data);
        }
    }
}
