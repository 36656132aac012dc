package hv.virtio.internal;

import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.IoContext;
import hv.api.memory.GuestMemory;
import hv.api.part.ReplaceException;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.TransportDevice;
import hv.api.virtio.spi.VirtioModel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongBinaryOperator;

/**
 * What all transports have in common (virtio 1.2, 2 and 3): feature negotiation, status, queues. It owns queue addresses, indices, doorbells and the
 * interrupt, and lends them to a model for one {@link Session}: from DRIVER_OK to the next reset.
 * <pre>
 *   vCPU thread                                        I/O context
 *   STATUS = 0          session ends at once           work(): model.reset()
 *   STATUS |= DRIVER_OK session begins                 work(): model.activate(session)
 *   doorbell of queue q bit q of kicks                 work(): model.notified(q)
 * </pre>
 * Registers and rings are guarded by this; doorbell and interrupt registers, which drivers use all the time, are not, so that a vCPU never
 * waits for a copy. Above 400 lines since the registers, the session's life and the state are one automaton. Registers go by the numbers that
 * {@link MmioLayout} gives them; how a guest reaches them is the subclass's.
 */
abstract class Transport implements TransportDevice {
    private static final long LOW = 0xffff_ffffL;
    /** Property of a device: "on" offers packed rings beside split ones, "off" does not. */
    static final String PACKED = "packed";
    static final int QUEUES_MAX = TransportState.QUEUES_MAX;
    /** Captures nothing: a doorbell allocates nothing. */
    private static final LongBinaryOperator OR = (a, b) -> a | b;

    final PartId id;
    private final GuestMemory memory;
    private final IoContext io;
    private final Interrupts interrupts;
    /** Offered whatever the model. */
    private final long transportFeatures;
    private final Runnable work = this::work;
    /** Bit q: queue q was kicked and the model not told yet. */
    private final AtomicLong kicks = new AtomicLong();

    private volatile VirtioModel model;
    private volatile int generation;
    private volatile boolean intakeOpen = true;
    /** Whether the device may reach RAM. Written under this. */
    private volatile boolean master = true;
    /** Null unless the driver is ready. Written under this. */
    private volatile Session session;

    /** Written under this, while the I/O context is idle. */
    private volatile boolean asleep = true;

    // Guarded by this.
    private int status;
    private int deviceFeaturesSel;
    private int driverFeaturesSel;
    private long driverFeatures;
    private int queueSel;
    private final QueueSetup[] setups = new QueueSetup[QUEUES_MAX];
    /** Of a restored state, to be compared when a model is plugged; 0 for none. */
    private int restoredDeviceId;
    private int restoredQueues;
    private String fault = "";

    /** I/O context: the session that the model was activated with. */
    private Session modelSession;

    /** @param spec its property {@link #PACKED} */
    Transport(PartId id, DeviceSpec spec, DeviceContext context, Interrupts interrupts) {
        this.id = id;
        this.memory = context.memory();
        this.io = context.io();
        this.interrupts = interrupts;
        this.transportFeatures = spec.property(PACKED, "off").equals("on") ? Features.TRANSPORT | Features.RING_PACKED : Features.TRANSPORT;
        Arrays.fill(setups, QueueSetup.NONE);
    }

    // ---- registers, vCPU threads

    /** The model that is plugged; null before the first. */
    final VirtioModel model() {
        return model;
    }

    final int generation() {
        return generation;
    }

    /** A register of {@link MmioLayout} that the automaton holds; 0 while no model is plugged. */
    final long readRegister(int register) {
        VirtioModel m = model;
        return m == null ? 0 : readGuarded(register, m);
    }

    /** As {@link #readRegister}. */
    final void writeRegister(int register, int value) {
        VirtioModel m = model;
        if (m != null) {
            writeGuarded(register, value, m);
        }
    }

