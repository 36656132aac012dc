package hv.machine.internal;

import hv.api.HvException;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSource;
import hv.api.part.PartKind;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.HoldsHandles;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts a whole machine down and picks one up. Knows the order of kinds, and no device. Under the machine's life lock. */
final class MachineTransfer {
    private static final long DRAIN_MILLIS = 10_000;
    /** RAM is handed out in runs of whole pages, at most this long. */
    private static final int RUN_BYTES = 1 << 20;
    private static final int PAGE = 4096;
    private static final String SELF = "machine";
    private static final StateTag SELF_TAG = new StateTag("machine", 1);
    /** Devices before the controllers that take their lines. */
    private static final List<PartKind> SLEEP_ORDER = List.of(PartKind.VIRTIO_MODEL, PartKind.BLOCK_BACKEND, PartKind.NET_BACKEND, PartKind.ENGINE, PartKind.TRANSPORT,
            PartKind.DEVICE, PartKind.INTERPRETER, PartKind.DISPATCHER, PartKind.INTERRUPT_CONTROLLER);

    private final HostedMachine machine;

    MachineTransfer(HostedMachine machine) {
        this.machine = machine;
    }

    void save(MachineSink sink, boolean wasRunning) throws HvException {
        List<PartSlot<?>> asleep = new ArrayList<>();
        List<PartSlot<?>> queued = machine.places().slots().stream().filter(PartSlot::drainsWhileGuestRuns).<PartSlot<?>>map(s -> s).toList();
        queued.forEach(PartSlot::closeIntake);
        try {
            // What is behind queues drains while the guest runs; the rest sleeps once it stands.
            sleep(true, asleep);
            machine.halt();
            sleep(false, asleep);
            sink.machine(machine.spec(), wasRunning);
            sink.part(SELF, SELF, StateImage.of(new Self()), Map.of());
            for (PartSlot<?> s : machine.places().slots()) {
                sink.part(s.path, s.maker().factory().type(), StateImage.of(s.part()), claims(s.part()));
            }
            saveRam(sink);
        } catch (NotAsleepException e) {
            throw new HvException("machine " + machine.name() + " cannot be saved now: " + e.getMessage(), e);
        } catch (RuntimeException | LinkageError e) {
            throw new HvException("machine " + machine.name() + " could not be saved: " + (e instanceof IllegalStateException ? e.getMessage() : Faults.describe(e)), e);
        } finally {
            for (int i = asleep.size() - 1; i >= 0; i--) {
                machine.places().wake(asleep.get(i));
            }
            queued.forEach(PartSlot::openIntake);
            if (wasRunning) {
                machine.go();
            }
        }
    }

    private void sleep(boolean behindQueues, List<PartSlot<?>> asleep) throws NotAsleepException {
        Deadline by = Deadline.afterMillis(DRAIN_MILLIS);
        for (PartKind k : SLEEP_ORDER) {
            for (PartSlot<?> s : machine.places().slots()) {
                if (s.kind == k && s.drainsWhileGuestRuns() == behindQueues) {
                    s.sleep(by);
                    asleep.add(s);
                }
            }
        }
    }

    /** Where another process finds what a part's handles stand for. */
    private static Map<String, String> claims(Stateful part) throws StateException {
        if (part instanceof HoldsHandles h) {
            Handles handles = h.detach();
            try {
                return Map.of("handles", handles.claim());
            } finally {
                h.attach(handles);
            }
        }
        return Map.of();
    }

    private void saveRam(MachineSink sink) throws HvException {
        MemorySegment ram = machine.ram().segment();
        MemorySegment zero = MemorySegment.ofArray(new byte[PAGE]);
        long size = ram.byteSize();
        long base = machine.ram().baseGpa();
        long from = -1;
        // A page that was never touched is zero, and looking at it would make it resident.
        java.util.BitSet touched = machine.ram().touchedPages();
        for (long at = 0; at <= size; at += PAGE) {
            boolean empty = at == size || !touched.get((int) (at / PAGE)) || MemorySegment.mismatch(ram, at, at + PAGE, zero, 0, PAGE) < 0;
            if (from >= 0 && (empty || at - from == RUN_BYTES)) {
                sink.ram(base + from, ram.asSlice(from, at - from).asReadOnly());
                from = -1;
            }
            if (!empty && from < 0) {
                from = at;
            }
        }
    }

