package hv.devices.internal.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.block.spi.BlockOperation.Kind;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.devices.internal.VirtioRig;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.MmioDriver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlkModelTest {
    private static final int DISK_BYTES = 4 << 20;
    private static final long ALL = -1L;

    private final FakeDisk disk = new FakeDisk(DISK_BYTES, false);

    private static VirtioRig rig(FakeDisk disk, long features) throws Exception {
        return new VirtioRig(new BlkModelFactory(), disk).start(features);
    }

    private static byte[] header(int type, long sector) {
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(type).putInt(0).putLong(sector).array();
    }

    private static byte[] range(long sector, int sectors, int flags) {
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(sector).putInt(sectors).putInt(flags).array();
    }

    /** Sends a request and returns its status. */
    private static int request(VirtioRig rig, int type, long sector, byte[] out, DriverQueue.Buffer in) {
        DriverQueue q = rig.queues[0];
        DriverQueue.Buffer status = q.in(1);
        DriverQueue.Buffer head = q.out(header(type, sector));
        if (out != null) {
            q.send(head, q.out(out), status);
        } else if (in != null) {
            q.sendIndirect(head, in, status);
        } else {
            q.send(head, status);
        }
        rig.kick(0);
        assertEquals(1, q.takeUsed().size());
        assertEquals(0, rig.context.memory().openLeases());
        return q.content(status)[0];
    }

    private static byte[] random(int len) {
        byte[] b = new byte[len];
        new Random(len).nextBytes(b);
        return b;
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        byte[] data = random(1 << 20);
        assertEquals(0, request(rig, BlkLayout.T_OUT, 3, data, null));
        assertArrayEquals(data, Arrays.copyOfRange(disk.content(), 3 * 512, 3 * 512 + data.length));
        DriverQueue.Buffer in = rig.queues[0].in(data.length);
        assertEquals(0, request(rig, BlkLayout.T_IN, 3, null, in));
        assertArrayEquals(data, rig.queues[0].content(in));
    }

    @Test
    void flushReachesTheDisk() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        assertEquals(0, request(rig, BlkLayout.T_FLUSH, 0, null, null));
        assertEquals(List.of(Kind.FLUSH), disk.done());
    }

    @Test
    void aDriverWithoutFlushGetsWriteThrough() throws Exception {
        VirtioRig rig = rig(disk, 0);
        assertEquals(0, request(rig, BlkLayout.T_OUT, 0, new byte[512], null));
        assertEquals(List.of(Kind.WRITE, Kind.FLUSH), disk.done());
    }

    @Test
    void zeroesAreWritten() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        Arrays.fill(disk.content(), (byte) 7);
        assertEquals(0, request(rig, BlkLayout.T_WRITE_ZEROES, 0, range(2, 3, 1), null));
        for (int i = 0; i < 8 * 512; i++) {
            assertEquals(i >= 2 * 512 && i < 5 * 512 ? 0 : 7, disk.content()[i]);
        }
        assertEquals(0, request(rig, BlkLayout.T_DISCARD, 0, range(0, 1, 0), null));
        assertEquals(List.of(Kind.WRITE_ZEROES, Kind.DISCARD), disk.done());
    }

    @Test
    void itsIdIsItsPath() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        DriverQueue.Buffer in = rig.queues[0].in(20);
        assertEquals(0, request(rig, BlkLayout.T_GET_ID, 0, null, in));
        assertEquals("virtio0", new String(rig.queues[0].content(in), StandardCharsets.US_ASCII).trim());
    }

    @Test
    void theConfigurationSaysWhatTheDiskIs() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        assertEquals(DISK_BYTES / 512, rig.driver.config(0, 4));
        assertEquals(DISK_BYTES / 512, rig.transport.read(MmioDriver.CONFIG, 8));
        assertEquals(BlkLayout.SEG_MAX, rig.driver.config(BlkLayout.CONFIG_SEG_MAX, 4));
        assertEquals(512, rig.driver.config(BlkLayout.CONFIG_BLK_SIZE, 4));
        assertEquals(3, rig.driver.config(BlkLayout.CONFIG_PHYSICAL_BLOCK_EXP, 1));
        assertEquals(1, rig.driver.config(BlkLayout.CONFIG_NUM_QUEUES, 2));
    }

    @Test
    void aReadOnlyDiskIsNotWritten() throws Exception {
        FakeDisk locked = new FakeDisk(DISK_BYTES, true);
        VirtioRig rig = rig(locked, ALL);
        assertEquals(1, request(rig, BlkLayout.T_OUT, 0, new byte[512], null));
        assertEquals(2, request(rig, BlkLayout.T_WRITE_ZEROES, 0, range(0, 1, 0), null));
        assertEquals(List.of(), locked.done());
    }

    @Test
    void requestsBeyondTheEndOrOddAreErrors() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        long sectors = DISK_BYTES / 512;
        for (long sector : new long[] {sectors, sectors - 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 55, (1L << 55) - 1}) {
            assertEquals(1, request(rig, BlkLayout.T_OUT, sector, new byte[1024], null), "sector " + sector);
            assertEquals(1, request(rig, BlkLayout.T_IN, sector, null, rig.queues[0].in(1024)), "sector " + sector);
            assertEquals(1, request(rig, BlkLayout.T_DISCARD, 0, range(sector, 2, 0), null), "sector " + sector);
        }
        assertEquals(1, request(rig, BlkLayout.T_OUT, 0, new byte[511], null));
        assertEquals(1, request(rig, BlkLayout.T_WRITE_ZEROES, 0, range(0, -1, 0), null));
        assertEquals(1, request(rig, BlkLayout.T_WRITE_ZEROES, 0, new byte[15], null));
        assertEquals(2, request(rig, BlkLayout.T_WRITE_ZEROES, 0, range(0, 1, 2), null));
        assertEquals(2, request(rig, BlkLayout.T_DISCARD, 0, range(0, 1, 1), null));
        assertEquals(2, request(rig, 99, 0, null, null));
        assertEquals(List.of(), disk.done());
    }

    @Test
    void aRequestWithoutAStatusByteBreaksTheDevice() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        rig.queues[0].send(rig.queues[0].out(header(BlkLayout.T_FLUSH, 0)));
        rig.kick(0);
        assertTrue((rig.driver.read(MmioDriver.STATUS) & MmioDriver.NEEDS_RESET) != 0);
        rig.start(ALL);
        assertEquals(0, request(rig, BlkLayout.T_FLUSH, 0, null, null));
    }

    @Test
    void aFailingDiskIsTheGuestsError() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        disk.fail("no space");
        assertEquals(1, request(rig, BlkLayout.T_OUT, 0, new byte[512], null));
        disk.fail(null);
        assertEquals(0, request(rig, BlkLayout.T_OUT, 0, new byte[512], null));
    }

    @Test
    void aBurstIsAnsweredWithOneInterrupt() throws Exception {
        VirtioRig rig = rig(disk, MmioDriver.INDIRECT_DESC);
        disk.defer();
        DriverQueue q = rig.queues[0];
        for (int i = 0; i < VirtioRig.QUEUE_SIZE; i++) {
            q.sendIndirect(q.out(header(BlkLayout.T_IN, i)), q.in(512), q.in(1));
        }
        rig.kick(0);
        assertEquals(VirtioRig.QUEUE_SIZE, disk.waiting());
        int rises = rig.context.line().rises();
        disk.completeAll();
        rig.context.runPosted();
        assertEquals(VirtioRig.QUEUE_SIZE, q.takeUsed().size());
        assertEquals(rises + 1, rig.context.line().rises());
    }

    @Test
    void itSleepsOnlyWhenNothingIsUnderWay() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        disk.defer();
        DriverQueue q = rig.queues[0];
        q.send(q.out(header(BlkLayout.T_OUT, 0)), q.out(new byte[512]), q.in(1));
        rig.kick(0);
        assertThrows(NotAsleepException.class, () -> rig.model.sleep(Deadline.afterMillis(0)));
        disk.completeAll();
        assertThrows(NotAsleepException.class, () -> rig.model.sleep(Deadline.afterMillis(0)));
        rig.context.runPosted();
        rig.model.sleep(Deadline.afterMillis(0));
        q.send(q.out(header(BlkLayout.T_OUT, 0)), q.out(new byte[512]), q.in(1));
        rig.kick(0);
        assertEquals(1, q.takeUsed().size());
    }

    @Test
    void answersAfterTheDriversResetTouchNothing() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        disk.defer();
        DriverQueue q = rig.queues[0];
        DriverQueue.Buffer in = q.in(512);
        q.send(q.out(header(BlkLayout.T_IN, 0)), in, q.in(1));
        rig.kick(0);
        Arrays.fill(disk.content(), (byte) 9);
        rig.driver.write(MmioDriver.STATUS, 0);
        disk.completeAll();
        rig.context.runPosted();
        assertArrayEquals(new byte[512], q.content(in));
        assertEquals(0, q.usedIndex());
        rig.model.sleep(Deadline.afterMillis(0));
    }

    @Test
    void twoHundredReplacementsUnderLoadKeepEveryRequest() throws Exception {
        VirtioRig rig = rig(disk, ALL);
        Random random = new Random(5);
        byte[] shadow = new byte[DISK_BYTES];
        for (int round = 0; round < 200; round++) {
            int sector = random.nextInt(DISK_BYTES / 512 - 64);
            byte[] data = new byte[512 * (1 + random.nextInt(64))];
            random.nextBytes(data);
            DriverQueue q = rig.queues[0];
            rig.transport.closeIntake();
            DriverQueue.Buffer status = q.in(1);
            q.send(q.out(header(BlkLayout.T_OUT, sector)), q.out(data), status);
            rig.kick(0);
            assertEquals(0, q.takeUsed().size());
            rig.replaceModel();
            assertEquals(1, q.takeUsed().size());
            assertEquals(0, q.content(status)[0]);
            System.arraycopy(data, 0, shadow, sector * 512, data.length);
        }
        assertArrayEquals(shadow, disk.content());
    }
}
