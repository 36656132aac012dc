package hv.machine.internal;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.part.PartKind;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.TransportFactory;
import java.util.List;

/** The place of a device with registers. */
class DeviceSlot<T extends Device> extends PartSlot<T> {
    final DeviceSpec spec;
    final DeviceGround ground;
    /** Serializes register accesses. */
    final Object registerLock = new Object();
    private final Class<T> type;

    DeviceSlot(HostedMachine machine, DeviceSpec spec, FactoryRegistry.Entry maker, Class<T> type) {
        super(machine, spec.path(), maker.factory().kind(), maker);
        this.spec = spec;
        this.type = type;
        this.ground = new DeviceGround(machine, spec.irq(), machine.places().context(spec.path(), this::quarantine));
    }

    @Override
    T make(FactoryRegistry.Entry entry) throws hv.api.HvException {
        DeviceGround.Footing footing = ground.footing();
        Device d = switch (entry.factory()) {
            case DeviceFactory f -> f.create(spec, footing);
            case TransportFactory f -> f.create(spec, footing);
            default -> throw new IllegalStateException(entry.origin() + " makes no devices");
        };
        ground.stands(d, footing);
        return type.cast(d);
    }

    @Override
    void publish(T fresh) {
        ground.only(fresh, Device.class);
        machine.places().rewire();
        if (kind == PartKind.INTERRUPT_CONTROLLER) {
            machine.lines().reassert();
        }
    }

    @Override
    List<SerialContext> contexts() {
        // An interrupt controller is reached from every device's context.
        return kind == PartKind.INTERRUPT_CONTROLLER ? machine.places().contexts() : List.of(ground.io);
    }

    /** A vCPU's read of the device's registers: all ones once it is out of service. The device is the wiring's, which may be the one before. */
    final long readRegister(Device device, long offset, int widthBytes) {
        synchronized (registerLock) {
            if (isHealthy()) {
                try {
                    return device.read(offset, widthBytes) & MachineBus.ones(widthBytes);
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    quarantine(e);
                }
            }
            return MachineBus.ones(widthBytes);
        }
    }

    /** As {@link #readRegister}. */
    final void writeRegister(Device device, long offset, int widthBytes, long value) {
        synchronized (registerLock) {
            if (isHealthy()) {
                try {
                    device.write(offset, widthBytes, value & MachineBus.ones(widthBytes));
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    quarantine(e);
                }
            }
        }
    }

    /** The device threw: from now on it reads as ones, and its line is low. Any thread. */
    void quarantine(Throwable fault) {
        machine.faultResponse().quarantine(this, Faults.describe(fault));
    }

    /** The place of a virtio transport: the model plugged into it comes and goes apart from it. */
    static final class TransportSlot extends DeviceSlot<TransportDevice> {
        ModelSlot model;

        TransportSlot(HostedMachine machine, DeviceSpec spec, FactoryRegistry.Entry maker) {
            super(machine, spec, maker, TransportDevice.class);
        }

        @Override
        void closeIntake() {
            part().closeIntake();
        }

        @Override
        void openIntake() {
            part().openIntake();
        }

        @Override
        void fit(TransportDevice fresh) throws hv.api.part.ReplaceException {
            fresh.plug(model.part());
        }

        @Override
        void unfit(TransportDevice old) {
            try {
                old.plug(model.part());
            } catch (hv.api.part.ReplaceException e) {
                quarantine(e);
            }
        }
    }
}