    /** Into a machine that was just made: all parts asleep, RAM zero. */
    void restore(MachineSource source) throws HvException {
        Map<String, MachineSource.SavedPart> saved = source.parts();
        Set<String> left = new HashSet<>(saved.keySet());
        MachineSource.SavedPart self = saved.get(SELF);
        if (self == null) {
            throw new StateException("the saved machine lacks its own part \"" + SELF + "\"");
        }
        left.remove(SELF);
        for (PartSlot<?> s : machine.places().slots()) {
            MachineSource.SavedPart p = saved.get(s.path);
            if (p == null) {
                throw new StateException("the saved machine lacks part " + s.path);
            }
            left.remove(s.path);
            p.state().into(s.part());
        }
        if (!left.isEmpty()) {
            throw new StateException("the saved machine has parts that this platform does not make: " + String.join(", ", left));
        }
        machine.places().pci().windowsChanged();
        source.ram(machine.ram().baseGpa(), machine.ram().segment());
        self.state().into(new Self());
        machine.wakeParts();
        machine.lines().reassert();
    }

    /** The machine's own state: its clock, and how its vCPUs stand. */
    private final class Self implements Stateful {
        @Override
        public PartId id() {
            return new PartId(SELF, SELF_TAG);
        }

        @Override
        public void sleep(Deadline by) {
            // The machine is halted.
        }

        @Override
        public void save(StateWriter out) {
            out.section("clock").putLong(machine.clock().nowNanos());
            out.section("vcpus").putInt(machine.spec().vcpus());
            for (int i = 0; i < machine.spec().vcpus(); i++) {
                out.putBoolean(machine.vcpu(i).isStarted()).putBoolean(machine.vcpu(i).isParked());
            }
            out.section("suspended");
            for (int i = 0; i < machine.spec().vcpus(); i++) {
                out.putBoolean(machine.vcpu(i).isSuspended());
            }
            out.section("lines").putLongs(machine.lines().levels());
            out.section("console").putBoolean(machine.hub().inputGoesToVirtio());
            out.section("wires").putInt(machine.places().nics().size());
            machine.places().nics().forEach(n -> out.putBoolean(n.isCut()).putLong(n.mends()));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("clock");
            long now = in.getLong();
            if (now < 0) {
                throw new StateException("the saved clock is at " + now + " ns");
            }
            in.section("vcpus");
            int n = in.getInt(machine.spec().vcpus(), machine.spec().vcpus());
            boolean[] flags = new boolean[2 * n];
            for (int i = 0; i < flags.length; i++) {
                flags[i] = in.getBoolean();
            }
            boolean[] suspended = new boolean[n];
            if (in.optionalSection("suspended")) {
                for (int i = 0; i < n; i++) {
                    suspended[i] = in.getBoolean();
                }
            }
            in.section("lines");
            long[] lines = in.getLongs(machine.lines().levels().length);
            in.section("console");
            boolean virtio = in.getBoolean();
            boolean[] cut = new boolean[machine.places().nics().size()];
            long[] mends = new long[cut.length];
            if (in.optionalSection("wires")) {
                in.getInt(cut.length, cut.length);
                for (int i = 0; i < cut.length; i++) {
                    cut[i] = in.getBoolean();
                    mends[i] = in.getLong();
                }
            }
            in.end();
            for (int i = 0; i < cut.length; i++) {
                machine.places().nics().get(i).restoreLink(cut[i], mends[i]);
            }
            machine.hub().inputGoesToVirtio(virtio);
            machine.clock().set(now);
            for (int i = 0; i < n; i++) {
                machine.adoptVcpu(i, flags[2 * i], flags[2 * i + 1]);
                machine.vcpu(i).setSuspended(suspended[i]);
            }
            machine.lines().setLevels(lines);
        }

        @Override
        public void wake() {
            // The machine wakes by going on.
        }
    }
}
