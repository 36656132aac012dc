package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class WireTest {
    private static final Stamp STAMP = new Stamp(1, 2);

    private static Event parse(String line) {
        return Wire.parse(line, _ -> STAMP);
    }

    @Test
    void whatIsSaidIsUnderstood() {
        Counters counters = new Counters(1, 2, 3, 4, 5, 6);
        assertEquals(new Event.Line("m1", "a  b ", STAMP), parse(Wire.line("m1", "a  b ")));
        assertEquals(new Event.Line("m1", "", STAMP), parse(Wire.line("m1", "")));
        assertEquals(new Event.Counted("m10", counters), parse(Wire.counters("m10", counters)));
        assertEquals(new Event.Allocated(5, 64, "byte[] in a.B.c:7"), parse(Wire.allocated(5, 64, "byte[] in a.B.c:7")));
        assertEquals(new Event.Recorded(), parse(Wire.recorded()));
    }

    @Test
    void aGuestsLineCannotPassForCounters() {
        assertEquals(new Event.Line("m1", "i m1 1 2 3 4 5 6", STAMP), parse(Wire.line("m1", "i m1 1 2 3 4 5 6")));
    }

    @Test
    void otherLinesAreNobodys() {
        for (String line : new String[] {"", "c", "c m1", "i m1 1 2 3 4 5", "i m1 1 2 3 4 5 x", "a 1", "a x 2 y", "[0.1s][warning] x", "hv: no kernel"}) {
            assertNull(parse(line), line);
        }
    }
}