    private synchronized long readGuarded(int offset, VirtioModel m) {
        return switch (offset) {
            case MmioLayout.DEVICE_ID -> m.deviceId();
            case MmioLayout.DEVICE_FEATURES -> switch (deviceFeaturesSel) {
                case 0 -> offered(m) & LOW;
                case 1 -> offered(m) >>> 32;
                default -> 0;
            };
            case MmioLayout.QUEUE_NUM_MAX -> Integer.compareUnsigned(queueSel, m.queueCount()) < 0 ? m.queueSizeMax() : 0;
            case MmioLayout.QUEUE_READY -> selected(m) && setups[queueSel].ready() ? 1 : 0;
            case MmioLayout.STATUS -> status;
            case MmioLayout.DEVICE_FEATURES_SEL -> deviceFeaturesSel & LOW;
            case MmioLayout.DRIVER_FEATURES_SEL -> driverFeaturesSel & LOW;
            case MmioLayout.DRIVER_FEATURES -> switch (driverFeaturesSel) {
                case 0 -> driverFeatures & LOW;
                case 1 -> driverFeatures >>> 32;
                default -> 0;
            };
            case MmioLayout.QUEUE_SEL -> queueSel & LOW;
            default -> selected(m) ? readQueue(offset, setups[queueSel]) : 0;
        };
    }

    private static long readQueue(int offset, QueueSetup q) {
        return switch (offset) {
            case MmioLayout.QUEUE_NUM -> q.size() & LOW;
            case MmioLayout.QUEUE_DESC_LOW -> q.desc() & LOW;
            case MmioLayout.QUEUE_DESC_HIGH -> q.desc() >>> 32;
            case MmioLayout.QUEUE_DRIVER_LOW -> q.avail() & LOW;
            case MmioLayout.QUEUE_DRIVER_HIGH -> q.avail() >>> 32;
            case MmioLayout.QUEUE_DEVICE_LOW -> q.used() & LOW;
            case MmioLayout.QUEUE_DEVICE_HIGH -> q.used() >>> 32;
            default -> 0;
        };
    }

    /** Bytes of the model's configuration space; 0 behind its end. */
    final long readDevice(long at, int widthBytes) {
        VirtioModel m = model;
        return m == null ? 0 : readDevice(m, at, widthBytes);
    }

    final void writeDevice(long at, int widthBytes, long value) {
        VirtioModel m = model;
        for (int i = 0; m != null && i < widthBytes && at + i < m.configBytes(); i++) {
            m.writeConfig((int) at + i, (int) (value >>> 8 * i) & 0xff);
        }
    }

    private static long readDevice(VirtioModel m, long at, int widthBytes) {
        long value = 0;
        int end = m.configBytes();
        for (int i = 0; i < widthBytes && at + i < end; i++) {
            value |= (m.readConfig((int) at + i) & 0xffL) << 8 * i;
        }
        return value;
    }

    private long offered(VirtioModel m) {
        return m.features() & Features.DEVICE | transportFeatures;
    }

    private boolean selected(VirtioModel m) {
        return Integer.compareUnsigned(queueSel, m.queueCount()) < 0;
    }

    /** The doorbell of a queue; any number. */
    final void kick(int queue) {
        Session s = session;
        if (s == null || Integer.compareUnsigned(queue, s.queueCount()) >= 0) {
            return;
        }
        if (kicks.getAndAccumulate(1L << queue, OR) == 0) {
            io.post(work);
        }
    }

    private synchronized void writeGuarded(int offset, int v, VirtioModel m) {
        switch (offset) {
            case MmioLayout.DEVICE_FEATURES_SEL -> deviceFeaturesSel = v;
            case MmioLayout.DRIVER_FEATURES_SEL -> driverFeaturesSel = v;
            case MmioLayout.DRIVER_FEATURES -> {
                if ((status & Status.FEATURES_OK) == 0) {
                    if (driverFeaturesSel == 0) {
                        driverFeatures = driverFeatures & ~LOW | v & LOW;
                    } else if (driverFeaturesSel == 1) {
                        driverFeatures = driverFeatures & LOW | (long) v << 32;
                    }
                }
            }
            case MmioLayout.QUEUE_SEL -> queueSel = v;
            case MmioLayout.STATUS -> writeStatus(v & Status.ALL, m);
            default -> {
                if (selected(m)) {
                    writeQueue(offset, v, m);
                }
            }
        }
    }

