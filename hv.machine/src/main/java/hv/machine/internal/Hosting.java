package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSource;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.part.FactoryInfo;
import hv.api.part.Origin;
import hv.api.part.PartFactory;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.machine.SchedulerInfo;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The platform: machines by name, the host's parts, the factories on offer. Knows no framework. */
public final class Hosting implements Hypervisor, AutoCloseable {
    /** A factory and its origin. */
    public record Offer(PartFactory factory, Origin origin) {
    }

    private final FactoryRegistry factories;
    private final Faults faults;
    private final HostServices host;
    private final Map<String, HostedMachine> machines = new TreeMap<>();
    private final Schedulers schedulers;
    private final CopyOnWriteArrayList<MachineListener> listeners = new CopyOnWriteArrayList<>();
    /** Under machines: names of machines that are being made. */
    private final Set<String> making = new HashSet<>();
    private boolean closed;

    private Hosting(FactoryRegistry factories, Faults faults, HostServices host) {
        this.factories = factories;
        this.faults = faults;
        this.host = host;
        schedulers = new Schedulers(factories, host.cpus, faults);
    }

    /** @throws HvException no policy or no allocator is among the offers */
    public static Hosting start(int cpus, HostResources resources, List<Offer> offers) throws HvException {
        FactoryRegistry factories = new FactoryRegistry();
        offers.forEach(o -> factories.add(new FactoryRegistry.Entry(o.factory(), o.origin())));
        Faults faults = new Faults();
        HostAllocator allocator = new HostAllocator(resources, factories.requireAny(PartKind.ALLOCATOR), faults);
        HostCpus pool = new HostCpus(cpus, bestPolicy(factories), factories, faults);
        return new Hosting(factories, faults, new HostServices(factories, faults, pool, allocator));
    }

    private static FactoryRegistry.Entry bestPolicy(FactoryRegistry factories) throws SpecException {
        factories.requireAny(PartKind.POLICY);
        return factories.bestPolicy(Set.of());
    }

    public void offer(PartFactory factory, Origin origin) {
        FactoryRegistry.Entry entry = new FactoryRegistry.Entry(factory, origin);
        factories.add(entry);
        if (factory instanceof SchedulerPolicyFactory policy) {
            schedulers.offered(entry, policy);
        }
        snapshot().forEach(m -> m.adoptOrphans(entry));
    }

    /**
     * A factory goes. What it made is handed to another factory of the same kind and type; where there is none, a machine's part is put by until one
     * comes, and the machine stands; the host's allocator serves on as long as its classes last.
     */
    public void withdraw(PartFactory factory) {
        for (FactoryRegistry.Entry gone : factories.entriesOf(factory)) {
            factories.remove(gone);
            host.cpus.forget(gone);
            FactoryRegistry.Entry other = factories.find(gone.factory().kind(), gone.factory().type(), gone);
            moveAll(gone, other, new ArrayList<>(), new ArrayList<>());
        }
    }

    private void moveAll(FactoryRegistry.Entry from, FactoryRegistry.Entry to, List<ReplaceReport> done, List<String> failed) {
        if (host.cpus.maker() == from) {
            FactoryRegistry.Entry policy = to != null ? to : schedulers.insteadOf(from);
            attempt("policy", policy, () -> host.cpus.replace(policy), done, failed);
        }
        if (host.allocator.maker() == from) {
            attempt("allocator", to, () -> host.allocator.replace(to), done, failed);
        }
        for (HostedMachine m : snapshot()) {
            for (PartSlot<?> s : m.places().slots()) {
                if (s.maker() == from && to != null) {
                    attempt(m.name() + " " + s.path, to, () -> m.replaceInAnyState(s, to), done, failed);
                } else if (s.maker() == from) {
                    putBy(m, s, failed);
                }
            }
        }
    }

