package hv.machine.internal;

import hv.api.machine.ExitCount;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Route;
import java.util.ArrayList;
import java.util.List;

/** Exits of one vCPU by kind and route, and what they cost. Written by the vCPU's thread alone, read by any: slightly stale is fine. */
final class ExitCounters {
    private static final String[] LABELS = {"mmio-read", "mmio-write", "port-read", "port-write", "firmware-call", "privileged", "idle", "slice-end", "kicked", "failure",
            "breakpoint", "watchpoint"};
    private static final int ROUTES = Route.values().length;
    private final long[] counts = new long[LABELS.length * ROUTES];
    private final long[] nanos = new long[LABELS.length * ROUTES];

    void count(ExitView view, Route route, long took) {
        int i = kind(view) * ROUTES + route.ordinal();
        counts[i]++;
        nanos[i] += took;
    }

    private static int kind(ExitView view) {
        return switch (view) {
            case ExitView.Mmio m -> m.isWrite() ? 1 : 0;
            case ExitView.PortIo p -> p.isWrite() ? 3 : 2;
            case ExitView.FirmwareCall f -> 4;
            case ExitView.Privileged p -> 5;
            case ExitView.Idle i -> 6;
            case ExitView.SliceEnd s -> 7;
            case ExitView.Kicked k -> 8;
            case ExitView.Failure f -> 9;
            case ExitView.Debug d -> d.isWatchpoint() ? 11 : 10;
        };
    }

    static List<ExitCount> sum(List<ExitCounters> all) {
        List<ExitCount> out = new ArrayList<>();
        for (int k = 0; k < LABELS.length; k++) {
            for (Route r : Route.values()) {
                int i = k * ROUTES + r.ordinal();
                long n = 0;
                long t = 0;
                for (ExitCounters c : all) {
                    n += c.counts[i];
                    t += c.nanos[i];
                }
                if (n > 0) {
                    out.add(new ExitCount(LABELS[k], r, n, t));
                }
            }
        }
        return out;
    }
}
