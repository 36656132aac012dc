package hv.allocator.internal;

import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One ledger for all machines: RAM and vCPUs are promised at admission, at most as often as the host's overcommit factors allow; what is promised
 * may be started and touched without asking twice. Grants outlive a host that shrinks: only new requests are refused then.
 * <p>Thread-safe by one lock that is held for a few dozen instructions, or a pass over the grants.
 */
final class Ledger implements Allocator {
    static final PartId ID = new PartId("allocator", new StateTag("allocator", 1));
    static final int MAX_MACHINES = 2_048;
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private final Object lock = new Object();
    private HostResources host;
    /** By name, so that accounts, refusals and saved states are in one order. */
    private TreeMap<String, Grant> grants = new TreeMap<>();

    Ledger(HostResources host) {
        this.host = checked(host);
    }

    private static HostResources checked(HostResources host) {
        if (host.ramBytes() < 0 || host.cpus() < 0 || !(host.memoryOvercommit() >= 0.1) || !(host.cpuOvercommit() >= 1)
                || host.memoryOvercommit() > 1000 || host.cpuOvercommit() > 1000) {
            throw new IllegalArgumentException("host resources " + host + ": memory overcommit 0.1 .. 1000, CPU overcommit 1 .. 1000");
        }
        return host;
    }

    @Override
    public Decision decide(ResourceRequest request) {
        synchronized (lock) {
            return switch (request) {
                case ResourceRequest.Admit r -> admit(r);
                case ResourceRequest.Release r -> {
                    grants.remove(r.machine());
                    yield Decision.Granted.GRANTED;
                }
                case ResourceRequest.StartVcpu r -> {
                    Grant g = grants.get(r.machine());
                    if (g == null || !g.has(r.vcpu())) {
                        yield notHis(r.machine(), r.vcpu(), g);
                    }
                    g.start(r.vcpu());
                    yield Decision.Granted.GRANTED;
                }
                case ResourceRequest.StopVcpu r -> {
                    Grant g = grants.get(r.machine());
                    if (g == null || !g.has(r.vcpu())) {
                        yield notHis(r.machine(), r.vcpu(), g);
                    }
                    g.stop(r.vcpu());
                    yield Decision.Granted.GRANTED;
                }
            };
        }
    }

    private Decision admit(ResourceRequest.Admit r) {
        if (!r.machine().matches(NAME) || !Grant.fits(r.ramBytes(), r.vcpus())) {
            return new Decision.Refused("a machine of " + r.ramBytes() + " bytes of RAM and " + r.vcpus() + " vCPUs: use 1 byte to "
                    + Arithmetic.bytes(Grant.MAX_RAM_BYTES) + ", 1 to " + Grant.MAX_VCPUS + " vCPUs, and a name of 1 to 64 letters, digits, dots,"
                    + " dashes or underscores");
        }
        if (grants.containsKey(r.machine())) {
            return new Decision.Refused("machine " + r.machine() + " has its resources already: destroy it first, or choose another name");
        }
        if (grants.size() == MAX_MACHINES) {
            return new Decision.Refused("machine " + r.machine() + " would be one more than the " + MAX_MACHINES + " that are accounted: destroy one");
        }
        String memory = Arithmetic.memoryShortage(host, r, grants);
        String cpus = Arithmetic.cpuShortage(host, r, grants);
        if (memory == null && cpus == null) {
            grants.put(r.machine(), new Grant(r.ramBytes(), r.vcpus()));
            return Decision.Granted.GRANTED;
        }
        return new Decision.Refused(memory == null ? cpus : cpus == null ? memory : memory + "; " + cpus);
    }

    private static Decision notHis(String machine, int vcpu, Grant g) {
        return new Decision.Refused(g == null ? "machine " + machine + " was not admitted"
                : "machine " + machine + " has vCPUs 0 .. " + (g.vcpus - 1) + ", not " + vcpu);
    }

    @Override
    public void touched(String machine, long ramBytes) {
        synchronized (lock) {
            Grant g = grants.get(machine);
            if (g != null) {
                g.touched(ramBytes);
            }
        }
    }

    @Override
    public List<Account> accounts() {
        synchronized (lock) {
            List<Account> out = new ArrayList<>();
            grants.forEach((name, g) -> out.add(g.account(name)));
            return out;
        }
    }

    @Override
    public void hostChanged(HostResources changed) {
        HostResources good = checked(changed);
        synchronized (lock) {
            host = good;
        }
    }

    @Override
    public PartId id() {
        return ID;
    }

    @Override
    public void sleep(Deadline by) {
        // It acts only when called.
    }

    @Override
    public void save(StateWriter out) {
        synchronized (lock) {
            out.section("grants").putInt(grants.size());
            grants.forEach((name, g) ->
                out.putString(name).putLong(g.ramBytes).putLong(g.touchedBytes()).putInt(g.vcpus).putLong(g.started()));
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("grants");
        int count = in.getInt(0, MAX_MACHINES);
        TreeMap<String, Grant> fresh = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.getString(64);
            long ram = in.getLong();
            long touched = in.getLong();
            int vcpus = in.getInt(1, Grant.MAX_VCPUS);
            long started = in.getLong();
            if (!name.matches(NAME) || !Grant.fits(ram, vcpus) || touched < 0 || !Grant.startedFits(started, vcpus)
                    || fresh.put(name, new Grant(ram, vcpus, touched, started)) != null) {
                throw new StateException("allocator state has a grant " + i + " of " + ram + " bytes and " + vcpus + " vCPUs that cannot be");
            }
        }
        in.end();
        synchronized (lock) {
            grants = fresh;
        }
    }

    @Override
    public void wake() {
        // It acts only when called.
    }

    @Override
    public void close() {
        // Holds nothing of the host's.
    }
}
