package hv.devices.internal.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.block.spi.BlockOperation.Kind;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.virtio.spi.VirtioModel;
import hv.api.device.BackendFront;
import hv.devices.internal.VirtioRig;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeTransport;
import hv.testkit.fake.MmioDriver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Commands as a driver sends them: target 0 can be written, target 1 cannot. */
class ScsiModelTest {
    private static final int DISK_BYTES = 4 << 20;
    private static final int BLOCKS = DISK_BYTES / 512;
    private static final int SENSE = 96;
    private static final int CDB = 32;

    private final FakeDisk disk = new FakeDisk(DISK_BYTES, false);
    private final FakeDisk locked = new FakeDisk(1 << 16, true);
    private final VirtioRig rig = rig();
    private int nextId = 100;

    private VirtioRig rig() {
        try {
            return new VirtioRig(new ScsiModelFactory(), List.<BackendFront>of(disk, locked), new FakeDeviceContext()).start(-1L);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What a command came to. */
    private record Answer(int response, int status, int residual, byte[] sense, byte[] in, long used) {
        int code() {
            return sense[12] << 8 & 0xff00 | sense[13] & 0xff;
        }

        int key() {
            return sense[2];
        }
    }

    /** A command that is under way. */
    private record Sent(DriverQueue.Buffer response, DriverQueue.Buffer in) {
    }

    private static byte[] lun(int... bytes) {
        byte[] b = new byte[8];
        for (int i = 0; i < bytes.length; i++) {
            b[i] = (byte) bytes[i];
        }
        return b;
    }

    private static byte[] target(int target) {
        return lun(1, target, 0x40, 0);
    }

    private Sent send(byte[] lun, int id, byte[] cdb, byte[] out, int inBytes) {
        DriverQueue q = rig.queues[2];
        DriverQueue.Buffer head = q.out(ByteBuffer.allocate(19 + CDB).order(ByteOrder.LITTLE_ENDIAN).put(lun).putLong(id).put(new byte[3]).put(cdb).array());
        DriverQueue.Buffer response = q.in(12 + SENSE);
        DriverQueue.Buffer in = inBytes == 0 ? null : q.in(inBytes);
        if (out != null) {
            q.send(head, q.out(out), response);
        } else if (in != null) {
            q.send(head, response, in);
        } else {
            q.send(head, response);
        }
        rig.kick(2);
        return new Sent(response, in);
    }

    private Answer answer(Sent sent, long used) {
        ByteBuffer r = ByteBuffer.wrap(rig.queues[2].content(sent.response)).order(ByteOrder.LITTLE_ENDIAN);
        return new Answer(r.get(11), r.get(10), r.getInt(4), Arrays.copyOfRange(r.array(), 12, 12 + r.getInt(0)),
                sent.in == null ? new byte[0] : rig.queues[2].content(sent.in), used);
    }

    private Answer command(byte[] lun, byte[] cdb, byte[] out, int inBytes) {
        Sent sent = send(lun, nextId++, cdb, out, inBytes);
        List<DriverQueue.Used> used = rig.queues[2].takeUsed();
        assertEquals(1, used.size());
        assertEquals(0, rig.context.memory().openLeases());
        return answer(sent, used.getFirst().lenBytes());
    }

    private Answer command(byte[] cdb, byte[] out, int inBytes) {
        return command(target(0), cdb, out, inBytes);
    }

    private static byte[] cdb(int... bytes) {
        byte[] b = new byte[16];
        for (int i = 0; i < bytes.length; i++) {
            b[i] = (byte) bytes[i];
        }
        return b;
    }

    private static byte[] cdb16(int code, int flags, long lba, int count) {
        return ByteBuffer.allocate(16).put((byte) code).put((byte) flags).putLong(lba).putInt(count).array();
    }

    private static byte[] cdb10(int code, int flags, int lba, int count) {
        return ByteBuffer.allocate(16).put((byte) code).put((byte) flags).putInt(lba).put((byte) 0).putShort((short) count).array();
    }

    private static byte[] random(int len) {
        byte[] b = new byte[len];
        new Random(len).nextBytes(b);
        return b;
    }

    /** Takes the attention that follows a reset. */
    private ScsiModelTest ready() {
        for (int t = 0; t < 2; t++) {
            Answer a = command(target(t), cdb(0), null, 0);
            assertEquals(2, a.status);
            assertEquals(6, a.key());
            assertEquals(0x2900, a.code());
            assertEquals(0, command(target(t), cdb(0), null, 0).status);
        }
        return this;
    }

    private void good(Answer a) {
        assertEquals(0, a.response);
        assertEquals(0, a.status, () -> "sense " + a.key() + " " + Integer.toHexString(a.code()));
    }

    private void fails(int key, int code, Answer a) {
        assertEquals(0, a.response);
        assertEquals(2, a.status);
        assertEquals(18, a.sense.length);
        assertEquals(0x70, a.sense[0]);
        assertEquals(key, a.key());
        assertEquals(code, a.code(), () -> Integer.toHexString(a.code()));
    }

    @Test
    void whatIsWrittenIsReadByCommandsOfAllLengths() {
        ready();
        byte[] data = random(600 * 512);
        good(command(cdb10(0x2a, 0, 3, 600), data, 0));
        assertArrayEquals(data, Arrays.copyOfRange(disk.content(), 3 * 512, 3 * 512 + data.length));
        Answer a = command(cdb16(0x88, 0, 3, 600), null, data.length + 100);
        good(a);
        assertArrayEquals(data, Arrays.copyOf(a.in, data.length));
        assertEquals(100, a.residual);
        assertEquals(12 + SENSE + data.length, a.used);
        byte[] block = random(512);
        good(command(cdb(0x0a, 0, 1, 2, 1, 0), block, 0));
        a = command(cdb(0x08, 0, 1, 2, 1, 0), null, 512);
        assertArrayEquals(block, a.in);
        good(command(cdb(0xaa, 0, 0, 0, 0, 9, 0, 0, 0, 1), block, 0));
        assertArrayEquals(block, command(cdb(0xa8, 0, 0, 0, 0, 9, 0, 0, 0, 1), null, 512).in);
        good(command(cdb16(0x8a, 0, BLOCKS - 1, 1), block, 0));
        assertArrayEquals(block, command(cdb10(0x28, 0, BLOCKS - 1, 1), null, 512).in);
        assertEquals(256 * 512, command(cdb(0x08, 0, 0, 0, 0, 0), null, 256 * 512).in.length);
    }

    @Test
    void fuaReachesTheDisk() {
        ready();
        good(command(cdb10(0x2a, 8, 0, 1), new byte[512], 0));
        good(command(cdb10(0x28, 8, 0, 1), null, 512));
        good(command(cdb10(0x35, 0, 0, 0), null, 0));
        good(command(cdb16(0x91, 0, 0, 0), null, 0));
        assertEquals(List.of(Kind.WRITE, Kind.FLUSH, Kind.FLUSH, Kind.READ, Kind.FLUSH, Kind.FLUSH), disk.done());
    }

    @Test
    void itSaysWhatItIs() {
        Answer a = command(cdb(0x12, 0, 0, 0, 96), null, 96);
        good(a);
        assertEquals(0, a.in[0]);
        assertEquals("HV      Virtual Disk    1   ", new String(a.in, 8, 28, StandardCharsets.US_ASCII));
        assertArrayEquals(new byte[] {0, 0, 0, 6, 0, (byte) 0x80, (byte) 0x83, (byte) 0xb0, (byte) 0xb1, (byte) 0xb2}, Arrays.copyOf(command(cdb(0x12, 1, 0, 0, 255), null, 255).in, 10));
        a = command(target(1), cdb(0x12, 1, 0x80, 0, 255), null, 255);
        assertEquals("virtio0-disk1", new String(a.in, 4, a.in[3], StandardCharsets.US_ASCII));
        a = command(cdb(0x12, 1, 0x83, 0, 255), null, 255);
        assertEquals("HV      virtio0-disk0", new String(a.in, 8, a.in[7], StandardCharsets.US_ASCII));
        ByteBuffer limits = ByteBuffer.wrap(command(cdb(0x12, 1, 0xb0, 0, 64), null, 64).in);
        assertEquals(8, limits.getShort(6));
        assertEquals(16, limits.getInt(24));
        assertEquals(32768, limits.getLong(36));
        assertEquals(1, ByteBuffer.wrap(command(cdb(0x12, 1, 0xb1, 0, 64), null, 64).in).getShort(4));
        assertEquals((byte) 0x80, command(cdb(0x12, 1, 0xb2, 0, 8), null, 8).in[5]);
        fails(5, 0x2400, command(cdb(0x12, 1, 0x84, 0, 255), null, 255));
        fails(5, 0x2400, command(cdb(0x12, 0, 0x80, 0, 255), null, 255));
    }

    @Test
    void itSaysHowLargeItIs() {
        ready();
        ByteBuffer ten = ByteBuffer.wrap(command(cdb(0x25), null, 8).in);
        assertEquals(BLOCKS - 1, ten.getInt());
        assertEquals(512, ten.getInt());
        ByteBuffer sixteen = ByteBuffer.wrap(command(cdb(0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32), null, 32).in);
        assertEquals(BLOCKS - 1, sixteen.getLong());
        assertEquals(512, sixteen.getInt());
        assertEquals(3, sixteen.get(13));
        assertEquals((byte) 0x80, sixteen.get(14));
    }

    @Test
    void itsModePagesSayCachingAndProtection() {
        ready();
        byte[] six = command(target(1), cdb(0x1a, 8, 0x3f, 0, 255), null, 255).in;
        assertEquals((byte) 0x90, six[2]);
        assertArrayEquals(new byte[] {8, 18, 4}, Arrays.copyOfRange(six, 4, 7));
        assertArrayEquals(new byte[] {0x0a, 10}, Arrays.copyOfRange(six, 24, 26));
        byte[] ten = command(cdb(0x5a, 0, 8, 0, 0, 0, 0, 0, 255), null, 255).in;
        assertEquals(0x10, ten[3]);
        assertEquals(8, ten[7]);
        assertEquals(BLOCKS, ByteBuffer.wrap(ten).getInt(8));
        assertEquals(8, ten[16]);
        fails(5, 0x2400, command(cdb(0x1a, 0, 0x1c, 0, 255), null, 255));
        fails(5, 0x3900, command(cdb(0x1a, 0, 0xc8, 0, 255), null, 255));
    }

    @Test
    void unitsAreFoundThroughReportLuns() {
        byte[] in = command(cdb(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64), null, 64).in;
        assertEquals(8, in[3]);
        assertArrayEquals(new byte[8], Arrays.copyOfRange(in, 8, 16));
        byte[] domain = command(lun(0xc1, 1), cdb(0xa0, 0, 2, 0, 0, 0, 0, 0, 0, 64), null, 64).in;
        assertEquals(24, domain[3]);
        assertArrayEquals(lun(1, 1), Arrays.copyOfRange(domain, 16, 24));
        assertArrayEquals(lun(0xc1, 1), Arrays.copyOfRange(domain, 24, 32));
        assertEquals(0x1e, command(lun(0xc1, 1), cdb(0x12, 0, 0, 0, 36), null, 36).in[0]);
        assertEquals(0x7f, command(lun(1, 0, 0x40, 1), cdb(0x12, 0, 0, 0, 36), null, 36).in[0]);
        fails(5, 0x2500, command(lun(1, 0, 0x40, 1), cdb(0), null, 0));
        for (byte[] nobody : new byte[][] {target(2), lun(1, 255), lun(2), lun(0), lun(1, 0, 0, 0, 1)}) {
            assertEquals(3, command(nobody, cdb(0), null, 0).response);
        }
    }

    @Test
    void errorsHaveTheirSense() {
        ready();
        fails(5, 0x2000, command(cdb(0xc0), null, 0));
        fails(5, 0x2000, command(cdb(0x55), null, 0));
        for (long lba : new long[] {BLOCKS, BLOCKS - 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 55}) {
            fails(5, 0x2100, command(cdb16(0x88, 0, lba, 2), null, 1024));
            fails(5, 0x2100, command(cdb16(0x8a, 0, lba, 2), new byte[1024], 0));
            fails(5, 0x2100, command(cdb16(0x93, 1, lba, 2), null, 0));
            fails(5, 0x2100, command(cdb16(0x8f, 0, lba, 2), null, 0));
        }
        fails(7, 0x2700, command(target(1), cdb10(0x2a, 0, 0, 1), new byte[512], 0));
        fails(7, 0x2700, command(target(1), cdb16(0x93, 1, 0, 1), null, 0));
        fails(5, 0x2400, command(cdb10(0x28, 0x20, 0, 1), null, 512));
        assertEquals(1, command(cdb10(0x28, 0, 0, 2), null, 512).response);
        assertEquals(1, command(cdb10(0x2a, 0, 0, 2), new byte[512], 0).response);
        assertEquals(List.of(), disk.done());
        disk.fail("made to fail");
        fails(3, 0x1100, command(cdb10(0x28, 0, 0, 1), null, 512));
        fails(3, 0x0c00, command(cdb10(0x2a, 0, 0, 1), new byte[512], 0));
        fails(3, 0x0c00, command(cdb10(0x35, 0, 0, 0), null, 0));
        disk.fail(null);
        byte[] sense = command(cdb(3, 0, 0, 0, 18), null, 18).in;
        assertEquals(0x70, sense[0]);
        assertEquals(0, sense[2]);
    }

    @Test
    void blocksAreUnmappedAndZeroed() {
        ready();
        Arrays.fill(disk.content(), (byte) 7);
        byte[] list = ByteBuffer.allocate(40).putShort((short) 38).putShort((short) 32).putInt(0).putLong(2).putInt(1).putInt(0).putLong(5).putInt(2).putInt(0).array();
        good(command(cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 40), list, 0));
        good(command(cdb16(0x93, 0, 10, 3), new byte[512], 0));
        good(command(cdb16(0x93, 9, 20, 1), null, 0));
        for (int block = 0; block < 30; block++) {
            boolean zero = block == 2 || block == 5 || block == 6 || block >= 10 && block < 13 || block == 20;
            assertEquals(zero ? 0 : 7, disk.content()[block * 512], "block " + block);
        }
        assertEquals(List.of(Kind.DISCARD, Kind.DISCARD, Kind.WRITE_ZEROES, Kind.WRITE_ZEROES), disk.done());
        fails(5, 0x2600, command(cdb16(0x93, 0, 0, 1), random(512), 0));
        fails(5, 0x2400, command(cdb16(0x93, 1, 0, 0), null, 0));
        list[8] = 1;
        fails(5, 0x2100, command(cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 40), list, 0));
        fails(5, 0x1a00, command(cdb(0x42, 0, 0, 0, 0, 0, 0, 0, 7), list, 0));
    }