    private void writeQueue(int offset, int v, VirtioModel m) {
        QueueSetup q = setups[queueSel];
        if (offset == MmioLayout.QUEUE_READY) {
            setReady(q, (v & 1) != 0, m);
            return;
        }
        if (q.ready()) {
            return; // 4.2.2.2: not while the queue is in use
        }
        setups[queueSel] = switch (offset) {
            case MmioLayout.QUEUE_NUM -> new QueueSetup(v, false, q.desc(), q.avail(), q.used());
            case MmioLayout.QUEUE_DESC_LOW -> new QueueSetup(q.size(), false, low(q.desc(), v), q.avail(), q.used());
            case MmioLayout.QUEUE_DESC_HIGH -> new QueueSetup(q.size(), false, high(q.desc(), v), q.avail(), q.used());
            case MmioLayout.QUEUE_DRIVER_LOW -> new QueueSetup(q.size(), false, q.desc(), low(q.avail(), v), q.used());
            case MmioLayout.QUEUE_DRIVER_HIGH -> new QueueSetup(q.size(), false, q.desc(), high(q.avail(), v), q.used());
            case MmioLayout.QUEUE_DEVICE_LOW -> new QueueSetup(q.size(), false, q.desc(), q.avail(), low(q.used(), v));
            case MmioLayout.QUEUE_DEVICE_HIGH -> new QueueSetup(q.size(), false, q.desc(), q.avail(), high(q.used(), v));
            default -> q;
        };
    }

    private static long low(long value, int v) {
        return value & ~LOW | v & LOW;
    }

    private static long high(long value, int v) {
        return value & LOW | (long) v << 32;
    }

    private void setReady(QueueSetup q, boolean ready, VirtioModel m) {
        if (q.ready() == ready) {
            return;
        }
        if (!ready) {
            setups[queueSel] = new QueueSetup(q.size(), false, q.desc(), q.avail(), q.used());
            if (session != null) {
                session.queue(queueSel).disable();
            }
            return;
        }
        if (session != null) {
            return; // 3.1.1: queues are set up before DRIVER_OK; without VIRTIO_F_RING_RESET none comes back
        }
        String why = q.fault(m.queueSizeMax(), Features.isPacked(driverFeatures), memory);
        if (why != null) {
            setNeedsReset("queue " + queueSel + " has " + why);
            return;
        }
        setups[queueSel] = new QueueSetup(q.size(), true, q.desc(), q.avail(), q.used());
    }

    private void writeStatus(int v, VirtioModel m) {
        if (v == 0) {
            resetRegisters();
            io.post(work);
            return;
        }
        int wanted = v & ~Status.NEEDS_RESET | status; // 2.1.1: a driver sets bits, and clears them only by a reset
        // One that does not accept VERSION_1 may be served (6.1): the layout of registers and rings is the same. xv6 is one.
        if ((wanted & ~status & Status.FEATURES_OK) != 0 && (driverFeatures & ~offered(m)) != 0) {
            wanted &= ~Status.FEATURES_OK;
        }
        if ((wanted & Status.FEATURES_OK) == 0) {
            wanted &= ~Status.DRIVER_OK;
        }
        boolean begins = (wanted & ~status & Status.DRIVER_OK) != 0;
        status = wanted;
        if (begins) {
            if (!areQueuesUsable(m)) {
                return;
            }
            QueuePosition[] positions = new QueuePosition[m.queueCount()];
            Arrays.fill(positions, QueuePosition.start(Features.isPacked(driverFeatures)));
            begin(positions);
            io.post(work);
        }
    }

    /** A driver may have chosen the layout of its rings after it had set them up. */
    private boolean areQueuesUsable(VirtioModel m) {
        for (int i = 0; i < m.queueCount(); i++) {
            String why = setups[i].ready() ? setups[i].fault(m.queueSizeMax(), Features.isPacked(driverFeatures), memory) : null;
            if (why != null) {
                setNeedsReset("queue " + i + " has " + why);
                return false;
            }
        }
        return true;
    }

    private void begin(QueuePosition[] positions) {
        Session s = new Session(this, memory, driverFeatures, setups, positions, positions.length);
        if ((status & Status.NEEDS_RESET) != 0) {
            s.setBroken();
        }
        session = s;
    }

    private void end() {
        if (session != null) {
            session.end();
            session = null;
        }
    }

    /** Under this. */
    private void resetRegisters() {
        end();
        status = 0;
        driverFeatures = 0;
        deviceFeaturesSel = 0;
        driverFeaturesSel = 0;
        queueSel = 0;
        Arrays.fill(setups, QueueSetup.NONE);
        kicks.set(0);
        fault = "";
        interrupts.reset();
    }

    // ---- towards the model

