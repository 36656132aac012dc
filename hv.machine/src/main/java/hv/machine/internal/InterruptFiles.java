package hv.machine.internal;

import hv.api.riscv.spi.Imsic;
import hv.api.riscv.spi.InterruptFile;
import java.util.List;

/**
 * The interrupt files of a machine's vCPUs, as engines see them: each leads to the file of the IMSIC in service. They outlive IMSICs, which are replaced
 * while no vCPU is in the guest.
 */
final class InterruptFiles {
    private final Front[] machineLevel;
    private final Front[] supervisorLevel;

    InterruptFiles(int vcpus) {
        machineLevel = fronts(vcpus);
        supervisorLevel = fronts(vcpus);
    }

    private static Front[] fronts(int count) {
        Front[] all = new Front[count];
        for (int i = 0; i < count; i++) {
            all[i] = new Front();
        }
        return all;
    }

    /** In service from now on. */
    void connect(List<DeviceSlot<?>> devices) {
        for (DeviceSlot<?> d : devices) {
            if (d.part() instanceof Imsic imsic) {
                Front[] fronts = imsic.isMachineLevel() ? machineLevel : supervisorLevel;
                for (int i = 0; i < fronts.length; i++) {
                    fronts[i].lead(new Place(d, imsic.file(i)));
                }
            }
        }
    }

    /** Of one vCPU; null if there is no IMSIC of that level. */
    InterruptFile of(int vcpu, boolean isMachineLevel) {
        Front front = isMachineLevel ? machineLevel[vcpu] : supervisorLevel[vcpu];
        return front.place == null ? null : front;
    }

    private record Place(DeviceSlot<?> slot, InterruptFile file) {
    }

    /** A fault of the IMSIC is its own, not the engine's that calls: it is quarantined, and its files read as zero. */
    private static final class Front implements InterruptFile {
        private volatile Place place;

        void lead(Place to) {
            place = to;
        }

        @Override
        public long change(int register, long clear, long set) {
            Place p = place;
            if (p.slot.isHealthy()) {
                try {
                    return p.file.change(register, clear, set);
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    p.slot.quarantine(e);
                }
            }
            return 0;
        }

        @Override
        public int top() {
            Place p = place;
            if (p.slot.isHealthy()) {
                try {
                    return p.file.top();
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    p.slot.quarantine(e);
                }
            }
            return 0;
        }

        @Override
        public int claim() {
            Place p = place;
            if (p.slot.isHealthy()) {
                try {
                    return p.file.claim();
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    p.slot.quarantine(e);
                }
            }
            return 0;
        }
    }
}