    private int manage(int function, byte[] lun, long id) {
        DriverQueue.Buffer response = startManaging(function, lun, id);
        assertEquals(1, rig.queues[0].takeUsed().size());
        return rig.queues[0].content(response)[0];
    }

    private DriverQueue.Buffer startManaging(int function, byte[] lun, long id) {
        DriverQueue q = rig.queues[0];
        DriverQueue.Buffer response = q.in(1);
        q.send(q.out(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(function).put(lun).putLong(id).array()), response);
        rig.kick(0);
        return response;
    }

    @Test
    void anAbortedTaskEndsBeforeItsAbortIsAnswered() {
        ready();
        disk.defer();
        int before = disk.done().size();
        Sent task = send(target(0), 7, cdb10(0x2a, 0, 0, 1024), new byte[1024 * 512], 0);
        assertEquals(10, manage(6, target(0), 7), "it is there");
        assertEquals(0, manage(6, target(0), 8));
        assertEquals(0, manage(0, target(0), 8));
        DriverQueue.Buffer response = startManaging(0, target(0), 7);
        assertEquals(0, rig.queues[0].takeUsed().size());
        disk.completeAll();
        rig.context.runPosted();
        assertEquals(1, rig.queues[0].takeUsed().size());
        assertEquals(0, rig.queues[0].content(response)[0]);
        assertEquals(1, rig.queues[2].takeUsed().size());
        assertEquals(2, answer(task, 0).response);
        assertEquals(before + 1, disk.done().size(), "its second piece was not written");
        assertEquals(11, manage(2, target(0), 0));
        assertEquals(11, manage(99, target(0), 0));
        assertEquals(3, manage(5, target(2), 0));
        assertEquals(12, manage(5, lun(1, 0, 0x40, 9), 0));
    }

