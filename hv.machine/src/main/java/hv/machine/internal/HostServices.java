package hv.machine.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** What all machines of a platform share: timers, threads for I/O contexts and for control, faults, factories, host CPUs, the allocator. */
final class HostServices implements AutoCloseable {
    final FactoryRegistry factories;
    final Faults faults;
    final TimerThread timers = new TimerThread();
    /** I/O contexts and blocking work of backends. Threads end after a minute without work. */
    final ExecutorService io = Executors.newCachedThreadPool(threads("hv-io-"));
    /** Ends and resets that guests ask for. */
    final ExecutorService control = Executors.newCachedThreadPool(threads("hv-control-"));
    final HostCpus cpus;
    final HostAllocator allocator;

    HostServices(FactoryRegistry factories, Faults faults, HostCpus cpus, HostAllocator allocator) {
        this.factories = factories;
        this.faults = faults;
        this.cpus = cpus;
        this.allocator = allocator;
    }

    private static ThreadFactory threads(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }

    @Override
    public void close() {
        cpus.close();
        timers.close();
        io.shutdown();
        control.shutdown();
    }
}
