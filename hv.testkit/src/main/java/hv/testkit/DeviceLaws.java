package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.device.DeviceContext;
import hv.api.device.spi.Device;
import hv.api.device.spi.InterruptController;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What holds for every device with registers: the guest pokes it at random, and it answers. Its state is subject to {@link StatefulLaws} as well.
 */
public abstract class DeviceLaws {
    private static final long SEED = 0xDE51CEL;
    private static final int VCPUS = 2;
    private static final int VCPU_LINES = 16;
    private static final int IRQS = 32;

    /** A new device, asleep and in its reset state. */
    protected abstract Device create(DeviceContext context) throws Exception;

    /** Size of its register region; a power of two of at least 8. */
    protected abstract long regionBytes();

    /** Offsets that have registers, so that pokes do not all fall between them; by default the region's first 256 bytes. */
    protected long interestingOffset(Random random) {
        return random.nextLong(Math.min(regionBytes(), 256));
    }

    private static FakeDeviceContext newContext() {
        return new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 1 << 20), VCPUS);
    }

    private Device running(FakeDeviceContext context) throws Exception {
        Device d = create(context);
        d.wake();
        context.runPosted();
        return d;
    }

    private static void sleep(Device d, FakeDeviceContext context) throws NotAsleepException {
        context.runPosted();
        d.sleep(Deadline.afterMillis(1_000));
    }

    private static byte[] saved(Device d) throws StateException {
        return StateImage.of(d).toBytes();
    }

    /** One access at random. @return what was read, 0 for a write */
    private long poke(Device d, FakeDeviceContext context, Random random) {
        int width = 1 << random.nextInt(4);
        long offset = random.nextInt(4) == 0 ? random.nextLong(regionBytes()) : interestingOffset(random);
        offset = Math.min(offset & (random.nextInt(8) == 0 ? -1L : -width), regionBytes() - width);
        boolean write = random.nextBoolean();
        long ones = -1L >>> 64 - 8 * width;
        long value = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(256) & ones;
            case 1 -> 1L << random.nextInt(8 * width);
            case 2 -> ones;
            default -> random.nextLong() & ones;
        };
        if (d instanceof InterruptController c && random.nextInt(4) == 0) {
            c.input(random.nextInt(IRQS), random.nextBoolean());
        }
        try {
            if (write) {
                d.write(offset, width, value);
                return 0;
            }
            long read = d.read(offset, width);
            if ((read & ~ones) != 0) {
                fail("a read of " + width + " bytes at " + Long.toHexString(offset) + " gave " + Long.toHexString(read) + ", which is not zero-extended");
            }
            return read;
        } catch (RuntimeException e) {
            return fail((write ? "write of " + Long.toHexString(value) : "read") + ", " + width + " bytes at " + Long.toHexString(offset) + ", threw " + e, e);
        } finally {
            if (random.nextInt(16) == 0) {
                context.runPosted();
            }
        }
    }

    @Test
    void everyAccessIsAnswered() throws Exception {
        FakeDeviceContext context = newContext();
        Device d = running(context);
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            poke(d, context, random);
            if (random.nextInt(100) == 0) {
                context.advance(random.nextInt(1 << 30));
                context.channel("serial").type("typed");
                context.channel("serial").setRoom(random.nextInt(50));
            }
        }
        sleep(d, context);
        d.close();
    }

    @Test
    void resetGivesTheResetState() throws Exception {
        FakeDeviceContext context = newContext();
        Device d = running(context);
        sleep(d, context);
        byte[] fresh = saved(d);
        d.wake();
        Random random = new Random(SEED + 1);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 500; i++) {
                poke(d, context, random);
            }
            lowerInputs(d);
            context.runPosted();
            d.reset();
            sleep(d, context);
            assertArrayEquals(fresh, saved(d), "something is left after the reset of round " + round);
            d.wake();
        }
        sleep(d, context);
        d.close();
    }

    private static void lowerInputs(Device d) {
        if (d instanceof InterruptController c) {
            for (int irq = 0; irq < IRQS; irq++) {
                c.input(irq, false);
            }
        }
    }

    @Test
    void closingLowersItsLines() throws Exception {
        Random random = new Random(SEED + 2);
        for (int round = 0; round < 200; round++) {
            FakeDeviceContext context = newContext();
            Device d = running(context);
            context.channel("serial").type("typed");
            context.runPosted();
            int pokes = random.nextInt(300);
            for (int i = 0; i < pokes; i++) {
                poke(d, context, random);
            }
            d.close();
            assertEquals("", highLines(context), "lines are high after close, round " + round);
        }
    }

    /** A device that was put to sleep has given its lines up: the successor drives them when the old one is closed. */
    @Test
    void closingASleeperLeavesItsSuccessorsLinesAlone() throws Exception {
        Random random = new Random(SEED + 4);
        for (int round = 0; round < 200; round++) {
            FakeDeviceContext context = newContext();
            Device old = running(context);
            int pokes = random.nextInt(300);
            for (int i = 0; i < pokes; i++) {
                poke(old, context, random);
            }
            sleep(old, context);
            Device successor = create(context);
            StateImage.of(old).into(successor);
            successor.wake();
            context.runPosted();
            String high = highLines(context);
            old.close();
            context.runPosted();
            assertEquals(high, highLines(context), "the old device changed lines of its successor, round " + round);
            sleep(successor, context);
            successor.close();
        }
    }

    private static String highLines(FakeDeviceContext context) {
        StringBuilder out = new StringBuilder(context.line().isHigh() ? "own line" : "");
        for (int v = 0; v < VCPUS; v++) {
            for (int n = 0; n < VCPU_LINES; n++) {
                if (context.vcpuLine(v, n).isHigh()) {
                    out.append(" vCPU ").append(v).append(" line ").append(n);
                }
            }
        }
        return out.toString();
    }

    /** The successor behaves as the old one would have, whatever the guest does next: lines, and the answer to every access. */
    @Test
    void aSuccessorAnswersAsTheOldOneWould() throws Exception {
        Random random = new Random(SEED + 3);
        for (int round = 0; round < 60; round++) {
            FakeDeviceContext oldContext = newContext();
            FakeDeviceContext newContext = newContext();
            Device old = running(oldContext);
            int pokes = random.nextInt(400);
            for (int i = 0; i < pokes; i++) {
                poke(old, oldContext, random);
            }
            lowerInputs(old);
            sleep(old, oldContext);
            Device successor = create(newContext);
            StateImage.of(old).into(successor);
            old.wake();
            successor.wake();
            oldContext.runPosted();
            newContext.runPosted();
            assertEquals(highLines(oldContext), highLines(newContext), "lines after the hand-over of round " + round);
            long seed = random.nextLong();
            Random one = new Random(seed);
            Random other = new Random(seed);
            for (int i = 0; i < 400; i++) {
                long expected = poke(old, oldContext, one);
                assertEquals(expected, poke(successor, newContext, other), "access " + i + " after the hand-over of round " + round);
                assertEquals(highLines(oldContext), highLines(newContext), "lines after access " + i + " of round " + round);
            }
            lowerInputs(old);
            lowerInputs(successor);
            sleep(old, oldContext);
            sleep(successor, newContext);
            old.close();
            successor.close();
        }
    }
}
