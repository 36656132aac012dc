package hv.bench.internal;

import java.util.Collection;
import java.util.List;

/** Medians, geometric means and the drift of a clock. Pure. */
final class Statistics {
    private Statistics() {
    }

    /** The middle value; of an even number of values the mean of the two in the middle. @throws IllegalArgumentException no value */
    static double median(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("the median of no values");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The n-th root of the product of n positive values. @throws IllegalArgumentException no value, or one that is not positive */
    static double geometricMean(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("the geometric mean of no values");
        }
        double logs = 0;
        for (double v : values) {
            if (!(v > 0) || Double.isInfinite(v)) {
                throw new IllegalArgumentException("the geometric mean takes positive values, not " + v);
            }
            logs += Math.log(v);
        }
        return Math.exp(logs / values.size());
    }

    /**
     * How much faster the guest's clock goes than the host's, in parts per million. A tick arrives late by a varying time, never early, so the
     * least late ones of the first and the last third are compared.
     *
     * @throws IllegalArgumentException fewer than 30 ticks
     */
    static double driftPpm(List<GuestLog.Tick> ticks) {
        if (ticks.size() < 30) {
            throw new IllegalArgumentException(ticks.size() + " ticks: the drift takes 30");
        }
        int third = ticks.size() / 3;
        GuestLog.Tick early = leastLate(ticks.subList(0, third));
        GuestLog.Tick late = leastLate(ticks.subList(ticks.size() - third, ticks.size()));
        double guest = late.guestNanos() - early.guestNanos();
        double host = late.hostNanos() - early.hostNanos();
        return (guest / host - 1) * 1e6;
    }

    private static GuestLog.Tick leastLate(List<GuestLog.Tick> ticks) {
        GuestLog.Tick best = ticks.getFirst();
        for (GuestLog.Tick t : ticks) {
            if (t.hostNanos() - t.guestNanos() < best.hostNanos() - best.guestNanos()) {
                best = t;
            }
        }
        return best;
    }
}
