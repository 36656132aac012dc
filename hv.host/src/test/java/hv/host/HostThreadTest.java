package hv.host;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
        assertFalse(host.isWaiting(), "it spins");
        spins = false;
        long end = System.nanoTime() + 30_000_000_000L;
        while (!host.isWaiting() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertTrue(host.isWaiting());
        LockSupport.unpark(thread);
        thread.join(30_000);
        // Java counts it as ended a moment before the kernel forgets it.
        end = System.nanoTime() + 30_000_000_000L;
        while (host.cpuNanos() != 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertTrue(host.isWaiting() && host.cpuNanos() == 0, "it has ended");
    }
}
