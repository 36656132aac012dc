package hv.devices.internal.fuzz;

import hv.api.state.NotAsleepException;
import hv.api.virtio.spi.VirtioModelFactory;
import hv.devices.internal.VirtioRig;
import hv.devices.internal.blk.BlkModelFactory;
import hv.devices.internal.console.ConsoleModelFactory;
import hv.devices.internal.net.NetModelFactory;
import hv.devices.internal.rng.RngModelFactory;
import hv.devices.internal.scsi.ScsiModelFactory;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDisk;
import hv.testkit.fake.FakeGuestMemory;
import hv.testkit.fake.FakeWire;
import hv.testkit.fake.MmioDriver;
import java.util.List;

/**
 * A hostile driver: rings and registers at random, mostly near the truth, while the model is replaced and the world types. Whatever it does, no
 * call throws, no lease is left open, the disk sees only operations that the contract allows; and after a reset a well-behaved driver is served.
 */
final class RingScenario {
    private static final List<VirtioModelFactory> MODELS = List.of(new ConsoleModelFactory(), new BlkModelFactory(), new RngModelFactory(), new NetModelFactory(),
            new ScsiModelFactory());
    private static final int DISK_BYTES = 32 * 512;
    /** Request types of a block device, and one that is none. */
    private static final byte[] TYPES = {0, 0, 1, 1, 4, 8, 11, 13, 14};
    private static final byte[] COMMANDS = {0, 3, 0x08, 0x0a, 0x12, 0x1a, 0x1b, 0x25, 0x28, 0x2a, 0x2f, 0x35, 0x42, 0x5a, (byte) 0x88, (byte) 0x8a, (byte) 0x8f,
        (byte) 0x91, (byte) 0x93, (byte) 0x9e, (byte) 0xa0, (byte) 0xa8, (byte) 0xaa, (byte) 0xff};
    private static final long RAM_GPA = 0x8000_0000L;
    private static final int RAM_BYTES = 1 << 20;

    private final Script script;
    private final FakeDisk disk = new FakeDisk(DISK_BYTES, false);
    private final FakeWire wire = new FakeWire(1500);
    private final VirtioRig rig;

    private RingScenario(Script script) throws Exception {
        this.script = script;
        VirtioModelFactory model = MODELS.get(script.below(MODELS.size()));
        rig = new VirtioRig(model, model instanceof NetModelFactory ? wire : disk,
                new FakeDeviceContext(new FakeGuestMemory(RAM_GPA, RAM_BYTES), 1));
    }

    static void run(byte[] bytes) throws Exception {
        RingScenario s = new RingScenario(new Script(bytes));
        s.rig.start(s.script.u8() << 24 | s.script.u8() << 8 | s.script.u8());
        while (!s.script.isDone()) {
            s.step();
            if (s.rig.context.memory().openLeases() != 0) {
                throw new AssertionError("a lease was left open");
            }
        }
        s.assertServesAWellBehavedDriver();
    }

    private DriverQueue queue() {
        return rig.queues[script.below(rig.queues.length)];
    }

    private void step() throws Exception {
        int q = script.below(3);
        switch (script.below(21)) {
            case 0, 1, 2 -> queue().descriptor(script.below(VirtioRig.QUEUE_SIZE), gpa(), len(), script.below(8), script.below(VirtioRig.QUEUE_SIZE + 1));
            case 3 -> queue().descriptorAt(tableGpa(), gpa(), len(), script.below(8), script.below(4));
            case 4 -> queue().descriptor(script.below(VirtioRig.QUEUE_SIZE), tableGpa(), 16 * script.below(5), DriverQueue.INDIRECT, 0);
            case 5, 6 -> queue().publish(script.below(VirtioRig.QUEUE_SIZE + 1));
            case 7 -> queue().setAvailIndex(script.u16());
            case 8, 17 -> {
                DriverQueue to = queue();
                to.send(to.out(header()), to.in(512 * script.below(4) + 1));
                rig.kick(0);
            }
            case 18 -> {
                if ((rig.driver.read(MmioDriver.STATUS) & MmioDriver.NEEDS_RESET) != 0) {
                    rig.start(script.u8() << 24 | script.u8() << 8 | script.u8());
                }
            }
            case 9 -> {
                DriverQueue to = queue();
                int data = script.below(2) == 0 ? 16 * script.below(8) : 512 * script.below(4);
                to.sendIndirect(to.out(header()), to.out(script.bytes(data)), to.in(1 + script.below(600)));
                rig.kick(0);
            }
            case 10, 11, 12 -> rig.kick(q);
            case 19 -> scsi();
            case 13 -> {
                queue().setUsedEvent(script.u16());
                queue().setAvailFlags(script.below(2));
            }
            case 14 -> rig.transport.write(script.u16() & 0x1fc, 4, script.i32() & 0xffff_ffffL);
            case 15 -> rig.transport.read(script.u16() & 0x1ff, 1 << script.below(4));
            case 16 -> {
                rig.context.channel("console").setRoom(script.below(100));
                rig.context.channel("console").type(new byte[script.below(20)]);
                rig.context.channel("console").resize(script.u16(), script.u16());
                if (script.below(2) == 0) {
                    disk.defer();
                }
                disk.fail(script.below(4) == 0 ? "made to fail" : null);
                world();
            }
            default -> {
                try {
                    rig.replaceModel();
                } catch (NotAsleepException e) {
                    rig.transport.openIntake();
                    disk.completeAll();
                    rig.context.runPosted();
                }
            }
        }
    }

