package hv.api.debug;

import java.util.List;

/**
 * Where vCPUs stop: all at once, since every change costs an engine what it has cached. A breakpoint stops before the instruction whose first byte is
 * at its virtual address, in any address space and mode; a watchpoint before the access. Guest memory is as the guest left it.
 *
 * @param breakpoints virtual addresses, even, none twice, at most {@link #MAX}
 * @param watchpoints at most {@link #MAX}
 */
public record StopPoints(List<Long> breakpoints, List<Watchpoint> watchpoints) {
    public static final int MAX = 1024;
    public static final StopPoints NONE = new StopPoints(List.of(), List.of());

    public StopPoints {
        breakpoints = List.copyOf(breakpoints);
        watchpoints = List.copyOf(watchpoints);
        if (breakpoints.size() > MAX || watchpoints.size() > MAX) {
            throw new IllegalArgumentException(breakpoints.size() + " breakpoints, " + watchpoints.size() + " watchpoints: at most " + MAX + " of each");
        }
        if (breakpoints.stream().anyMatch(va -> (va & 1) != 0) || breakpoints.stream().distinct().count() < breakpoints.size()) {
            throw new IllegalArgumentException("breakpoints are at even addresses, none twice");
        }
    }

    public boolean isEmpty() {
        return breakpoints.isEmpty() && watchpoints.isEmpty();
    }
}
