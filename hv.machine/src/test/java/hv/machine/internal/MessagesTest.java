package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.MsiSink;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.machine.Machine;
import hv.api.part.PartKind;
import hv.api.riscv.spi.Imsic;
import hv.api.riscv.spi.InterruptFile;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages reach the target in service, and vCPUs its interrupt files, whatever is replaced. */
class MessagesTest {
    private static final long TARGET_GPA = 0x2000;
    private static final long TARGET_BYTES = 0x2000;

    private final Bench bench = new Bench();
    private final List<DeviceContext> contexts = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    @AfterEach
    void close() {
        bench.close();
    }

    private Machine start(boolean withTarget) throws Exception {
        if (withTarget) {
            bench.moreDevices.add(new DeviceSpec("target0", "target", TARGET_GPA, TARGET_BYTES, 0, Map.of()));
        }
        bench.offer(new TargetMaker(), "target");
        bench.offer(new TargetMaker(), "target2");
        bench.offer(new Bench.CounterMaker(c -> {
            contexts.add(c);
            return new Bench.Counter();
        }), "counter2");
        bench.start(2);
        Machine m = bench.running("a", 2);
        m.replace("counter0", "counter2");
        return m;
    }

    private MsiSink sink() {
        return contexts.getLast().messages();
    }

    @Test
    void aMessageReachesTheTargetAtItsAddress() throws Exception {
        start(true);
        sink().send(TARGET_GPA, 5);
        sink().send(TARGET_GPA + 0x1ffc, 6);
        for (long nowhere : new long[] {TARGET_GPA - 4, TARGET_GPA + TARGET_BYTES, TARGET_GPA + 2, Bench.COUNTER_GPA, 0, -4, Long.MIN_VALUE, Long.MAX_VALUE}) {
            sink().send(nowhere, 7);
        }
        assertEquals(List.of("0=5", "8188=6"), List.copyOf(targets.getLast().seen));
    }

    @Test
    void whereNothingTakesMessagesADeviceHasNoSink() throws Exception {
        Machine m = start(false);
        assertNull(sink());
        assertNull(((HostedMachine) m).engineContext().interruptFile(0, false));
    }

    /** A sender keeps its sink; targets come and go, and take the count along. */
    @Test
    void noMessageIsLostWhileTheTargetIsReplaced() throws Exception {
        Machine m = start(true);
        MsiSink sink = sink();
        AtomicLong sent = new AtomicLong();
        for (int round = 0; round < 50; round++) {
            // From a device's context, which rests while an interrupt controller changes hands.
            for (int n = 0; n < 100; n++) {
                contexts.getLast().io().post(() -> {
                    sink.send(TARGET_GPA, 1);
                    sent.incrementAndGet();
                });
            }
            m.replace("target0", round % 2 == 0 ? "target2" : "target");
        }
        Bench.await("all are sent", () -> sent.get() == 5000);
        assertEquals(5000, inService().count.get());
    }

    private Target inService() {
        return targets.getLast();
    }

    @Test
    void aVcpusInterruptFileIsThatOfTheImsicInService() throws Exception {
        Machine m = start(true);
        InterruptFile file = ((HostedMachine) m).engineContext().interruptFile(1, false);
        assertNotNull(file);
        assertNull(((HostedMachine) m).engineContext().interruptFile(1, true), "there is none of machine level");
        m.replace("target0", "target2");
        assertEquals(1, file.claim());
        assertEquals(List.of("claim of 1"), List.copyOf(inService().seen));
        assertEquals(0, file.change(InterruptFile.EIE0, 1, 2));
        assertEquals(0, file.top());
    }

    @Test
    void aTargetThatThrowsIsQuarantinedAndTheGuestGoesOn() throws Exception {
        Machine m = start(true);
        InterruptFile file = ((HostedMachine) m).engineContext().interruptFile(0, false);
        sink().send(TARGET_GPA, Target.BAD);
        sink().send(TARGET_GPA, 3);
        assertEquals(0, file.claim());
        assertEquals(List.of(), List.copyOf(inService().seen), "nothing reaches it any more");
        assertFalse(m.parts().stream().filter(p -> p.path().equals("target0")).findFirst().orElseThrow().health().equals("ok"));
        bench.awaitProgress("a", 0);
    }

    @Test
    void aFileThatThrowsIsItsImsicsFaultAndNotTheEngines() throws Exception {
        Machine m = start(true);
        InterruptFile file = ((HostedMachine) m).engineContext().interruptFile(0, false);
        assertEquals(0, file.change(InterruptFile.EITHRESHOLD, 0, Target.BAD));
        assertTrue(bench.hosting.health().stream().anyMatch(l -> l.contains("target0")), bench.hosting.health().toString());
        bench.awaitProgress("a", 1);
    }

    private final class TargetMaker implements DeviceFactory {
        @Override
        public PartKind kind() {
            return PartKind.INTERRUPT_CONTROLLER;
        }

        @Override
        public String type() {
            return "target";
        }

        @Override
        public Device create(DeviceSpec spec, DeviceContext context) {
            Target t = new Target();
            targets.add(t);
            return t;
        }
    }

    /** Notes what comes, and counts messages. */
    private static final class Target extends Bench.Plain implements Imsic {
        static final int BAD = 13;
        final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        final AtomicLong count = new AtomicLong();

        Target() {
            super("target");
        }

        @Override
        public void message(long offset, int data) {
            if (data == BAD) {
                throw new IllegalStateException("a bad message");
            }
            count.incrementAndGet();
            seen.add(offset + "=" + data);
        }

        @Override
        public boolean isMachineLevel() {
            return false;
        }

        @Override
        public InterruptFile file(int hart) {
            return new InterruptFile() {
                @Override
                public long change(int register, long clear, long set) {
                    if (set == BAD) {
                        throw new IllegalStateException("a bad change");
                    }
                    return 0;
                }

                @Override
                public int top() {
                    return 0;
                }

                @Override
                public int claim() {
                    seen.add("claim of " + hart);
                    return hart;
                }
            };
        }

        @Override
        public long read(long offset, int widthBytes) {
            return 0;
        }

        @Override
        public void write(long offset, int widthBytes, long value) {
            message(offset, (int) value);
        }

        @Override
        public void reset() {
            count.set(0);
        }

        @Override
        public void save(StateWriter out) {
            out.section("target").putLong(count.get());
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("target");
            long n = in.getLong();
            in.end();
            count.set(n);
        }
    }
}