    private void putBy(HostedMachine m, PartSlot<?> slot, List<String> failed) {
        try {
            m.orphan(slot);
            faults.report(m.name() + " " + slot.path, "its bundle " + slot.maker().origin() + " has left and no other makes such a part: the machine stands until one comes");
        } catch (ReplaceException e) {
            faults.report(m.name() + " " + slot.path, e.getMessage());
            failed.add(m.name() + " " + slot.path + ": " + e.getMessage());
        }
    }

    /** A replacement. */
    private interface Swap {
        ReplaceReport run() throws ReplaceException;
    }

    private void attempt(String what, FactoryRegistry.Entry to, Swap swap, List<ReplaceReport> done, List<String> failed) {
        if (to == null) {
            faults.report(what, "its bundle is leaving and no other offers such a part; it serves on, but cannot be made again: install the bundle anew");
            failed.add(what + ": no other bundle offers such a part");
            return;
        }
        try {
            done.add(swap.run());
        } catch (ReplaceException e) {
            faults.report(what, e.getMessage());
            failed.add(what + ": " + e.getMessage());
        }
    }

    @Override
    public List<ReplaceReport> takeOver(String symbolicName, long bundleId) throws ReplaceException {
        List<ReplaceReport> done = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (FactoryRegistry.Entry fresh : factories.entriesOfBundle(bundleId)) {
            Stream<FactoryRegistry.Entry> makers = Stream.concat(Stream.of(host.cpus.maker(), host.allocator.maker()),
                    snapshot().stream().flatMap(m -> m.places().slots().stream().map(PartSlot::maker)));
            for (FactoryRegistry.Entry old : makers.distinct().toList()) {
                if (old != fresh && old.origin().symbolicName().equals(symbolicName) && old.origin().bundleId() != bundleId
                        && old.makes(fresh.factory().kind(), fresh.factory().type())) {
                    moveAll(old, fresh, done, failed);
                }
            }
        }
        if (!failed.isEmpty()) {
            throw new ReplaceException(String.join("; ", failed));
        }
        return done;
    }

    @Override
    public List<ReplaceReport> giveBack(long bundleId) throws ReplaceException {
        return schedulers.giveBack(bundleId);
    }

    @Override
    public boolean inUse(long bundleId) {
        return host.cpus.maker().origin().bundleId() == bundleId || host.allocator.maker().origin().bundleId() == bundleId
                || snapshot().stream().anyMatch(m -> m.places().slots().stream().anyMatch(s -> s.maker().origin().bundleId() == bundleId));
    }

    private List<HostedMachine> snapshot() {
        synchronized (machines) {
            return List.copyOf(machines.values());
        }
    }

    @Override
    public Machine create(MachineSpec spec) throws HvException {
        return make(spec, m -> {
            m.readImages();
            return m;
        });
    }

    @Override
    public Machine restore(MachineSource source) throws HvException {
        return make(source.spec(), m -> {
            m.restoreFrom(source);
            return m;
        });
    }

    /** What makes a machine complete. */
    private interface Completion {
        HostedMachine complete(HostedMachine m) throws HvException;
    }

    private Machine make(MachineSpec spec, Completion completion) throws HvException {
        synchronized (machines) {
            if (closed) {
                throw new HvException("the platform is stopping: no machine can be made");
            }
            if (machines.containsKey(spec.name()) || making.contains(spec.name())) {
                throw new SpecException("there is a machine \"" + spec.name() + "\" already: choose another name, or destroy it first");
            }
            if (host.allocator.decide(new ResourceRequest.Admit(spec.name(), spec.memoryBytes(), spec.vcpus())) instanceof Decision.Refused r) {
                throw new HvException("not admitted: " + r.arithmetic());
            }
            making.add(spec.name());
        }
        // Not under the lock: files are read here, and other machines are not to wait for them.
        HostedMachine m = null;
        try {
            m = new HostedMachine(spec, host, this::changed);
            HostedMachine whole = completion.complete(m);
            synchronized (machines) {
                if (closed) {
                    throw new HvException("the platform is stopping: no machine can be made");
                }
                making.remove(spec.name());
                machines.put(spec.name(), whole);
            }
        } catch (HvException | RuntimeException | LinkageError e) {
            discard(spec.name(), m);
            if (e instanceof HvException) {
                throw e;
            }
            throw new HvException("machine " + spec.name() + " could not be made: " + Faults.describe(e), e);
        }
        changed(m);
        return m;
    }

