package hv.devices.internal.scsi;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.memory.GuestMemoryFault;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.virtio.spi.Chain;
import hv.api.virtio.spi.VirtQueue;
import hv.api.virtio.spi.VirtioModel;
import hv.api.virtio.spi.VirtioTransport;
import hv.devices.internal.disk.DiskSlot;
import hv.devices.internal.disk.DiskSlots;
import hv.devices.internal.disk.DiskWork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The virtio SCSI host device (virtio 1.2, 5.6) with one request queue; disk i is LUN 0 of target i.
 * <pre>
 *   request queue: pop -> ScsiRequest.parse -> ScsiCommand.parse -> slots, or response, push
 *   control queue: pop -> ControlRequest.parse -> stops tasks; response, push once all of them have ended
 *   a slot has ended: response, push ... one interrupt for all that was pushed
 * </pre>
 * At most {@link #SLOTS} commands are under way; the others wait in the ring, until a task is to be managed that may be among them. It has no
 * events: buffers for them stay in their queue. A disk that has changed its size says so with a unit attention.
 */
final class ScsiModel implements VirtioModel {
    private static final int SLOTS = 16;

    private final PartId id;
    private final String name;
    private final List<BlockBackend.Front> backends;
    private final DiskSlots<Task> slots;
    /** Written by vCPU threads. */
    private volatile Frame frame = Frame.DEFAULT;

    // I/O context, or asleep.
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Management> managements = new ArrayList<>();
    private final boolean[] interruptDue = new boolean[ScsiLayout.QUEUES];
    private final long[] shownBytes;
    private final int[] attentions;
    private VirtioTransport transport;
    private boolean asleep = true;

    /** A command under way. */
    private static final class Task {
        private final ScsiRequest.Command command;
        private final ScsiCommand.Work work;
        /** What it is answered with if it is stopped. */
        private byte stopResponse;

        private Task(ScsiRequest.Command command, ScsiCommand.Work work) {
            this.command = command;
            this.work = work;
        }
    }

    /** Popped, not begun. */
    private record Waiting(VirtQueue queue, Chain chain, ScsiRequest request) {
    }

    /** A task management function that is answered when these tasks have ended. */
    private record Management(VirtQueue queue, Chain chain, List<DiskSlot<Task>> tasks) {
    }

    /** @param name of the device, in front of its disks' serial numbers */
    ScsiModel(String path, String name, DeviceContext context, List<BlockBackend.Front> backends) {
        this.id = new PartId(path, ScsiState.TAG);
        this.name = name;
        this.backends = List.copyOf(backends);
        this.slots = new DiskSlots<>(context.io(), SLOTS, this::ended, this::goOn);
        this.shownBytes = new long[backends.size()];
        this.attentions = new int[backends.size()];
        Arrays.fill(attentions, Sense.POWER_ON_OR_RESET);
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public int deviceId() {
        return ScsiLayout.DEVICE_ID;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int queueCount() {
        return ScsiLayout.QUEUES;
    }

    @Override
    public int queueSizeMax() {
        return ScsiLayout.QUEUE_SIZE_MAX;
    }

    @Override
    public int configBytes() {
        return ScsiLayout.CONFIG_BYTES;
    }

    @Override
    public int readConfig(int offset) {
        int value = switch (offset & ~3) {
            case ScsiLayout.CONFIG_NUM_QUEUES -> 1;
            case ScsiLayout.CONFIG_SEG_MAX -> ScsiLayout.SEG_MAX;
            case ScsiLayout.CONFIG_MAX_SECTORS -> ScsiLayout.TRANSFER_BLOCKS_MAX;
            case ScsiLayout.CONFIG_CMD_PER_LUN -> ScsiLayout.CMD_PER_LUN;
            case ScsiLayout.CONFIG_EVENT_INFO_SIZE -> ScsiLayout.EVENT_INFO_BYTES;
            case ScsiLayout.CONFIG_SENSE_SIZE -> frame.senseBytes();
            case ScsiLayout.CONFIG_CDB_SIZE -> frame.cdbBytes();
            // max_channel 0 below max_target.
            case ScsiLayout.CONFIG_MAX_CHANNEL -> backends.size() - 1 << 16;
            case ScsiLayout.CONFIG_MAX_LUN -> 0;
            default -> 0;
        };
        return value >>> 8 * (offset & 3) & 0xff;
    }

    @Override
    public void writeConfig(int offset, int value) {
        Frame old = frame;
        switch (offset & ~3) {
            case ScsiLayout.CONFIG_SENSE_SIZE -> frame = new Frame(withByte(old.senseBytes(), offset & 3, value), old.cdbBytes());
            case ScsiLayout.CONFIG_CDB_SIZE -> frame = new Frame(old.senseBytes(), withByte(old.cdbBytes(), offset & 3, value));
            default -> { }
        }
    }

    private static int withByte(int of, int at, int value) {
        return of & ~(0xff << 8 * at) | (value & 0xff) << 8 * at;
    }

    @Override
    public void activate(VirtioTransport lent, long accepted) {
        transport = lent;
        for (int i = 0; i < shownBytes.length; i++) {
            long now = backends.get(i).geometry().sizeBytes();
            if (shownBytes[i] != 0 && shownBytes[i] != now) {
                attentions[i] = Sense.CAPACITY_CHANGED;
            }
            shownBytes[i] = now;
        }
        goOn();
    }

    @Override
    public void notified(int index) {
        goOn();
    }

    private void goOn() {
        manageAll();
        while (!slots.isFull()) {
            Waiting next = waiting.isEmpty() ? pop() : waiting.poll();
            if (next == null) {
                break;
            }
            begin(next);
        }
        interruptOnce();
    }

    /** The next request of the ring, or null. */
    private Waiting pop() {
        if (asleep || transport == null) {
            return null;
        }
        VirtQueue queue = transport.queue(ScsiLayout.REQUEST);
        Chain chain = queue.pop();
        return chain == null ? null : new Waiting(queue, chain, ScsiRequest.parse(chain, frame, backends.size()));
    }

    private void begin(Waiting next) {
        switch (next.request) {
            case ScsiRequest.Command c -> {
                try {
                    execute(next, c);
                } catch (GuestMemoryFault e) {
                    answer(next.queue, next.chain, ScsiLayout.S_FAILURE);
                }
            }
            case ScsiRequest.Refused r -> answer(next.queue, next.chain, r.response());
            case ScsiRequest.Unanswerable u -> unanswerable(next.queue, next.chain);
        }
    }

    private void unanswerable(VirtQueue queue, Chain chain) {
        if (transport != null) {
            transport.needsReset(id.path() + ": a request without room for its response");
        }
        queue.push(chain, 0);
    }

    private void execute(Waiting next, ScsiRequest.Command c) throws GuestMemoryFault {
        int target = c.lun().target();
        boolean disk = c.lun().unit() == LunAddress.Unit.DISK;
        Sense attention = disk && attentions[target] != 0 ? Sense.attention(attentions[target]) : null;
        if (attention != null && !ScsiCommand.passesAttention(c.cdb())) {
            attentions[target] = 0;
            respond(next.queue, next.chain, c, new Response(ScsiLayout.S_OK, attention, null, 0, false));
            return;
        }
        ScsiCommand command = ScsiCommand.parse(c, next.chain, target == LunAddress.DOMAIN ? null
                : new Disk(name + "-disk" + target, backends.get(target).geometry()), backends.size(), attention == null ? Sense.NONE : attention);
        switch (command) {
            case ScsiCommand.Data d -> {
                if (attention != null && (c.cdb()[0] & 0xff) == ScsiCommand.REQUEST_SENSE) {
                    attentions[target] = 0; // told
                }
                respond(next.queue, next.chain, c, new Response(ScsiLayout.S_OK, null, d.in(), d.in().length, true));
            }
            case ScsiCommand.Failed f -> respond(next.queue, next.chain, c, new Response(ScsiLayout.S_OK, f.sense(), null, 0, false));
            case ScsiCommand.Overrun o -> answer(next.queue, next.chain, ScsiLayout.S_OVERRUN);
            case ScsiCommand.Work w -> slots.start(next.queue, next.chain, new Task(c, w), backends.get(target), w.work());
        }
    }

    private void ended(DiskSlot<Task> slot, DiskSlots.End how) {
        Task task = slot.request();
        Response response = switch (how) {
            case DONE -> new Response(ScsiLayout.S_OK, null, null, task.work.transferred(), task.work.work() instanceof DiskWork.Read);
            case DISK_ERROR -> new Response(ScsiLayout.S_OK, task.work.failure(), null, 0, false);
            case MEMORY_FAULT -> new Response(ScsiLayout.S_FAILURE, null, null, 0, false);
            case STOPPED -> new Response(task.stopResponse, null, null, 0, false);
        };
        respond(slot.queue(), slot.chain(), task.command, response);
        for (Iterator<Management> all = managements.iterator(); all.hasNext();) {
            Management m = all.next();
            if (m.tasks.remove(slot) && m.tasks.isEmpty()) {
                all.remove();
                answerControl(m.queue, m.chain, ScsiLayout.S_FUNCTION_COMPLETE);
            }
        }
    }

    /** @param sense null for GOOD @param in null if it is there already @param transferred bytes of data @param isIn to the driver */
    private record Response(byte response, Sense sense, byte[] in, long transferred, boolean isIn) {
    }

    /** A response without a status. */
    private void answer(VirtQueue queue, Chain chain, byte response) {
        byte[] head = new byte[ScsiLayout.RESPONSE_HEAD_BYTES];
        head[11] = response;
        push(queue, chain, head, null, 0);
    }

    private void respond(VirtQueue queue, Chain chain, ScsiRequest.Command c, Response r) {
        byte[] head = new byte[c.frame().responseBytes()];
        byte[] sense = r.sense == null ? new byte[0] : r.sense.fixed();
        int senseBytes = Math.min(sense.length, c.frame().senseBytes());
        long residual = Math.min(c.outBytes() + c.inBytes() - r.transferred, 0xffff_ffffL);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(senseBytes).putInt((int) residual).putShort((short) 0)
                .put(r.sense == null ? ScsiLayout.STATUS_GOOD : ScsiLayout.STATUS_CHECK_CONDITION).put(r.response).put(sense, 0, senseBytes);
        push(queue, chain, head, r.in, r.isIn ? r.transferred : 0);
    }

    private void push(VirtQueue queue, Chain chain, byte[] head, byte[] in, long inBytes) {
        long written = head.length + inBytes;
        try {
            if (in != null && in.length > 0) {
                chain.write(head.length, in);
            }
            chain.write(0, head);
        } catch (GuestMemoryFault e) {
            written = 0; // the driver has reset the device meanwhile, or points nowhere
        }
        queue.push(chain, written);
        interruptDue[ScsiLayout.REQUEST] = true;
    }

    private void manageAll() {
        while (!asleep && transport != null) {
            VirtQueue queue = transport.queue(ScsiLayout.CONTROL);
            Chain chain = queue.pop();
            if (chain == null) {
                return;
            }
            switch (ControlRequest.parse(chain, backends.size())) {
                case ControlRequest.Manage m -> manage(queue, chain, m);
                case ControlRequest.Notifications n -> pushControl(queue, chain, new byte[] {0, 0, 0, 0, n.response()});
                case ControlRequest.Refused r -> answerControl(queue, chain, r.response());
                case ControlRequest.Unanswerable u -> unanswerable(queue, chain);
            }
        }
    }

    /** All tasks that the driver has sent by now are looked at: what is in the ring is popped, though it does not begin yet. */
    private void manage(VirtQueue queue, Chain chain, ControlRequest.Manage m) {
        while (waiting.size() + slots.running().size() < ScsiLayout.QUEUE_SIZE_MAX) {
            Waiting next = pop();
            if (next == null) {
                break;
            }
            waiting.add(next);
        }
        boolean reset = m.function() == ControlRequest.Function.I_T_NEXUS_RESET || m.function() == ControlRequest.Function.LOGICAL_UNIT_RESET;
        byte stopResponse = reset ? ScsiLayout.S_RESET : ScsiLayout.S_ABORTED;
        switch (m.function()) {
            case QUERY_TASK, QUERY_TASK_SET -> {
                boolean found = slots.running().stream().anyMatch(s -> isMeant(m, s.request().command)) || waiting.stream().anyMatch(w -> isMeant(m, w.request));
                answerControl(queue, chain, found ? ScsiLayout.S_FUNCTION_SUCCEEDED : ScsiLayout.S_FUNCTION_COMPLETE);
            }
            case ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, I_T_NEXUS_RESET, LOGICAL_UNIT_RESET -> {
                waiting.removeIf(w -> {
                    boolean meant = isMeant(m, w.request);
                    if (meant) {
                        respond(w.queue, w.chain, (ScsiRequest.Command) w.request, new Response(stopResponse, null, null, 0, false));
                    }
                    return meant;
                });
                List<DiskSlot<Task>> tasks = new ArrayList<>();
                for (DiskSlot<Task> slot : slots.running()) {
                    if (isMeant(m, slot.request().command)) {
                        slot.stop();
                        slot.request().stopResponse = stopResponse;
                        tasks.add(slot);
                    }
                }
                if (m.function() == ControlRequest.Function.I_T_NEXUS_RESET && m.lun().target() != LunAddress.DOMAIN) {
                    attentions[m.lun().target()] = Sense.NEXUS_LOSS;
                } else if (m.function() == ControlRequest.Function.LOGICAL_UNIT_RESET && m.lun().unit() == LunAddress.Unit.DISK) {
                    attentions[m.lun().target()] = Sense.LUN_RESET;
                }
                if (tasks.isEmpty()) {
                    answerControl(queue, chain, ScsiLayout.S_FUNCTION_COMPLETE);
                } else {
                    managements.add(new Management(queue, chain, tasks));
                }
            }
            case CLEAR_ACA -> throw new IllegalStateException("refused by its parser");
        }
    }

    private static boolean isMeant(ControlRequest.Manage m, ScsiRequest request) {
        if (!(request instanceof ScsiRequest.Command c)) {
            return false;
        }
        return switch (m.function()) {
            case ABORT_TASK, QUERY_TASK -> c.lun().equals(m.lun()) && c.id() == m.id();
            case ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET, QUERY_TASK_SET -> c.lun().equals(m.lun());
            case I_T_NEXUS_RESET -> c.lun().target() == m.lun().target();
            case CLEAR_ACA -> false;
        };
    }

    private void answerControl(VirtQueue queue, Chain chain, byte response) {
        pushControl(queue, chain, new byte[] {response});
    }

    /** The response is the last byte of the answer. */
    private void pushControl(VirtQueue queue, Chain chain, byte[] answer) {
        long written = answer.length;
        try {
            chain.write(0, answer);
        } catch (GuestMemoryFault e) {
            written = 0;
        }
        queue.push(chain, written);
        interruptDue[ScsiLayout.CONTROL] = true;
    }

    private void interruptOnce() {
        for (int i = 0; i < interruptDue.length; i++) {
            if (interruptDue[i] && transport != null) {
                transport.queue(i).interrupt();
            }
            interruptDue[i] = false;
        }
    }

    /** Requests under way end by themselves; their answers reach nobody. */
    @Override
    public void reset() {
        for (Waiting w : waiting) {
            w.queue.push(w.chain, 0);
        }
        waiting.clear();
        transport = null;
        frame = Frame.DEFAULT;
        Arrays.fill(shownBytes, 0);
        Arrays.fill(attentions, Sense.POWER_ON_OR_RESET);
    }

    @Override
    public void sleep(Deadline by) throws NotAsleepException {
        if (asleep) {
            return;
        }
        int underWay = slots.running().size() + waiting.size();
        if (underWay > 0) {
            throw new NotAsleepException(id.path() + ": " + underWay + " requests under way");
        }
        asleep = true;
    }

    @Override
    public void save(StateWriter out) {
        new ScsiState(frame, shownBytes, attentions).write(out);
    }

    @Override
    public void restore(StateReader in) throws StateException {
        ScsiState state = ScsiState.read(in, shownBytes.length);
        frame = state.frame();
        System.arraycopy(state.shownBytes(), 0, shownBytes, 0, shownBytes.length);
        System.arraycopy(state.attentions(), 0, attentions, 0, attentions.length);
    }

    /** The transport kicks every queue afterwards. */
    @Override
    public void wake() {
        asleep = false;
    }

    @Override
    public void close() {
        asleep = true;
        transport = null;
    }
}
