package hv.machine.internal;

import hv.api.pci.PciBus;
import hv.api.pci.spi.PciFunction;
import hv.api.pci.spi.PciWindow;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's PCI bus: which function is in service at which place, and where its BARs lie. Both are replaced as wholes, the windows by the very access
 * that moves one, so that the next one finds it. A function's own accesses are guarded by its place's register lock, as those of other devices.
 */
final class PciFabric implements PciBus {
    private static final int DEVICES = 32;

    /** One BAR. */
    private record Range(DeviceSlot<?> slot, PciFunction function, long gpa, long sizeBytes, long offset) {
    }

    private volatile DeviceSlot<?>[] slots = new DeviceSlot<?>[DEVICES];
    private volatile Range[] ranges = {};

    /** At a safepoint, or before the first start. @throws IllegalStateException two functions are laid out at one place */
    void connect(List<DeviceSlot<?>> devices) {
        DeviceSlot<?>[] now = new DeviceSlot<?>[DEVICES];
        for (DeviceSlot<?> d : devices) {
            if (d.part() instanceof PciFunction) {
                int place = Integer.parseInt(d.spec.property(PciFunction.PLACE, "0"));
                if (place < 1 || place >= DEVICES || now[place] != null) {
                    throw new IllegalStateException(d.path + " is laid out at place " + place + " of the PCI bus, which is none or taken");
                }
                now[place] = d;
            }
        }
        slots = now;
        windowsChanged();
    }

    @Override
    public synchronized void windowsChanged() {
        List<Range> now = new ArrayList<>();
        for (DeviceSlot<?> slot : slots) {
            if (slot != null && slot.isHealthy() && slot.part() instanceof PciFunction f) {
                try {
                    for (PciWindow w : f.windows()) {
                        now.add(new Range(slot, f, w.gpa(), w.sizeBytes(), PciWindow.offset(w.bar(), 0)));
                    }
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    slot.quarantine(e);
                }
            }
        }
        ranges = now.toArray(Range[]::new);
    }

    private Range find(long gpa, int widthBytes) {
        for (Range r : ranges) {
            long offset = gpa - r.gpa;
            if (offset >= 0 && offset <= r.sizeBytes - widthBytes) {
                return r;
            }
        }
        return null;
    }

    /** Whether a BAR is there. Any thread. */
    boolean answers(long gpa, int widthBytes) {
        return find(gpa, widthBytes) != null;
    }

    /** All ones where no BAR is (any more). */
    long read(long gpa, int widthBytes) {
        Range r = find(gpa, widthBytes);
        return r == null ? MachineBus.ones(widthBytes) : r.slot.readRegister(r.function, r.offset | gpa - r.gpa, widthBytes);
    }

    void write(long gpa, int widthBytes, long value) {
        Range r = find(gpa, widthBytes);
        if (r != null) {
            r.slot.writeRegister(r.function, r.offset | gpa - r.gpa, widthBytes, value);
        }
    }

    private DeviceSlot<?> at(int device) {
        return device < 0 || device >= DEVICES ? null : slots[device];
    }

    @Override
    public long readConfig(int device, int offset, int widthBytes) {
        DeviceSlot<?> slot = at(device);
        if (slot != null) {
            synchronized (slot.registerLock) {
                if (slot.isHealthy() && slot.part() instanceof PciFunction f) {
                    try {
                        return f.readConfig(offset, widthBytes) & MachineBus.ones(widthBytes);
                    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                        slot.quarantine(e);
                    }
                }
            }
        }
        return MachineBus.ones(widthBytes);
    }

    @Override
    public void writeConfig(int device, int offset, int widthBytes, long value) {
        DeviceSlot<?> slot = at(device);
        if (slot != null) {
            synchronized (slot.registerLock) {
                if (slot.isHealthy() && slot.part() instanceof PciFunction f) {
                    try {
                        f.writeConfig(offset, widthBytes, value & MachineBus.ones(widthBytes));
                    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                        slot.quarantine(e);
                    }
                }
            }
        }
    }
}