    /** I/O context: brings the model to where the registers are, and hands out kicks. */
    private void work() {
        if (asleep) {
            return; // a task posted before: the model may be a successor's by now; wake posts another
        }
        VirtioModel m = model;
        if (m == null) {
            kicks.set(0);
            return;
        }
        // Before the session is looked at: a kick that is taken here was made in it or before, and not by a driver that the model is not told of yet.
        long pending = kicks.getAndSet(0);
        synchronize(m);
        if (modelSession == null) {
            return;
        }
        for (; pending != 0; pending &= pending - 1) {
            int queue = Long.numberOfTrailingZeros(pending);
            if (queue < m.queueCount()) {
                m.notified(queue);
            }
        }
    }

    private void synchronize(VirtioModel m) {
        Session wanted = session;
        if (modelSession == wanted) {
            return;
        }
        if (modelSession != null) {
            modelSession = null;
            m.reset();
        }
        if (wanted != null) {
            modelSession = wanted;
            m.activate(wanted, wanted.features());
        }
    }

    /** Under this. A transport that sleeps gives nothing away: its successor, or it itself, will. */
    boolean isIntakeOpen() {
        return intakeOpen && !asleep;
    }

    void configurationChanged() {
        synchronized (this) {
            generation++;
            if ((status & Status.DRIVER_OK) == 0) {
                return;
            }
        }
        interrupts.configurationChanged();
    }

    void usedBuffers(int queue) {
        interrupts.usedBuffers(queue);
    }

    /** 2.1.2: a device that cannot go on says so; a running driver is told by a configuration change. */
    synchronized void setNeedsReset(String why) {
        fault = why;
        status |= Status.NEEDS_RESET;
        if ((status & Status.DRIVER_OK) != 0) {
            interrupts.configurationChanged();
        }
    }

    @Override
    public void plug(VirtioModel next) throws ReplaceException {
        synchronized (this) {
            checkFits(next);
            model = next;
            modelSession = null;
            if (session != null) {
                for (int i = 0; i < session.queueCount(); i++) {
                    session.queue(i).takeBack();
                }
            }
        }
        synchronize(next); // not under the lock: the model has its own
    }

    private void checkFits(VirtioModel next) throws ReplaceException {
        VirtioModel old = model;
        int deviceId = old != null ? old.deviceId() : restoredDeviceId;
        if (deviceId != 0 && deviceId != next.deviceId()) {
            throw new ReplaceException(id.path() + ": the new model is virtio device " + next.deviceId() + ", the driver knows " + deviceId);
        }
        if (next.queueCount() < 1 || next.queueCount() > QUEUES_MAX || next.queueSizeMax() < 1 || next.queueSizeMax() > TransportState.QUEUE_SIZE_MAX
                || Integer.bitCount(next.queueSizeMax()) != 1) {
            throw new ReplaceException(id.path() + ": the model has " + next.queueCount() + " queues of up to " + next.queueSizeMax()
                    + "; allowed are 1 to 64 of a power of two up to 1024");
        }
        if (session != null && session.queueCount() != next.queueCount()) {
            throw new ReplaceException(id.path() + ": the new model has " + next.queueCount() + " queues, the driver knows " + session.queueCount());
        }
        for (int i = 0; i < QUEUES_MAX; i++) {
            if (setups[i].ready() && (i >= next.queueCount() || setups[i].size() > next.queueSizeMax())) {
                throw new ReplaceException(id.path() + ": queue " + i + " of " + setups[i].size() + " is in use and does not fit the new model");
            }
        }
        if ((status & Status.FEATURES_OK) != 0 && (driverFeatures & ~offered(next)) != 0) {
            throw new ReplaceException(id.path() + ": the driver has accepted features " + Long.toHexString(driverFeatures & ~offered(next))
                    + " that the new model does not offer");
        }
    }

    @Override
    public void closeIntake() {
        intakeOpen = false;
    }

    @Override
    public void openIntake() {
        intakeOpen = true;
        kickAll();
    }

    /** Under this: whether the device may reach RAM. */
    final boolean isMaster() {
        return master;
    }

    /**
     * Allows or forbids the device to reach RAM. While it may not, nothing is popped, copies fail, and answers are lost, as the driver did not want them
     * (QEMU does the same). When this returns no access is under way.
     */
    final synchronized void master(boolean allowed) {
        boolean begins = allowed && !master;
        master = allowed;
        if (begins && !asleep && session != null) {
            kickAll();
        }
    }

