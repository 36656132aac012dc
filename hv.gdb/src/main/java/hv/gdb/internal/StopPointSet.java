package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugSession;
import hv.api.debug.StopPoints;
import hv.api.debug.Watchpoint;
import hv.api.memory.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a debugger has inserted with Z packets. Given to the machine when it goes on, and only if it changed: debuggers take all out at each stop. */
final class StopPointSet {
    private final TreeSet<Long> software = new TreeSet<>();
    private final TreeSet<Long> hardware = new TreeSet<>();
    private final List<Watchpoint> watchpoints = new ArrayList<>();
    private StopPoints given = StopPoints.NONE;

    /**
     * @param type 0 software breakpoint, 1 hardware breakpoint, 2 write, 3 read, 4 access watchpoint
     * @return false: there is no such type
     * @throws IllegalArgumentException there is no room, or the range is none
     */
    boolean insert(int type, long va, int kind) {
        switch (type) {
            case 0, 1 -> {
                if ((va & 1) != 0 || software.size() + hardware.size() >= StopPoints.MAX) {
                    throw new IllegalArgumentException("no breakpoint there");
                }
                (type == 0 ? software : hardware).add(va);
            }
            case 2, 3, 4 -> {
                Watchpoint w = new Watchpoint(va, kind, access(type));
                if (!watchpoints.contains(w)) {
                    if (watchpoints.size() >= StopPoints.MAX) {
                        throw new IllegalArgumentException("no more watchpoints");
                    }
                    watchpoints.add(w);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** As {@link #insert}; one that is not there is nothing to be removed. */
    boolean remove(int type, long va, int kind) {
        switch (type) {
            case 0 -> software.remove(va);
            case 1 -> hardware.remove(va);
            case 2, 3, 4 -> watchpoints.remove(new Watchpoint(va, kind, access(type)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Access access(int type) {
        return type == 2 ? Access.WRITE : type == 3 ? Access.READ : Access.READ_WRITE;
    }

    void apply(DebugSession session) throws HvException {
        TreeSet<Long> all = new TreeSet<>(software);
        all.addAll(hardware);
        StopPoints wanted = new StopPoints(List.copyOf(all), watchpoints);
        if (!wanted.equals(given)) {
            session.stopPoints(wanted);
            given = wanted;
        }
    }

    /** The stop reply's word for a breakpoint: that of its type. */
    String breakpointReason(long va) {
        return software.contains(va) ? "swbreak" : "hwbreak";
    }

    /** The stop reply's word for a watchpoint: that of the one that was met. */
    String watchpointReason(long va, boolean write) {
        for (Watchpoint w : watchpoints) {
            if (w.meets(va, 1, write)) {
                return w.access() == Access.WRITE ? "watch" : w.access() == Access.READ ? "rwatch" : "awatch";
            }
        }
        return write ? "watch" : "rwatch";
    }
}
