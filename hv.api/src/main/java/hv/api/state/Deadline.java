package hv.api.state;

/**
 * A moment on the host's monotonic clock.
 *
 * @param atNanos {@link System#nanoTime()} when it passes
 */
public record Deadline(long atNanos) {
    public static Deadline afterMillis(long millis) {
        return new Deadline(System.nanoTime() + millis * 1_000_000L);
    }

    /** Nanoseconds left; zero or less once passed. */
    public long remainingNanos() {
        return atNanos - System.nanoTime();
    }

    public boolean passed() {
        return remainingNanos() <= 0;
    }
}