    private void kickAll() {
        kicks.set(-1);
        io.post(work);
    }

    // ---- life

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public synchronized void reset() {
        resetRegisters();
        io.post(work);
    }

    @Override
    public synchronized void sleep(Deadline by) throws NotAsleepException {
        int n = session == null ? 0 : session.inFlight();
        if (n > 0) {
            throw new NotAsleepException(id.path() + ": " + n + " requests are with the model");
        }
        asleep = true;
        interrupts.sleep();
    }

    @Override
    public synchronized void wake() {
        asleep = false;
        interrupts.wake();
        kickAll();
    }

    @Override
    public synchronized void close() {
        end();
        if (!asleep) {
            asleep = true;
            interrupts.close();
        }
    }

    @Override
    public synchronized void save(StateWriter out) {
        VirtioModel m = model;
        int n = m != null ? m.queueCount() : restoredQueues;
        QueuePosition[] positions = new QueuePosition[n];
        for (int i = 0; i < n; i++) {
            positions[i] = session != null ? session.queue(i).position() : QueuePosition.start(Features.isPacked(driverFeatures));
            if (!setups[i].ready()) {
                positions[i] = QueuePosition.start(Features.isPacked(driverFeatures));
            }
        }
        new TransportState(m != null ? m.deviceId() : restoredDeviceId, status, deviceFeaturesSel, driverFeaturesSel, driverFeatures, queueSel, generation,
                Arrays.copyOf(setups, n), positions).write(out);
        saveOwn(out);
    }

    /** What the subclass holds beyond, in sections of its own. */
    abstract void saveOwn(StateWriter out);

    /** Reads and checks what {@link #saveOwn} wrote of a transport with that virtio device, and returns what takes it over; nothing has changed by then. */
    abstract Runnable restoreOwn(StateReader in, int deviceId) throws StateException;

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        TransportState s = TransportState.read(in);
        if ((s.driverFeatures() & Features.RING_PACKED & ~transportFeatures) != 0 && (s.status() & Status.FEATURES_OK) != 0) {
            throw new StateException(id.path() + ": the state has packed rings, which this device does not offer (" + PACKED + " = off)");
        }
        Runnable own = restoreOwn(in, s.deviceId());
        in.end();
        VirtioModel m = model;
        int sizeMax = TransportState.QUEUE_SIZE_MAX;
        if (m != null) {
            if (s.deviceId() != m.deviceId() || s.setups().length != m.queueCount()) {
                throw new StateException(id.path() + ": the state is of virtio device " + s.deviceId() + " with " + s.setups().length
                        + " queues, plugged is device " + m.deviceId() + " with " + m.queueCount());
            }
            if ((s.status() & Status.FEATURES_OK) != 0 && (s.driverFeatures() & ~offered(m)) != 0) {
                throw new StateException(id.path() + ": the state has features " + Long.toHexString(s.driverFeatures() & ~offered(m))
                        + " that the model does not offer");
            }
            sizeMax = m.queueSizeMax();
        }
        for (int i = 0; i < s.setups().length; i++) {
            String why = s.setups()[i].ready() ? s.setups()[i].fault(sizeMax, Features.isPacked(s.driverFeatures()), memory) : null;
            if (why != null) {
                throw new StateException(id.path() + ": queue " + i + " of the state has " + why);
            }
        }
        end();
        if (modelSession != null) {
            // Now, not in work(): what the model restores next must not be forgotten again.
            modelSession = null;
            m.reset();
        }
        status = s.status();
        deviceFeaturesSel = s.deviceFeaturesSel();
        driverFeaturesSel = s.driverFeaturesSel();
        driverFeatures = s.driverFeatures();
        queueSel = s.queueSel();
        generation = s.generation();
        own.run();
        restoredDeviceId = s.deviceId();
        restoredQueues = s.setups().length;
        fault = "";
        Arrays.fill(setups, QueueSetup.NONE);
        System.arraycopy(s.setups(), 0, setups, 0, s.setups().length);
        if ((status & Status.DRIVER_OK) != 0) {
            begin(s.positions());
        }
    }

    /** For people: what the driver did wrong, if it did. */
    @Override
    public String toString() {
        return id.path() + (fault.isEmpty() ? "" : ": " + fault);
    }
}
