package hv.allocator.internal;

import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import java.util.Locale;
import java.util.SortedMap;

/** The sums of an admission, and the line that shows one which does not come out. */
final class Arithmetic {
    private static final int NAMES_SHOWN = 5;

    private Arithmetic() {
    }

    /** @return null if there is enough */
    static String memoryShortage(HostResources host, ResourceRequest.Admit wanted, SortedMap<String, Grant> grants) {
        long limit = (long) (host.ramBytes() * host.memoryOvercommit());
        long promised = 0;
        for (Grant g : grants.values()) {
            promised += g.ramBytes;
        }
        // Below 2^56 each by the bounds of Grant, so the sum does not overflow.
        long missing = promised + wanted.ramBytes() - limit;
        if (missing <= 0) {
            return null;
        }
        return "machine " + wanted.machine() + " wants " + bytes(wanted.ramBytes()) + "; host has " + bytes(host.ramBytes()) + " x "
                + factor(host.memoryOvercommit()) + " = " + bytes(limit) + ", of which " + promised(bytes(promised), grants) + ": "
                + bytes(missing) + " short; give it less memory, destroy a machine, or raise the memory overcommit";
    }

    /** @return null if there are enough */
    static String cpuShortage(HostResources host, ResourceRequest.Admit wanted, SortedMap<String, Grant> grants) {
        long limit = (long) (host.cpus() * host.cpuOvercommit());
        long promised = 0;
        for (Grant g : grants.values()) {
            promised += g.vcpus;
        }
        long missing = promised + wanted.vcpus() - limit;
        if (missing <= 0) {
            return null;
        }
        return "machine " + wanted.machine() + " wants " + wanted.vcpus() + " vCPUs; host has " + host.cpus() + " CPUs x "
                + factor(host.cpuOvercommit()) + " = " + limit + ", of which " + promised(Long.toString(promised), grants) + ": " + missing
                + " short; give it fewer vCPUs, destroy a machine, or raise the CPU overcommit";
    }

    private static String promised(String sum, SortedMap<String, Grant> grants) {
        if (grants.isEmpty()) {
            return "nothing is promised";
        }
        StringBuilder names = new StringBuilder();
        int shown = 0;
        for (String name : grants.keySet()) {
            if (shown == NAMES_SHOWN) {
                names.append(" and ").append(grants.size() - shown).append(" more");
                break;
            }
            names.append(shown++ == 0 ? "" : ", ").append(name);
        }
        return sum + " are promised to " + names;
    }

    private static String factor(double f) {
        return trimmed(String.format(Locale.ROOT, "%.2f", f));
    }

    /** In the largest unit that leaves at least one, to a tenth. */
    static String bytes(long n) {
        if (n < 1024) {
            return n + " bytes";
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
        double v = n / 1024.0;
        int u = 0;
        while (v >= 1024 && u < units.length - 1) {
            v /= 1024;
            u++;
        }
        return trimmed(String.format(Locale.ROOT, "%.1f", v)) + " " + units[u];
    }

    private static String trimmed(String number) {
        int end = number.length();
        while (number.charAt(end - 1) == '0') {
            end--;
        }
        return number.substring(0, number.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