    @Test
    void aResetEndsTheTasksOfItsUnitAlone() {
        ready();
        disk.defer();
        locked.defer();
        Sent mine = send(target(0), 1, cdb10(0x28, 0, 0, 1), null, 512);
        Sent other = send(target(1), 1, cdb10(0x28, 0, 0, 1), null, 512);
        startManaging(5, target(0), 0);
        disk.completeAll();
        rig.context.runPosted();
        assertEquals(1, rig.queues[0].takeUsed().size());
        assertEquals(1, rig.queues[2].takeUsed().size());
        assertEquals(4, answer(mine, 0).response);
        locked.completeAll();
        rig.context.runPosted();
        assertEquals(1, rig.queues[2].takeUsed().size());
        good(answer(other, 0));
        fails(6, 0x2903, command(cdb(0), null, 0));
        good(command(cdb(0), null, 0));
    }

    private static byte[] request(int id, byte[] cdb) {
        return ByteBuffer.allocate(19 + CDB).order(ByteOrder.LITTLE_ENDIAN).put(target(0)).putLong(id).put(new byte[3]).put(cdb).array();
    }

    @Test
    void aTaskThatWaitsInTheRingIsAbortedToo() throws Exception {
        FakeDeviceContext context = new FakeDeviceContext();
        VirtioModel model = new ScsiModelFactory().create("m", rig.spec, context, List.of(disk));
        FakeTransport transport = new FakeTransport(ScsiLayout.QUEUES);
        model.activate(transport, 0);
        model.wake();
        transport.queue(2).offer(request(99, cdb(0)), 12 + SENSE); // takes the attention
        disk.defer();
        for (int i = 0; i < 20; i++) {
            transport.queue(2).offer(request(i, cdb10(0x28, 0, i, 1)), 12 + SENSE + 512);
        }
        model.notified(2);
        assertEquals(16, disk.waiting());
        assertEquals(4, transport.queue(2).offered());
        transport.queue(0).offer(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(0).put(target(0)).putLong(18).array(), 1);
        model.notified(0);
        assertEquals(1, transport.queue(0).answered().size());
        assertEquals(2, transport.queue(2).answered().size());
        for (int i = 0; i < 3; i++) {
            disk.completeAll();
            context.runPosted();
        }
        assertEquals(21, transport.queue(2).answered().size());
        assertEquals(19, disk.done().size(), "the aborted one was never begun");
        model.close();
    }

