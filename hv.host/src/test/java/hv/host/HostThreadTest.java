package hv.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class HostThreadTest {
    private volatile boolean spins = true;

    @Test
    void aThreadThatWaitsUsesNoCpuAndOneThatSpinsDoes() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "not Linux");
        CompletableFuture<HostThread> self = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            self.complete(HostThread.current());
            while (spins) {
                Thread.onSpinWait();
            }
            LockSupport.park();
        });
        HostThread host = self.get(30, TimeUnit.SECONDS);
        long before = host.cpuNanos();
        while (host.cpuNanos() < before + 5_000_000) {
            Thread.onSpinWait();
        }
        // A safepoint may hold it for a moment.
        await("it spins", () -> !host.isWaiting());
        spins = false;
        await("it waits", host::isWaiting);
        LockSupport.unpark(thread);
        thread.join(30_000);
        // Java counts it as ended a moment before the kernel forgets it, and the kernel shows it running until then.
        await("it has ended", () -> host.isWaiting() && host.cpuNanos() == 0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.onSpinWait();
        }
    }
}
