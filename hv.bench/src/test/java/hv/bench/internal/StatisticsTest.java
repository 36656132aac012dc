package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void theMedianIsTheMiddleInWhateverOrder() {
        assertEquals(3, Statistics.median(List.of(9.0, 3.0, 1.0)));
        assertEquals(2, Statistics.median(List.of(3.0, 1.0)));
        assertEquals(7, Statistics.median(List.of(7.0)));
        assertThrows(IllegalArgumentException.class, () -> Statistics.median(List.of()));
    }

    @Test
    void theGeometricMeanTakesHalvesAndDoublesAsEqual() {
        assertEquals(1, Statistics.geometricMean(List.of(0.5, 2.0)), 1e-12);
        assertEquals(0.1, Statistics.geometricMean(List.of(0.01, 1.0)), 1e-12);
    }

    @Test
    void theGeometricMeanRefusesWhatHasNoLogarithm() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> Statistics.geometricMean(List.of(1.0, bad)));
        }
        assertThrows(IllegalArgumentException.class, () -> Statistics.geometricMean(List.of()));
    }

    @Test
    void driftIsSeenThroughLatenessOfMilliseconds() {
        Random random = new Random(42);
        List<GuestLog.Tick> ticks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long host = i * 100_000_000L;
            long guest = Math.round(host * (1 + 80e-6));
            // One in ten arrives at once, the others up to 5 ms late.
            long late = i % 10 == 0 ? 0 : random.nextInt(5_000_000);
            ticks.add(new GuestLog.Tick(guest + 7_000_000_000L, host + late));
        }
        assertEquals(80, Statistics.driftPpm(ticks), 1);
        assertThrows(IllegalArgumentException.class, () -> Statistics.driftPpm(ticks.subList(0, 29)));
    }
}
