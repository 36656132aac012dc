package hv.machine.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The vCPUs of all machines by key, ascending. Read by any thread without allocation; copied when one joins or leaves. */
final class Roster {
    private volatile MachineVcpu[] vcpus = {};

    /** Or null. */
    MachineVcpu find(int key) {
        MachineVcpu[] all = vcpus;
        int low = 0;
        int high = all.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (all[middle].key < key) {
                low = middle + 1;
            } else if (all[middle].key > key) {
                high = middle - 1;
            } else {
                return all[middle];
            }
        }
        return null;
    }

    List<MachineVcpu> all() {
        return Arrays.asList(vcpus);
    }

    synchronized void add(MachineVcpu v) {
        List<MachineVcpu> more = new ArrayList<>(all());
        more.add(v);
        more.sort((a, b) -> Integer.compare(a.key, b.key));
        vcpus = more.toArray(MachineVcpu[]::new);
    }

    synchronized void remove(MachineVcpu v) {
        vcpus = all().stream().filter(other -> other != v).toArray(MachineVcpu[]::new);
    }
}