    /** A command or a task management function near the truth; noise to other devices. */
    private void scsi() {
        DriverQueue to = rig.queues[rig.queues.length - 1];
        byte[] command = new byte[51];
        command[0] = 1;
        command[1] = (byte) (script.below(8) == 0 ? 1 : 0);
        command[8] = (byte) script.below(4);
        command[19] = COMMANDS[script.below(COMMANDS.length)];
        for (int n = script.below(6); n > 0; n--) {
            command[20 + script.below(15)] = (byte) script.below(40);
        }
        to.sendIndirect(to.out(command), to.out(script.bytes(16 * script.below(6))), to.in(108 + 512 * script.below(4)));
        if (script.below(3) == 0) {
            byte[] management = new byte[24];
            management[4] = (byte) script.below(9);
            management[8] = 1;
            management[16] = (byte) script.below(4);
            rig.queues[0].send(rig.queues[0].out(management), rig.queues[0].in(1));
            rig.kick(0);
        }
        if (script.below(8) == 0) {
            rig.transport.write(MmioDriver.CONFIG + 20 + script.below(8), 1, script.u8());
        }
        rig.kick(rig.queues.length - 1);
    }

    /** Frames come, the wire fills up and empties, the link goes and comes. */
    private void world() {
        switch (script.below(4)) {
            case 0, 1 -> wire.arrive(script.bytes(14 + script.below(3000)));
            case 2 -> wire.room(script.below(5));
            default -> wire.link(script.below(3) > 0);
        }
        rig.context.runPosted();
    }

    private byte[] header() {
        byte[] h = new byte[16];
        h[0] = TYPES[script.below(TYPES.length)];
        h[8] = (byte) script.below(40);
        h[9] = (byte) (script.below(8) == 0 ? 1 : 0);
        h[15] = (byte) (script.below(8) == 0 ? 0xff : 0);
        return h;
    }

    private long tableGpa() {
        return rig.context.memory().baseGpa() + (RAM_BYTES / 2) + 16L * script.below(64);
    }

    /** Mostly in RAM. */
    private long gpa() {
        long base = rig.context.memory().baseGpa();
        long size = rig.context.memory().sizeBytes();
        return switch (script.below(8)) {
            case 0 -> script.i64();
            case 1 -> base + size - script.below(16);
            case 2 -> base - script.below(16);
            default -> base + Integer.toUnsignedLong(script.i32()) % size;
        };
    }

    private int len() {
        return switch (script.below(8)) {
            case 0 -> script.i32();
            case 1 -> 0;
            default -> script.u16();
        };
    }

    private void assertServesAWellBehavedDriver() {
        disk.fail(null);
        disk.completeAll();
        rig.context.runPosted();
        disk.completeAll();
        rig.context.runPosted();
        while (disk.waiting() > 0) {
            disk.completeAll();
            rig.context.runPosted();
        }
        rig.context.channel("console").setRoom(Integer.MAX_VALUE);
        wire.room(Integer.MAX_VALUE);
        rig.start(0);
        rig.context.channel("console").type("x");
        int last = rig.queues.length - 1;
        DriverQueue q = rig.queues[last];
        boolean console = last == 1;
        if (console) {
            q.send(q.out(new byte[8]));
        } else {
            q.send(q.out(new byte[16]), q.in(513));
        }
        rig.kick(last);
        disk.completeAll();
        rig.context.runPosted();
        if (q.takeUsed().size() != 1) {
            throw new AssertionError("after a reset the device does not answer: " + rig.transport + ", status " + rig.driver.read(MmioDriver.STATUS));
        }
    }
}
