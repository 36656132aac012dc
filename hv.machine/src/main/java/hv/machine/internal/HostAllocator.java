package hv.machine.internal;

import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.AllocatorFactory;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The host's allocator behind a stable front: requests of all machines go on while it is replaced, waiting for the swap. Requests are rare (a machine
 * comes or goes, a vCPU starts or stops), so that a lock on this path costs nothing that can be measured.
 */
final class HostAllocator implements Allocator {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final HostResources host;
    private final Faults faults;
    private Allocator allocator;
    private FactoryRegistry.Entry maker;
    private long generation = 1;

    HostAllocator(HostResources host, FactoryRegistry.Entry maker, Faults faults) {
        this.host = host;
        this.maker = maker;
        this.faults = faults;
        this.allocator = ((AllocatorFactory) maker.factory()).create(host);
        this.allocator.wake();
    }

    @Override
    public Decision decide(ResourceRequest request) {
        lock.readLock().lock();
        try {
            return allocator.decide(request);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            faults.report("allocator " + maker.origin(), e);
            return new Decision.Refused("the allocator failed: " + Faults.describe(e));
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void touched(String machine, long ramBytes) {
        lock.readLock().lock();
        try {
            allocator.touched(machine, ramBytes);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            faults.report("allocator " + maker.origin(), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<Account> accounts() {
        lock.readLock().lock();
        try {
            return allocator.accounts();
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            faults.report("allocator " + maker.origin(), e);
            return List.of();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void hostChanged(HostResources now) {
        lock.readLock().lock();
        try {
            allocator.hostChanged(now);
        } finally {
            lock.readLock().unlock();
        }
    }

    FactoryRegistry.Entry maker() {
        lock.readLock().lock();
        try {
            return maker;
        } finally {
            lock.readLock().unlock();
        }
    }

    PartInfo info() {
        lock.readLock().lock();
        try {
            return new PartInfo("allocator", PartKind.ALLOCATOR, maker.factory().type(), maker.origin(), allocator.id().tag(), generation, "ok");
        } finally {
            lock.readLock().unlock();
        }
    }

    ReplaceReport replace(FactoryRegistry.Entry to) throws ReplaceException {
        long begun = System.nanoTime();
        Allocator fresh = new PluginCall<>("make allocator of " + to.origin(), () -> ((AllocatorFactory) to.factory()).create(host)).await(5_000_000_000L);
        lock.writeLock().lock();
        try {
            long stop = System.nanoTime();
            Allocator old = allocator;
            FactoryRegistry.Entry from = maker;
            boolean kept;
            try {
                kept = new PluginCall<>("hand the allocator over to " + to.origin(), () -> {
                    old.sleep(Deadline.afterMillis(500));
                    boolean same = old.id().tag().equals(fresh.id().tag());
                    if (same) {
                        StateImage.of(old).into(fresh);
                    } else {
                        tell(fresh, old.accounts());
                    }
                    fresh.wake();
                    return same;
                }).await(1_000_000_000L);
            } catch (ReplaceException e) {
                old.wake();
                faults.report("allocator", "replacement by " + to.origin() + " failed, " + from.origin() + " serves on: " + e.getMessage());
                throw e;
            }
            allocator = fresh;
            maker = to;
            generation++;
            long end = System.nanoTime();
            try {
                old.close();
            } catch (RuntimeException | LinkageError e) {
                faults.report("allocator " + from.origin(), e);
            }
            return new ReplaceReport("allocator", from.origin(), to.origin(), kept, end - stop, end - begun);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void tell(Allocator fresh, List<Account> accounts) throws StateException {
        for (Account a : accounts) {
            if (fresh.decide(new ResourceRequest.Admit(a.machine(), a.ramBytes(), a.vcpus())) instanceof Decision.Refused r) {
                throw new StateException("it refuses machine " + a.machine() + ", which runs: " + r.arithmetic());
            }
            for (int i = 0; i < a.startedVcpus(); i++) {
                fresh.decide(new ResourceRequest.StartVcpu(a.machine(), i));
            }
            fresh.touched(a.machine(), a.touchedRamBytes());
        }
    }

    @Override
    public PartId id() {
        return allocator.id();
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        allocator.sleep(by);
    }

    @Override
    public void save(StateWriter out) {
        allocator.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        allocator.restore(in);
    }

    @Override
    public void wake() {
        allocator.wake();
    }

    @Override
    public void close() {
        allocator.close();
    }
}
