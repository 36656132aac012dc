package hv.machine.internal;

import hv.api.bus.Bus;
import hv.api.device.spi.Device;
import java.util.Comparator;
import java.util.List;

/** The devices' register regions by address: immutable, made anew when a device is replaced. Accesses of one device are serialized by its lock. */
final class MachineBus implements Bus {
    private final long[] start;
    private final long[] size;
    private final Device[] device;
    private final DeviceSlot<?>[] slot;
    private final PciFabric pci;

    /** @param pci where functions without a fixed region are found */
    MachineBus(List<DeviceSlot<?>> slots, PciFabric pci) {
        this.pci = pci;
        List<DeviceSlot<?>> sorted = slots.stream().filter(s -> s.spec.sizeBytes() > 0).sorted(Comparator.comparingLong(s -> s.spec.gpa())).toList();
        int n = sorted.size();
        start = new long[n];
        size = new long[n];
        device = new Device[n];
        slot = new DeviceSlot<?>[n];
        for (int i = 0; i < n; i++) {
            slot[i] = sorted.get(i);
            start[i] = slot[i].spec.gpa();
            size[i] = slot[i].spec.sizeBytes();
            device[i] = slot[i].part();
            if (i > 0 && start[i - 1] + size[i - 1] > start[i]) {
                throw new IllegalStateException("devices " + slot[i - 1].path + " and " + slot[i].path + " overlap");
            }
        }
    }

    private int find(long gpa, int widthBytes) {
        int low = 0;
        int high = start.length - 1;
        while (low <= high) {
            int mid = low + high >>> 1;
            long offset = gpa - start[mid];
            if (offset < 0) {
                high = mid - 1;
            } else if (offset < size[mid]) {
                return widthBytes <= size[mid] - offset ? mid : -1;
            } else {
                low = mid + 1;
            }
        }
        return -1;
    }

    @Override
    public boolean answers(long gpa, int widthBytes) {
        return find(gpa, widthBytes) >= 0 || pci.answers(gpa, widthBytes);
    }

    @Override
    public long read(long gpa, int widthBytes) {
        int i = find(gpa, widthBytes);
        if (i < 0) {
            return pci.read(gpa, widthBytes);
        }
        return slot[i].readRegister(device[i], gpa - start[i], widthBytes);
    }

    @Override
    public void write(long gpa, int widthBytes, long value) {
        int i = find(gpa, widthBytes);
        if (i < 0) {
            pci.write(gpa, widthBytes, value);
            return;
        }
        slot[i].writeRegister(device[i], gpa - start[i], widthBytes, value);
    }

    static long ones(int widthBytes) {
        return widthBytes == 8 ? -1L : (1L << 8 * widthBytes) - 1;
    }
}
