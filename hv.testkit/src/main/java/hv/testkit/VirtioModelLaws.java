package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateImage;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.fake.FakeChain;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.FakeTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What holds for every virtio model, whatever a hostile driver offers it. The chains of the fake check that each is answered once and with no more
 * than it holds. Its state is subject to {@link StatefulLaws} as well.
 */
public abstract class VirtioModelLaws {
    private static final long SEED = 0x517710L;
    /** Feature bits 24 .. 49 are the transport's (virtio 1.2, 2.2). */
    private static final long TRANSPORT_FEATURES = (1L << 50) - 1 & -(1L << 24);

    /** A new model, asleep. @param disk 64 KiB in memory, for block models; it fails the law if an operation is against the contract of disks */
    protected abstract VirtioModel create(DeviceContext context, BlockBackend.Front disk) throws Exception;

    /** The readable bytes of a request that makes sense, or that nearly does; by default noise. */
    protected byte[] request(int queue, Random random) {
        byte[] b = new byte[random.nextInt(64)];
        random.nextBytes(b);
        return b;
    }

    /** A model with its surroundings. */
    private final class Rig {
        final FakeDeviceContext context = new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 1 << 16), 1);
        final FakeDisk disk = new FakeDisk(1 << 16, false);
        final FakeTransport transport;
        VirtioModel model;

        Rig() throws Exception {
            model = create(context, disk);
            transport = new FakeTransport(model.queueCount());
            model.wake();
            model.activate(transport, model.features());
            settle();
        }

        void settle() {
            context.runPosted();
        }

        List<FakeChain> offer(Random random, int count) {
            List<FakeChain> chains = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int q = random.nextInt(model.queueCount());
                byte[] readable = random.nextInt(8) == 0 ? new byte[0] : request(q, random);
                int writable = random.nextInt(6) == 0 ? 0 : random.nextInt(2048) + (random.nextBoolean() ? 1 : 0);
                FakeChain chain = transport.queue(q).offer(readable, writable);
                if (random.nextInt(10) == 0) {
                    chain.faulty();
                }
                chains.add(chain);
            }
            return chains;
        }

        void kickAll() {
            for (int q = 0; q < model.queueCount(); q++) {
                model.notified(q);
                settle();
            }
        }

        int inFlight() {
            int n = 0;
            for (int q = 0; q < model.queueCount(); q++) {
                n += transport.queue(q).inFlight();
            }
            return n;
        }

        void sleep() throws Exception {
            settle();
            model.sleep(Deadline.afterMillis(1_000));
        }
    }

    @Test
    void itsShapeIsWithinTheBoundsOfVirtio() throws Exception {
        Rig rig = new Rig();
        VirtioModel m = rig.model;
        assertTrue(m.deviceId() > 0, "device id " + m.deviceId());
        assertEquals(0, m.features() & TRANSPORT_FEATURES, "features of the transport are not the model's to offer");
        assertTrue(m.queueCount() >= 1 && m.queueCount() <= 64, m.queueCount() + " queues");
        assertTrue(Integer.bitCount(m.queueSizeMax()) == 1 && m.queueSizeMax() <= 1024, "queues of up to " + m.queueSizeMax());
        m.close();
    }

    @Test
    void theConfigurationSpaceIsBytes() throws Exception {
        Rig rig = new Rig();
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000 && rig.model.configBytes() > 0; i++) {
            int offset = random.nextInt(rig.model.configBytes());
            int value = rig.model.readConfig(offset);
            assertTrue(value >= 0 && value <= 255, "byte " + offset + " of the configuration space reads as " + value);
            rig.model.writeConfig(random.nextInt(rig.model.configBytes()), random.nextInt(256));
        }
        rig.model.close();
    }

    @Test
    void everyChainIsAnsweredOnceOrLeftInItsQueue() throws Exception {
        Random random = new Random(SEED + 1);
        for (int round = 0; round < 300; round++) {
            Rig rig = new Rig();
            List<FakeChain> chains = rig.offer(random, 1 + random.nextInt(20));
            try {
                rig.kickAll();
                rig.kickAll();
            } catch (RuntimeException | Error e) {
                fail("round " + round + ": " + e, e);
            }
            long open = chains.stream().filter(c -> !c.isAnswered()).count();
            int left = 0;
            for (int q = 0; q < rig.model.queueCount(); q++) {
                left += rig.transport.queue(q).offered();
            }
            if (rig.transport.broken() == null) {
                assertEquals(open, left + rig.inFlight(), "chains are lost in round " + round);
                assertEquals(0, rig.inFlight(), "chains are neither answered nor given back, though all is quiet, in round " + round);
            }
            rig.model.close();
        }
    }

    @Test
    void answersAreFollowedByAnInterrupt() throws Exception {
        Random random = new Random(SEED + 2);
        for (int round = 0; round < 100; round++) {
            Rig rig = new Rig();
            rig.offer(random, 5);
            rig.kickAll();
            // Interrupts may be moderated, but not for long.
            rig.context.advance(10_000_000);
            rig.context.runPosted();
            for (int q = 0; q < rig.model.queueCount(); q++) {
                // A device that needs a reset has told so by its own interrupt (virtio 1.2, 2.1.2).
                if (rig.transport.broken() == null && !rig.transport.queue(q).answered().isEmpty()) {
                    assertTrue(rig.transport.queue(q).interrupts() > 0, "queue " + q + " has answers of which the driver was not told");
                }
            }
            rig.model.close();
        }
    }

    @Test
    void anAsleepModelPopsNothing() throws Exception {
        Rig rig = new Rig();
        rig.sleep();
        rig.offer(new Random(SEED + 3), 10);
        for (int q = 0; q < rig.model.queueCount(); q++) {
            int before = rig.transport.queue(q).offered();
            rig.model.notified(q);
            assertEquals(before, rig.transport.queue(q).offered(), "queue " + q + " was popped while asleep");
        }
        rig.model.close();
    }

    @Test
    void itDoesNotSleepWithRequestsInFlight() throws Exception {
        Random random = new Random(SEED + 6);
        for (int round = 0; round < 50; round++) {
            Rig rig = new Rig();
            rig.disk.defer();
            rig.offer(random, 8);
            rig.kickAll();
            if (rig.transport.broken() != null) {
                rig.model.close();
                continue;
            }
            boolean slept = true;
            try {
                rig.model.sleep(Deadline.afterMillis(1));
            } catch (NotAsleepException e) {
                slept = false;
                assertTrue(rig.inFlight() > 0, "it does not sleep though nothing is in flight, round " + round);
            }
            if (slept) {
                assertEquals(0, rig.inFlight(), "asleep with requests in flight, round " + round);
                rig.model.wake();
            }
            // Each answer may let it submit the next piece.
            for (int i = 0; i < 1_000 && (rig.disk.waiting() > 0 || rig.context.postedTasks() > 0); i++) {
                rig.disk.completeAll();
                rig.settle();
            }
            if (rig.transport.broken() == null) {
                assertEquals(0, rig.inFlight(), "requests are not answered though the disk has, round " + round);
                rig.sleep();
            }
            rig.model.close();
        }
    }

    @Test
    void aResetModelForgetsItsQueues() throws Exception {
        Rig rig = new Rig();
        rig.model.reset();
        rig.offer(new Random(SEED + 4), 10);
        for (int q = 0; q < rig.model.queueCount(); q++) {
            int before = rig.transport.queue(q).offered();
            rig.model.notified(q);
            rig.settle();
            assertEquals(before, rig.transport.queue(q).offered(), "queue " + q + " was popped after a reset");
        }
        FakeTransport again = new FakeTransport(rig.model.queueCount());
        rig.model.activate(again, rig.model.features());
        rig.kickAll();
        rig.model.close();
    }

    @Test
    void kicksWithoutChainsAreHarmless() throws Exception {
        Rig rig = new Rig();
        for (int i = 0; i < 100; i++) {
            rig.kickAll();
        }
        assertEquals(null, rig.transport.broken());
        assertEquals(0, rig.inFlight());
        rig.model.close();
    }

    @Test
    void aSuccessorServesWhatTheOldOneLeft() throws Exception {
        Random random = new Random(SEED + 5);
        for (int round = 0; round < 100; round++) {
            Rig rig = new Rig();
            rig.offer(random, 5);
            rig.kickAll();
            if (rig.transport.broken() != null) {
                rig.model.close();
                continue;
            }
            rig.sleep();
            assertEquals(0, rig.inFlight(), "asleep with requests in flight, round " + round);
            VirtioModel successor = create(rig.context, rig.disk);
            StateImage.of(rig.model).into(successor);
            rig.model.close();
            rig.model = successor;
            successor.activate(rig.transport, successor.features());
            successor.wake();
            rig.offer(random, 5);
            rig.kickAll();
            if (rig.transport.broken() == null) {
                assertEquals(0, rig.inFlight(), "round " + round);
            }
            successor.close();
        }
    }
}
