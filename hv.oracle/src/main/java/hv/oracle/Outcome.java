package hv.oracle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a program: the harness's notes, and all memory of its region.
 *
 * @param region the whole region
 * @param base   its guest-physical address
 */
record Outcome(Program program, byte[] region, long base) {
    private static final String[] RECORD = {"cause", "value", "address", "status", "pending", "registers", "handler"};

    static Outcome read(Program program, MemorySegment ram, int index) {
        byte[] region = new byte[Layout.USED_BYTES];
        long base = Layout.region(index);
        MemorySegment.copy(ram, ValueLayout.JAVA_BYTE, base - Layout.HARNESS, region, 0, region.length);
        return new Outcome(program, region, base);
    }

    private long at(int offset) {
        return MemorySegment.ofArray(region).get(Batch.LONG, offset);
    }

    /** Whether the program came to its end, or to that of its traps. */
    boolean finished() {
        long status = at(Layout.RESULT + Layout.RESULT_STATUS);
        return status == 1 || status == 2;
    }

    long traps() {
        return at(Layout.RESULT + Layout.RESULT_RECORDS);
    }

    String ending() {
        return switch ((int) at(Layout.RESULT + Layout.RESULT_STATUS)) {
            case 0 -> "did not end";
            case 1 -> "ended";
            case 2 -> "had too many traps";
            case 3 -> "got lost";
            default -> "left nonsense";
        };
    }

    /** The values by name, in an order in which the first that differs tells most. */
    private Map<String, Long> values() {
        Map<String, Long> out = new LinkedHashMap<>();
        int n = (int) Math.min(Layout.MAX_RECORDS, Math.max(0, traps()));
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < RECORD.length; i++) {
                out.put("trap " + k + " " + RECORD[i], at(Layout.RECORDS + k * Layout.RECORD_BYTES + 8 * i));
            }
        }
        out.put("ending", at(Layout.RESULT + Layout.RESULT_STATUS));
        out.put("traps", traps());
        for (int k = 1; k < 32; k++) {
            out.put("x" + k, at(Layout.RESULT + Layout.RESULT_X + 8 * k));
        }
        for (int k = 0; k < 32; k++) {
            out.put("f" + k, at(Layout.RESULT + Layout.RESULT_F + 8 * k));
        }
        int csr = Layout.RESULT + Layout.RESULT_CSRS;
        for (String name : Harness.csrs(program.kind()).keySet()) {
            out.put(name, at(csr));
            csr += 8;
        }
        out.put("hash of all traps", at(Layout.RESULT + Layout.RESULT_ROLL));
        return out;
    }

    /** The differences to another machine's outcome, the most telling first; empty if there are none. */
    List<String> differences(Outcome other) {
        List<String> out = new ArrayList<>();
        Map<String, Long> here = values();
        Map<String, Long> there = other.values();
        for (Map.Entry<String, Long> v : here.entrySet()) {
            Long o = there.get(v.getKey());
            if (o == null || o.longValue() != v.getValue()) {
                out.add(v.getKey() + ": " + Long.toHexString(v.getValue()) + " | " + (o == null ? "none" : Long.toHexString(o)));
            }
        }
        for (String name : there.keySet()) {
            if (!here.containsKey(name)) {
                out.add(name + ": none | " + Long.toHexString(there.get(name)));
            }
        }
        if (!same(other, 0, Layout.RESULT) || !same(other, Layout.TABLES, Layout.USED_BYTES)) {
            for (int at = 0; at < Layout.USED_BYTES; at += 8) {
                if ((at < Layout.RESULT || at >= Layout.TABLES) && at(at) != other.at(at)) {
                    out.add((at < Layout.DATA ? "code+" : at < Layout.RESULT ? "data+" : "tables+") + Integer.toHexString(
                        at < Layout.DATA ? at : at < Layout.RESULT ? at - Layout.DATA : at - Layout.TABLES) + ": " + Long.toHexString(at(at)) + " | "
                        + Long.toHexString(other.at(at)));
                }
            }
        }
        return out;
    }

    private boolean same(Outcome other, int from, int to) {
        return Arrays.equals(region, from, to, other.region, from, to);
    }
}