    /** A machine that could not be made. @param m null if it did not come that far */
    private void discard(String name, HostedMachine m) throws HvException {
        try {
            if (m != null) {
                m.destroy();
            }
        } finally {
            synchronized (machines) {
                making.remove(name);
                host.allocator.decide(new ResourceRequest.Release(name));
            }
        }
    }

    @Override
    public List<Machine> machines() {
        return List.copyOf(snapshot());
    }

    @Override
    public Machine machine(String name) throws HvException {
        synchronized (machines) {
            HostedMachine m = machines.get(name);
            if (m == null) {
                throw new SpecException("there is no machine \"" + name + "\"; there are: " + (machines.isEmpty() ? "none" : String.join(", ", machines.keySet())));
            }
            return m;
        }
    }

    @Override
    public void destroy(String name) throws HvException {
        HostedMachine m = (HostedMachine) machine(name);
        if (!m.destroy()) {
            throw new SpecException("there is no machine \"" + name + "\" any more: another destroyed it");
        }
        synchronized (machines) {
            machines.remove(name);
            // Before the lock is given up: from then on there may be a new machine of this name.
            host.allocator.decide(new ResourceRequest.Release(name));
        }
        listeners.forEach(l -> l.destroyed(name));
    }

    @Override
    public List<PartInfo> parts() {
        return List.of(host.cpus.info(), host.allocator.info());
    }

    @Override
    public ReplaceReport replace(String path, String bundle) throws ReplaceException {
        try {
            return switch (path) {
                case "policy" -> schedulers.choose(factories.select(PartKind.POLICY, null, bundle));
                case "allocator" -> host.allocator.replace(factories.select(PartKind.ALLOCATOR, host.allocator.maker().factory().type(), bundle));
                default -> throw new ReplaceException("the host has no part \"" + path + "\"; it has: policy, allocator");
            };
        } catch (SpecException e) {
            throw new ReplaceException(e.getMessage(), e);
        }
    }

    @Override
    public List<SchedulerInfo> schedulers() {
        return schedulers.infos();
    }

    @Override
    public ReplaceReport chooseScheduler(String type) throws ReplaceException {
        return schedulers.choose(type);
    }

    /** As {@link #chooseScheduler}, now or once such a policy is offered. */
    public void preferScheduler(String type) {
        schedulers.prefer(type);
    }

    @Override
    public List<FactoryInfo> factories() {
        return factories.infos();
    }

    @Override
    public List<Account> accounts() {
        snapshot().forEach(HostedMachine::info);
        return host.allocator.accounts();
    }

    @Override
    public List<String> health() {
        return faults.lines();
    }

    @Override
    public AutoCloseable listen(MachineListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void changed(HostedMachine m) {
        MachineState s = m.state();
        for (MachineListener l : listeners) {
            try {
                l.changed(m, s);
            } catch (RuntimeException | LinkageError e) {
                faults.report("listener", e);
            }
        }
    }

    /** Stops the guests in order, last made first to go is not promised; each is given 15 s to power off if it runs. */
    public void stopAll(java.time.Duration grace) {
        List<Thread> stopping = new ArrayList<>();
        for (HostedMachine m : snapshot()) {
            stopping.add(Thread.ofPlatform().name("hv-stop-" + m.name()).start(() -> {
                try {
                    m.stop(grace);
                } catch (HvException e) {
                    faults.report(m.name(), e.getMessage());
                }
            }));
        }
        for (Thread t : stopping) {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        synchronized (machines) {
            if (closed) {
                return;
            }
            closed = true;
        }
        for (HostedMachine m : snapshot()) {
            try {
                destroy(m.name());
            } catch (HvException e) {
                faults.report(m.name(), e.getMessage());
            }
        }
        host.close();
    }
}
