package hv.api.scheduler.spi;

/**
 * What a vCPU is entitled to. Which of it counts is the policy's choice, but for the affinity, which every policy keeps to.
 *
 * @param weight      relative, 1 .. 10000, 100 is usual
 * @param capPercent  of one host CPU, 1 .. 100; 0 for no cap
 * @param priority    0 .. 31, higher is more urgent, 16 is usual
 * @param budgetNanos reserved in each period, 100 microseconds .. the period; 0 for no reservation
 * @param periodNanos of the reservation, 1 millisecond .. 1 second; 0 for no reservation
 * @param affinity    host CPUs that it may run on: bit n for host CPU n, 0 .. 63, at least one; {@link #ALL_CPUS} for every one, also above 63
 */
public record Share(int weight, int capPercent, int priority, long budgetNanos, long periodNanos, long affinity) {
    public static final int MOST_WEIGHT = 10_000;
    public static final int MOST_PRIORITY = 31;
    public static final long LEAST_BUDGET_NANOS = 100_000;
    public static final long LEAST_PERIOD_NANOS = 1_000_000;
    public static final long MOST_PERIOD_NANOS = 1_000_000_000;
    public static final long ALL_CPUS = -1;
    public static final Share USUAL = new Share(100, 0, 16, 0, 0, ALL_CPUS);

    /** @throws IllegalArgumentException with one line for people */
    public Share {
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new IllegalArgumentException("weight " + weight + ": use 1 to " + MOST_WEIGHT + "; 100 is usual");
        }
        if (capPercent < 0 || capPercent > 100) {
            throw new IllegalArgumentException("cap " + capPercent + " of a vCPU: use 1 to 100 percent of a host CPU, or 0 for none");
        }
        if (priority < 0 || priority > MOST_PRIORITY) {
            throw new IllegalArgumentException("priority " + priority + ": use 0 to " + MOST_PRIORITY + ", higher is more urgent");
        }
        if ((budgetNanos != 0 || periodNanos != 0)
                && (periodNanos < LEAST_PERIOD_NANOS || periodNanos > MOST_PERIOD_NANOS || budgetNanos < LEAST_BUDGET_NANOS || budgetNanos > periodNanos)) {
            throw new IllegalArgumentException("reservation of " + budgetNanos / 1e6 + " ms in each " + periodNanos / 1e6
                    + " ms: use a period of 1 to 1000 ms, and a budget of 0.1 ms up to the period");
        }
        if (affinity == 0) {
            throw new IllegalArgumentException("an affinity names at least one host CPU");
        }
    }

    /** Whether it is promised time. */
    public boolean isReserved() {
        return budgetNanos != 0;
    }

    public boolean mayRunOn(int hostCpu) {
        return affinity == ALL_CPUS || hostCpu >= 0 && hostCpu < 64 && (affinity >>> hostCpu & 1) != 0;
    }

    public Share withWeight(int n) {
        return new Share(n, capPercent, priority, budgetNanos, periodNanos, affinity);
    }

    public Share withCap(int percent) {
        return new Share(weight, percent, priority, budgetNanos, periodNanos, affinity);
    }

    public Share withPriority(int n) {
        return new Share(weight, capPercent, n, budgetNanos, periodNanos, affinity);
    }

    public Share withReservation(long budget, long period) {
        return new Share(weight, capPercent, priority, budget, period, affinity);
    }

    public Share withAffinity(long hostCpus) {
        return new Share(weight, capPercent, priority, budgetNanos, periodNanos, hostCpus);
    }
}
