package hv.riscv;

/** The guest's time counter, CSR {@code time}. Any thread, never blocks. */
@FunctionalInterface
public interface TimeSource {
    /** Ticks since the machine was first started; never goes back. */
    long ticks();
}
