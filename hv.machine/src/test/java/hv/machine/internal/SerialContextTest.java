package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SerialContextTest {
    private final SerialContext context = new SerialContext(Runnable::run, "device", new Faults(), fault -> { });

    private static void takeLong() {
        long end = System.nanoTime() + 150_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aDeviceThatWasBusyOnceIsTrustedAgain() {
        for (int i = 0; i < 1_000; i++) {
            context.post(SerialContextTest::takeLong);
        }
        assertFalse(context.isTrusted());
        int tasks = 0;
        while (!context.isTrusted() && tasks < 10_000) {
            context.post(() -> { });
            tasks++;
        }
        assertTrue(context.isTrusted(), "after " + tasks + " short tasks");
        assertTrue(tasks > 64, "not at once: " + tasks);
    }
}
