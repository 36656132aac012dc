package hv.testkit;

import java.util.random.RandomGenerator;

/** What a vCPU does in a {@link SchedulerSimulation}: it wants to run for a while, then sleeps for a while, over and over. */
public interface Workload {
    /** Longer than any simulation. */
    long FOREVER = Long.MAX_VALUE / 4;

    /** How long it runs, if it is let, before it sleeps next; at least 1 nanosecond. */
    long runNanos(RandomGenerator random);

    /**
     * How long it sleeps then, at least 0.
     *
     * @param sinceWokenNanos since it became runnable the last time
     */
    long sleepNanos(RandomGenerator random, long sinceWokenNanos);

    /** Never sleeps. */
    static Workload hog() {
        return of(FOREVER, 0);
    }

    /** Runs and sleeps for times that are exponentially distributed about these. */
    static Workload interactive(long runNanos, long sleepNanos) {
        return new Workload() {
            @Override
            public long runNanos(RandomGenerator random) {
                return 1 + (long) (random.nextExponential() * runNanos);
            }

            @Override
            public long sleepNanos(RandomGenerator random, long sinceWokenNanos) {
                return (long) (random.nextExponential() * sleepNanos);
            }
        };
    }

    /** Runs for so long at the beginning of each period. */
    static Workload periodic(long runNanos, long periodNanos) {
        return new Workload() {
            @Override
            public long runNanos(RandomGenerator random) {
                return runNanos;
            }

            @Override
            public long sleepNanos(RandomGenerator random, long sinceWokenNanos) {
                return Math.max(0, periodNanos - sinceWokenNanos);
            }
        };
    }

    /** Runs for long, then sleeps for long, each between half and one and a half of these. */
    static Workload bursts(long runNanos, long sleepNanos) {
        return new Workload() {
            @Override
            public long runNanos(RandomGenerator random) {
                return runNanos / 2 + random.nextLong(runNanos);
            }

            @Override
            public long sleepNanos(RandomGenerator random, long sinceWokenNanos) {
                return sleepNanos / 2 + random.nextLong(sleepNanos);
            }
        };
    }

    /** The same times over and over. */
    static Workload of(long runNanos, long sleepNanos) {
        return new Workload() {
            @Override
            public long runNanos(RandomGenerator random) {
                return runNanos;
            }

            @Override
            public long sleepNanos(RandomGenerator random, long sinceWokenNanos) {
                return sleepNanos;
            }
        };
    }
}
