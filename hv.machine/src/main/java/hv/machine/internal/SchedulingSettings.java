package hv.machine.internal;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import hv.api.machine.SettingInfo;
import hv.api.scheduler.spi.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine's settings say of scheduling: one for all its vCPUs ("weight"), or for one ("vcpu0.weight"), which goes before. The text is a user's:
 * each wrong value is refused with one line that says what may be given.
 */
final class SchedulingSettings {
    static final Set<String> NAMES = Set.of("weight", "cap", "priority", "reservation", "affinity");
    /** What reservations leave to all others. */
    private static final double MOST_PROMISED = 0.95;
    private static final Pattern OF_ONE = Pattern.compile("vcpu([0-9]{1,4})\\.(.*)");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(us|ms|s)");
    private static final Pattern CPUS = Pattern.compile("([0-9]{1,3})(?:-([0-9]{1,3}))?");
    private static final String NONE = "none";
    private static final String ALL = "all";

    private final MachineSpec spec;
    private final int hostCpus;
    private final Share[] shares;
    private final int machineCap;

    private SchedulingSettings(MachineSpec spec, int hostCpus) throws SpecException {
        this.spec = spec;
        this.hostCpus = hostCpus;
        for (String key : spec.settings().keySet()) {
            Matcher one = OF_ONE.matcher(key);
            if (one.matches() && (!NAMES.contains(one.group(2)) || Integer.parseInt(one.group(1)) >= spec.vcpus())) {
                throw noSuch(spec, key);
            }
        }
        machineCap = cap("cap", Math.min(spec.vcpus(), hostCpus) * 100);
        shares = new Share[spec.vcpus()];
        for (int i = 0; i < shares.length; i++) {
            String own = "vcpu" + i + ".";
            long[] reservation = reservation(either(own, "reservation"));
            String weight = either(own, "weight");
            String priority = either(own, "priority");
            try {
                shares[i] = new Share(number(weight, 100), cap(own + "cap", 100), number(priority, 16), reservation[0], reservation[1], affinity(either(own, "affinity")));
            } catch (IllegalArgumentException e) {
                throw new SpecException("machine " + spec.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * @param others shares of all other machines' vCPUs
     * @throws SpecException a value that cannot be, or a reservation for which there is no room: the line has the arithmetic
     */
    static SchedulingSettings of(MachineSpec spec, int hostCpus, List<Share> others) throws SpecException {
        SchedulingSettings s = new SchedulingSettings(spec, hostCpus);
        s.admit(others);
        return s;
    }

    static SpecException noSuch(MachineSpec spec, String key) {
        return new SpecException("machine " + spec.name() + ": no setting \"" + key + "\" that can change while it runs; there are: " + String.join(", ", new TreeSet<>(NAMES))
                + "; and for one of its " + spec.vcpus() + " vCPUs vcpu0.weight and so on");
    }

    /** Whether it is one of these, of the machine or of one of its vCPUs. */
    static boolean isOne(String key) {
        Matcher one = OF_ONE.matcher(key);
        return NAMES.contains(one.matches() ? one.group(2) : key);
    }

    Share[] shares() {
        return shares.clone();
    }

    Share share(int vcpu) {
        return shares[vcpu];
    }

    /** Percent of a host CPU for all vCPUs together; 0 for none. */
    int machineCap() {
        return machineCap;
    }

    /** With the values in force. */
    List<SettingInfo> infos() {
        List<SettingInfo> all = new ArrayList<>();
        add(all, "", true);
        for (int i = 0; i < shares.length; i++) {
            add(all, "vcpu" + i + ".", false);
        }
        return all;
    }

    private void add(List<SettingInfo> all, String prefix, boolean always) {
        String[][] table = {
            {"weight", "100", "1 to " + Share.MOST_WEIGHT + ", relative to others"},
            {"cap", "0", "percent of a host CPU, 1 to " + (always ? Math.min(spec.vcpus(), hostCpus) * 100 + " for all its vCPUs" : "100") + "; 0 for none"},
            {"priority", "16", "0 to " + Share.MOST_PRIORITY + ", higher is more urgent"},
            {"reservation", NONE, "BUDGET/PERIOD, for example 4ms/20ms, for each vCPU; none"},
            {"affinity", ALL, "host CPUs of 0 to " + (hostCpus - 1) + ", for example 0-1,3; all"}};
        for (String[] row : table) {
            String value = spec.setting(prefix + row[0], null);
            if (always || value != null) {
                all.add(new SettingInfo(prefix + row[0], value == null ? row[1] : value, row[2]));
            }
        }
    }

    /** Name of the setting that counts for a vCPU. */
    private String either(String own, String name) {
        return spec.settings().containsKey(own + name) ? own + name : name;
    }

    private int number(String name, int otherwise) throws SpecException {
        String text = spec.setting(name, null);
        try {
            return text == null ? otherwise : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new SpecException("machine " + spec.name() + ": " + name + " \"" + text + "\" is no number", e);
        }
    }

    private int cap(String name, int most) throws SpecException {
        int cap = number(name, 0);
        if (cap < 0 || cap > most) {
            throw new SpecException("machine " + spec.name() + ": " + name + " " + cap + ": use 1 to " + most + " percent of a host CPU, or 0 for none ("
                    + "vCPUs: " + spec.vcpus() + ", host CPUs: " + hostCpus + ")");
        }
        return cap;
    }

    private long[] reservation(String name) throws SpecException {
        String text = spec.setting(name, NONE).strip();
        if (text.equals(NONE)) {
            return new long[2];
        }
        String[] halves = text.split("/", -1);
        Matcher budget = TIME.matcher(halves[0]);
        Matcher period = TIME.matcher(halves[halves.length - 1]);
        if (halves.length != 2 || !budget.matches() || !period.matches()) {
            throw new SpecException("machine " + spec.name() + ": " + name + " \"" + text + "\": use BUDGET/PERIOD, for example 4ms/20ms, or none");
        }
        return new long[] {nanos(budget), nanos(period)};
    }

    private static long nanos(Matcher time) {
        return Long.parseLong(time.group(1)) * switch (time.group(2)) {
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            default -> 1_000_000_000L;
        };
    }

    private long affinity(String name) throws SpecException {
        String text = spec.setting(name, ALL).strip();
        if (text.equals(ALL)) {
            return Share.ALL_CPUS;
        }
        long mask = 0;
        int most = Math.min(64, hostCpus) - 1;
        for (String piece : text.split(",", -1)) {
            Matcher range = CPUS.matcher(piece.strip());
            int from = range.matches() ? Integer.parseInt(range.group(1)) : -1;
            int to = from < 0 || range.group(2) == null ? from : Integer.parseInt(range.group(2));
            if (from < 0 || to < from || to > most) {
                throw new SpecException("machine " + spec.name() + ": " + name + " \"" + text + "\": use host CPUs of 0 to " + most + ", for example 0 or 0-1,3, or all");
            }
            for (int cpu = from; cpu <= to; cpu++) {
                mask |= 1L << cpu;
            }
        }
        return mask;
    }

    /**
     * Whether all reservations can be kept on this host: of m host CPUs under earliest deadline first, promises of sum U with a largest u can be kept if
     * U <= m - (m - 1) u (Goossens, Funk, Baruah, "Priority-driven scheduling of periodic task systems on multiprocessors", 2003); a part is left to others.
     */
    private void admit(List<Share> others) throws SpecException {
        double own = 0;
        double largest = 0;
        for (Share s : shares) {
            if (s.isReserved() && s.affinity() != Share.ALL_CPUS) {
                throw new SpecException("machine " + spec.name() + ": a reservation is for any host CPU: leave affinity at all");
            }
            own += utilization(s);
            largest = Math.max(largest, utilization(s));
        }
        if (own == 0) {
            return;
        }
        double promised = 0;
        for (Share s : others) {
            promised += utilization(s);
            largest = Math.max(largest, utilization(s));
        }
        double room = MOST_PROMISED * (hostCpus - (hostCpus - 1) * largest);
        if (own + promised > room) {
            throw new SpecException(String.format(Locale.ROOT,
                    "machine %s: its reservation cannot be kept: %.1f %% of a host CPU, and %.1f %% promised to others, are more than %.2f x (%d - %d x %.3f) = %.1f %%;"
                    + " the largest takes %.1f %% of %d host CPUs", spec.name(), 100 * own, 100 * promised, MOST_PROMISED, hostCpus, hostCpus - 1, largest, 100 * room,
                    100 * largest, hostCpus));
        }
    }

    private static double utilization(Share s) {
        return s.isReserved() ? (double) s.budgetNanos() / s.periodNanos() : 0;
    }
}
