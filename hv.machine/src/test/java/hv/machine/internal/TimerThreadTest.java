package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimerThreadTest {
    @Test
    void timersFireInTheOrderOfTheirTimesAndCancelledOnesNever() throws Exception {
        try (TimerThread t = new TimerThread()) {
            Random random = new Random(7);
            List<Integer> fired = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch last = new CountDownLatch(500);
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            // Its thread fires nothing while all are armed, however long that takes here.
            synchronized (t) {
                long base = System.nanoTime() + 5_000_000;
                for (int i : order) {
                    TimerThread.Entry e = new TimerThread.Entry(() -> {
                        fired.add(i);
                        last.countDown();
                    });
                    t.arm(e, base + 1_000_000_000L);
                    t.arm(e, base + i * 10_000L);
                    if (i % 2 == 1) {
                        t.cancel(e);
                    }
                }
            }
            assertTrue(last.await(60, TimeUnit.SECONDS));
            List<Integer> even = new ArrayList<>();
            for (int i = 0; i < 1000; i += 2) {
                even.add(i);
            }
            assertEquals(even, fired);
        }
    }

    @Test
    void aStoppedClockFiresNothingAndGoesOnWhereItStood() throws Exception {
        try (TimerThread t = new TimerThread()) {
            PausableClock clock = new PausableClock(t);
            clock.set(1_000);
            AtomicInteger fired = new AtomicInteger();
            CountDownLatch once = new CountDownLatch(1);
            PausableClock.GuestTimer timer = clock.timer(() -> {
                fired.incrementAndGet();
                once.countDown();
            });
            timer.arm(500);
            assertEquals(1_000, clock.nowNanos());
            assertEquals(0, fired.get());
            clock.start();
            assertTrue(once.await(60, TimeUnit.SECONDS));
            clock.stop();
            long stood = clock.nowNanos();
            assertTrue(stood >= 1_000);
            assertEquals(stood, clock.nowNanos());
            clock.start();
            assertTrue(clock.nowNanos() >= stood);
            assertEquals(1, fired.get());
        }
    }
}