    @Test
    void itSleepsOnlyWhenNothingIsUnderWay() throws Exception {
        ready();
        disk.defer();
        send(target(0), 1, cdb10(0x28, 0, 0, 1), null, 512);
        assertThrows(NotAsleepException.class, () -> rig.model.sleep(Deadline.afterMillis(0)));
        disk.completeAll();
        rig.context.runPosted();
        rig.model.sleep(Deadline.afterMillis(0));
    }

    @Test
    void aDriverSetsTheSizesAndAReplacementKeepsThem() throws Exception {
        assertEquals(96, rig.driver.config(20, 4));
        assertEquals(32, rig.driver.config(24, 4));
        assertEquals(1, rig.driver.config(0, 4));
        assertEquals(1 << 16, rig.driver.config(28, 4));
        rig.transport.write(MmioDriver.CONFIG + 20, 4, 18);
        rig.transport.write(MmioDriver.CONFIG + 24, 4, 16);
        rig.replaceModel();
        assertEquals(18, rig.driver.config(20, 4));
        DriverQueue q = rig.queues[2];
        DriverQueue.Buffer response = q.in(12 + 18);
        q.send(q.out(ByteBuffer.allocate(19 + 16).put(target(0)).array()), response);
        rig.kick(2);
        assertEquals(1, q.takeUsed().size());
        byte[] r = q.content(response);
        assertEquals(18, r[0]);
        assertEquals(0x29, r[12 + 12]);
        rig.start(0);
        assertEquals(96, rig.driver.config(20, 4), "a reset gives the sizes back");
    }

    @Test
    void aRequestWithoutRoomForItsResponseBreaksTheDevice() {
        rig.queues[2].send(rig.queues[2].out(new byte[51]), rig.queues[2].in(11));
        rig.kick(2);
        assertTrue((rig.driver.read(MmioDriver.STATUS) & MmioDriver.NEEDS_RESET) != 0);
        rig.start(0);
        ready();
    }

    @Test
    void replacementsUnderLoadKeepEveryRequest() throws Exception {
        ready();
        Random random = new Random(5);
        byte[] shadow = new byte[DISK_BYTES];
        for (int round = 0; round < 100; round++) {
            int block = random.nextInt(BLOCKS - 64);
            byte[] data = new byte[512 * (1 + random.nextInt(64))];
            random.nextBytes(data);
            rig.transport.closeIntake();
            Sent sent = send(target(0), round, cdb10(0x2a, 0, block, data.length / 512), data, 0);
            assertEquals(0, rig.queues[2].takeUsed().size());
            rig.replaceModel();
            assertEquals(1, rig.queues[2].takeUsed().size());
            good(answer(sent, 0));
            System.arraycopy(data, 0, shadow, block * 512, data.length);
        }
        assertArrayEquals(shadow, disk.content());
    }
}
