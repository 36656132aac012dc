package hv.network.internal;

import static org.junit.jupiter.api.Assertions.fail;

import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** A host for a backend under test: threads, and what it was told. */
final class Host implements NetContext {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private final Executor threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private final List<String> reports = new ArrayList<>();
    private long told;

    void watch(NetBackend b) {
        b.onEvent(this::event);
    }

    private synchronized void event() {
        told++;
        notifyAll();
    }

    @Override
    public Executor offload() {
        return threads;
    }

    @Override
    public synchronized void report(String line) {
        reports.add(line);
    }

    synchronized List<String> reports() {
        return List.copyOf(reports);
    }

    /** Waits for what the backend tells of. */
    void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (;;) {
            long before;
            synchronized (this) {
                before = told;
            }
            if (condition.getAsBoolean()) {
                return;
            }
            synchronized (this) {
                while (told == before) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        fail("it did not come: " + reports);
                    }
                    wait(left);
                }
            }
        }
    }

    byte[] receive(NetBackend b) throws InterruptedException {
        byte[] buffer = new byte[NetBackend.FRAME_BYTES_MAX];
        int[] len = new int[1];
        await(() -> (len[0] = b.receive(buffer, 0)) != 0);
        return Arrays.copyOf(buffer, len[0]);
    }
}
