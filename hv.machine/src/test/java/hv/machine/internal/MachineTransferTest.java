package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.machine.Machine;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSource;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MachineTransferTest {
    private final Bench bench = new Bench();
    private final Kept kept = new Kept();
    private Machine machine;

    @BeforeEach
    void start() throws Exception {
        bench.start(2);
        machine = bench.running("a", 2);
        bench.awaitProgress("a", 1);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** A saved machine in memory. */
    private static final class Kept implements MachineSink {
        private MachineSpec spec;
        private boolean wasRunning;
        private final Map<String, MachineSource.SavedPart> parts = new HashMap<>();
        private final Map<Long, byte[]> ram = new HashMap<>();

        @Override
        public void machine(MachineSpec s, boolean running) {
            spec = s;
            wasRunning = running;
        }

        @Override
        public void part(String path, String type, StateImage state, Map<String, String> claims) {
            parts.put(path, new MachineSource.SavedPart(type, state, claims));
        }

        @Override
        public void ram(long gpa, MemorySegment bytes) {
            ram.put(gpa, bytes.toArray(ValueLayout.JAVA_BYTE));
        }

        MachineSource source() {
            return new MachineSource() {
                @Override
                public MachineSpec spec() {
                    return spec;
                }

                @Override
                public boolean wasRunning() {
                    return wasRunning;
                }

                @Override
                public Map<String, SavedPart> parts() {
                    return parts;
                }

                @Override
                public void ram(long baseGpa, MemorySegment all) {
                    ram.forEach((gpa, b) -> MemorySegment.copy(b, 0, all, ValueLayout.JAVA_BYTE, gpa - baseGpa, b.length));
                }
            };
        }
    }

    @Test
    void aSavedMachineGoesOnWhereItStoodWhileTheOriginalRunsOn() throws Exception {
        machine.save(kept);
        assertEquals(MachineState.RUNNING, machine.state());
        bench.awaitProgress("a", 0);
        assertTrue(kept.wasRunning);
        assertEquals(1, kept.ram.size());
        bench.hosting.destroy("a");
        Machine again = bench.hosting.restore(kept.source());
        assertEquals(MachineState.RUNNING, again.state());
        assertTrue(again.info().upTime().toNanos() > 0);
        bench.awaitProgress("a", 0);
        bench.awaitProgress("a", 1);
    }

    @Test
    void aMachineSavedPausedComesBackPaused() throws Exception {
        machine.pause();
        long count = bench.counted("a", 0);
        var time = machine.info().upTime();
        machine.save(kept);
        bench.hosting.destroy("a");
        Machine again = bench.hosting.restore(kept.source());
        assertEquals(MachineState.PAUSED, again.state());
        assertEquals(count, bench.counted("a", 0));
        assertEquals(time, again.info().upTime());
        assertEquals(2, bench.hosting.accounts().getFirst().startedVcpus());
    }

    @Test
    void aSinkThatFailsLosesNothing() throws Exception {
        HvException e = assertThrows(HvException.class, () -> machine.save(new MachineSink() {
            @Override
            public void machine(MachineSpec spec, boolean wasRunning) {
                // Taken.
            }

            @Override
            public void part(String path, String type, StateImage state, Map<String, String> claims) throws HvException {
                throw new HvException("disk full");
            }

            @Override
            public void ram(long gpa, MemorySegment bytes) {
                throw new AssertionError("never reached");
            }
        }));
        assertEquals("disk full", e.getMessage());
        assertEquals(MachineState.RUNNING, machine.state());
        bench.awaitProgress("a", 0);
    }

    @Test
    void aHostileImageIsRefusedAndLeavesNothing() throws Exception {
        machine.save(kept);
        bench.hosting.destroy("a");
        MachineSource.SavedPart engine = kept.parts.remove("engine");
        assertThrows(StateException.class, () -> bench.hosting.restore(kept.source()));
        kept.parts.put("engine", engine);
        kept.parts.put("bogus", engine);
        assertThrows(StateException.class, () -> bench.hosting.restore(kept.source()));
        kept.parts.remove("bogus");
        kept.parts.put("counter0", engine);
        assertThrows(StateException.class, () -> bench.hosting.restore(kept.source()));
        assertTrue(bench.hosting.machines().isEmpty());
        assertTrue(bench.hosting.accounts().isEmpty());
    }
}
