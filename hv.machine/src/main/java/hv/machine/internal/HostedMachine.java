package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.debug.DebugSession;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineTraits;
import hv.api.machine.Console;
import hv.api.machine.ExitCount;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSource;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.machine.NicInfo;
import hv.api.memory.RamView;
import hv.api.riscv.spi.InterruptFile;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.machine.SettingInfo;
import hv.api.time.MachineClock;
import hv.memory.GuestRam;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A machine's life, and what is asked of it from outside.
 *
 * <p>Longer than most classes since every step of a life is here, with what happens when it fails. Its parts stand in {@link Places}; who may enter the
 * guest is the {@link Gate}'s; {@link MachineVcpu} is the run loop, {@link Replacement} changes a part, {@link MachineTransfer} saves and restores,
 * {@link FaultResponse} acts when a part throws.
 *
 * <p>{@code life} is held through every change of state and every replacement.
 */
final class HostedMachine implements Machine {
    private static final long OUT_NANOS = 5_000_000_000L;

    private final HostServices host;
    private volatile MachineSpec spec;
    /** Names it to the scheduling policy. */
    private final int schedulingKey;
    private volatile SchedulingSettings scheduling;
    private final Board board;
    private final Consumer<HostedMachine> onChange;
    private final GuestRam ram;
    private final PausableClock clock;
    private final ConsoleHub hub = new ConsoleHub();
    private final MachineGuest guest = new MachineGuest(this);
    private final ReentrantLock life = new ReentrantLock();
    private final InterruptLines lines = new InterruptLines();
    private final Messages messages = new Messages();
    private final InterruptFiles interruptFiles;
    private final StopTimes stops = new StopTimes();
    private final Places places;
    private final FaultResponse faultResponse;
    private final Orphans orphans = new Orphans(this);
    private final Debugging debugging;
    private final Gate gate;
    private final MachineVcpu[] vcpus;
    private final PausableClock.GuestTimer[] vcpuTimers;
    private final FactoryRegistry.Entry boardMaker;
    private volatile MachineState state = MachineState.CREATED;
    private volatile String detail = "";
    private volatile Board.BootPlan plan;
    private volatile CountDownLatch ended = new CountDownLatch(1);
    private final Object ends = new Object();
    /** The guest, or a fault, has asked for an end or a reset of this life. */
    private volatile boolean endAsked;
    /** Under life: the parts have been woken once, and from then on begin anew by a reset. */
    private boolean woken;
    /** Under life: memory and parts are gone. A caller that found the machine just before may still hold it. */
    private boolean destroyed;

    /** Makes all parts, asleep. On failure nothing is left. The allocator has admitted the machine. */
    HostedMachine(MachineSpec spec, HostServices host, Consumer<HostedMachine> onChange) throws HvException {
        this.spec = spec;
        this.host = host;
        this.onChange = onChange;
        checkStrict(spec);
        boardMaker = host.factories.require(Set.of(PartKind.BOARD), spec.board());
        BoardFactory bf = (BoardFactory) boardMaker.factory();
        board = bf.create(spec);
        clock = new PausableClock(host.timers);
        vcpus = new MachineVcpu[spec.vcpus()];
        interruptFiles = new InterruptFiles(vcpus.length);
        gate = new Gate(vcpus);
        debugging = new Debugging(this, vcpus, life);
        places = new Places(this, host);
        faultResponse = new FaultResponse(this, host);
        vcpuTimers = new PausableClock.GuestTimer[spec.vcpus()];
        schedulingKey = host.cpus.nextMachineKey();
        scheduling = SchedulingSettings.of(spec, host.cpus.count(), host.cpus.sharesBut(schedulingKey));
        for (int i = 0; i < vcpus.length; i++) {
            MachineVcpu v = new MachineVcpu(this, i, scheduling.share(i));
            vcpus[i] = v;
            vcpuTimers[i] = clock.timer(() -> {
                v.core.request(hv.api.vcpu.Request.INTERRUPT);
                v.wake();
            });
        }
        ram = new GuestRam(board.ram().getFirst());
        try {
            places.fill(board, bf);
        } catch (HvException | RuntimeException | LinkageError e) {
            release();
            ram.close();
            throw e;
        }
        boolean parksInside = places.engine().part().engine.traits().parksInside();
        synchronized (host.cpus.admission) {
            try {
                scheduling = SchedulingSettings.of(spec, host.cpus.count(), host.cpus.sharesBut(schedulingKey));
            } catch (SpecException e) {
                release();
                ram.close();
                throw e;
            }
            for (MachineVcpu v : vcpus) {
                host.cpus.join(v);
            }
        }
        for (MachineVcpu v : vcpus) {
            if (parksInside) {
                v.ownThread();
            }
        }
    }

    private static void checkStrict(MachineSpec spec) throws SpecException {
        String strict = spec.setting("strict", "false");
        if (!strict.equals("true") && !strict.equals("false")) {
            throw new SpecException("machine " + spec.name() + ": setting strict=" + strict + ": use true or false");
        }
    }

    // --- what the parts see of their machine

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public MachineSpec spec() {
        return spec;
    }

    int schedulingKey() {
        return schedulingKey;
    }

    /** Of all its vCPUs together, percent of a host CPU; 0 for none. */
    int capPercent() {
        return scheduling.machineCap();
    }

    @Override
    public List<SettingInfo> settings() {
        return scheduling.infos();
    }

    @Override
    public void set(String setting, String value) throws HvException {
        if (!SchedulingSettings.isOne(setting)) {
            throw SchedulingSettings.noSuch(spec, setting);
        }
        life.lock();
        try {
            requireWhole();
            synchronized (host.cpus.admission) {
                MachineSpec next = spec.withSetting(setting, value);
                SchedulingSettings wanted = SchedulingSettings.of(next, host.cpus.count(), host.cpus.sharesBut(schedulingKey));
                host.cpus.reshare(vcpus, wanted.shares(), () -> scheduling = wanted);
                spec = next;
            }
        } finally {
            life.unlock();
        }
        onChange.accept(this);
    }

    Faults faults() {
        return host.faults;
    }

    HostCpus cpus() {
        return host.cpus;
    }

    GuestRam ram() {
        return ram;
    }

    PausableClock clock() {
        return clock;
    }

    ConsoleHub hub() {
        return hub;
    }

    MachineGuest guest() {
        return guest;
    }

    Board board() {
        return board;
    }

    long timebaseHz() {
        return board.timebaseHz();
    }

    MachineVcpu vcpu(int index) {
        return vcpus[index];
    }

    Places places() {
        return places;
    }

    InterruptLines lines() {
        return lines;
    }

    Messages messages() {
        return messages;
    }

    InterruptFiles interruptFiles() {
        return interruptFiles;
    }

    Gate gate() {
        return gate;
    }

    FaultResponse faultResponse() {
        return faultResponse;
    }

    StopTimes stops() {
        return stops;
    }

    Debugging debugging() {
        return debugging;
    }

    EngineContext engineContext() {
        return new EngineContext() {
            @Override
            public String machineName() {
                return name();
            }

            @Override
            public int vcpuCount() {
                return vcpus.length;
            }

            @Override
            public RamView ram() {
                return ram;
            }

            @Override
            public MachineClock clock() {
                return clock;
            }

            @Override
            public long timebaseHz() {
                return board.timebaseHz();
            }

            @Override
            public boolean strict() {
                return Boolean.parseBoolean(spec.setting("strict", "false"));
            }

            @Override
            public boolean firmwareMode() {
                return spec.firmware() != null;
            }

            @Override
            public InterruptFile interruptFile(int vcpu, boolean machineLevel) {
                return interruptFiles.of(vcpu, machineLevel);
            }

            @Override
            public String setting(String setting) {
                return spec.setting(setting, null);
            }

            @Override
            public void armTimer(int vcpu, long deadlineNanos) {
                vcpuTimers[vcpu].arm(deadlineNanos);
            }
        };
    }

    @Override
    public String engine() {
        EngineTraits traits = places.engine().part().engine.traits();
        return places.engine().maker().factory().type() + " (" + traits.description() + "; "
                + (spec.setting("engine", null) == null ? "it runs the guest's " + traits.isa() : "as asked") + ")";
    }

    @Override
    public long[] replaceStops() {
        return stops.all();
    }

    // --- life

    @Override
    public MachineState state() {
        return state;
    }

    private void enter(MachineState next, String why) {
        state = next;
        detail = why;
        if (next == MachineState.STOPPED || next == MachineState.FAILED) {
            hub.ended(true);
            ended.countDown();
            debugging.ended(why, next == MachineState.FAILED);
        }
        onChange.accept(this);
    }

    /** Under life. */
    void requireWhole() throws SpecException {
        if (destroyed) {
            throw new SpecException("machine " + name() + " has been destroyed: create it anew");
        }
    }

    private void require(String verb, MachineState... allowed) throws HvException {
        requireWhole();
        if (!Arrays.asList(allowed).contains(state)) {
            throw new HvException("machine " + name() + " is " + state.name().toLowerCase(java.util.Locale.ROOT) + ": it cannot " + verb);
        }
    }

    /** Reads the images, so that bad ones are refused before anything else happens. */
    void readImages() throws SpecException {
        plan = board.plan();
    }

    @Override
    public void start() throws HvException {
        life.lock();
        try {
            require("start", MachineState.CREATED, MachineState.STOPPED, MachineState.FAILED);
            boot();
        } finally {
            life.unlock();
        }
    }

    /** All vCPUs are out and contexts suspended: loads the images and lets the vCPUs go that start. On failure a new machine is as it was, another has failed. */
    private void boot() throws HvException {
        try {
            load();
        } catch (HvException | RuntimeException | LinkageError e) {
            if (woken) {
                standStill();
                enter(MachineState.FAILED, "it could not boot: " + (e instanceof HvException ? e.getMessage() : Faults.describe(e)));
            }
            if (e instanceof HvException) {
                throw e;
            }
            host.faults.report(name(), e);
            throw new HvException("machine " + name() + " could not boot: " + Faults.describe(e), e);
        }
        ended = new CountDownLatch(1);
        endAsked = false;
        go();
    }

    private void load() throws HvException {
        readImages();
        if (woken) {
            ram.zero();
            for (DeviceSlot<?> d : places.devices()) {
                d.part().reset();
            }
            places.wires().wiring().interpreter().reset();
        }
        plan.load(ram.segment(), DeviceGround::fillRandom);
        hub.booted();
        places.engine().part().engine.reset();
        for (MachineVcpu v : vcpus) {
            v.core.reset();
            v.setStarted(false, false);
        }
        for (MachineVcpu v : vcpus) {
            if (plan.starts(v.index())) {
                plan.begin(v.index(), v.registers());
                startFirst(v);
            }
        }
        if (!woken) {
            wakeParts();
        }
    }

    private void startFirst(MachineVcpu v) throws HvException {
        if (host.allocator.decide(new ResourceRequest.StartVcpu(name(), v.index())) instanceof Decision.Refused r) {
            standStill();
            throw new HvException("machine " + name() + " cannot start: " + r.arithmetic());
        }
        v.setStarted(true, false);
    }

    /** The vCPUs are out: none is started any more, and the allocator knows. */
    private void standStill() {
        for (MachineVcpu v : vcpus) {
            if (v.isStarted()) {
                v.setStarted(false, false);
                host.allocator.decide(new ResourceRequest.StopVcpu(name(), v.index()));
            }
        }
    }

    void wakeParts() {
        woken = true;
        places.wakeAll();
    }

    /** Opens everything: contexts, clock, gate. */
    void go() {
        hub.ended(false);
        places.contexts().forEach(SerialContext::resume);
        debugging.began();
        clock.start();
        enter(MachineState.RUNNING, "");
        gate.unhalt();
    }

    /** Closes everything. @throws HvException a vCPU or a device did not come to rest */
    void halt() throws HvException {
        gate.halt();
        if (!gate.awaitOut(OUT_NANOS)) {
            throw new HvException("machine " + name() + ": a vCPU did not come out of the guest within " + OUT_NANOS / 1_000_000_000 + " s");
        }
        clock.stop();
        for (SerialContext c : places.contexts()) {
            if (!c.suspend(OUT_NANOS)) {
                throw new HvException("machine " + name() + ": a device did not come to rest within " + OUT_NANOS / 1_000_000_000 + " s");
            }
        }
    }

    @Override
    public void pause() throws HvException {
        life.lock();
        try {
            require("be paused", MachineState.RUNNING);
            try {
                halt();
            } catch (HvException e) {
                go();
                throw e;
            }
            enter(MachineState.PAUSED, "");
        } finally {
            life.unlock();
        }
    }

    @Override
    public void resume() throws HvException {
        life.lock();
        try {
            require("be resumed", MachineState.PAUSED);
            go();
        } finally {
            life.unlock();
        }
    }

    @Override
    public void stop(Duration grace) throws HvException {
        if (state == MachineState.RUNNING && !grace.isZero() && gate.isOpen() && !debugging.isHolding()) {
            // The board has no power button: the shell at the console is asked. Ctrl-C first, in case something runs there.
            hub.type("\u0003\npoweroff\n");
            try {
                if (endsWithin(grace)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        end("stopped", false);
    }

    /** @param grace since the guest's last output */
    private boolean endsWithin(Duration grace) throws InterruptedException {
        for (int n = 0; n < MOST_GRACES; n++) {
            long before = hub.written();
            if (awaitEnd(grace)) {
                return true;
            }
            if (hub.written() == before) {
                return false;
            }
        }
        return false;
    }

    private void end(String reason, boolean failed) throws HvException {
        life.lock();
        try {
            if (state == MachineState.RUNNING || state == MachineState.PAUSED) {
                try {
                    if (state == MachineState.RUNNING) {
                        halt();
                    }
                } catch (HvException e) {
                    standStill();
                    enter(MachineState.FAILED, e.getMessage());
                    throw e;
                }
                standStill();
                enter(failed ? MachineState.FAILED : MachineState.STOPPED, reason);
            }
        } finally {
            life.unlock();
        }
    }

    /** From a vCPU's thread or a device: no vCPU enters the guest again; the rest is done on a control thread. */
    void askEnd(String reason, boolean failed) {
        synchronized (ends) {
            if (endAsked) {
                return;
            }
            endAsked = true;
        }
        gate.halt();
        if (failed) {
            host.faults.report(name(), reason);
        }
        asAsked(() -> end(reason, failed));
    }

    /** What ends a life, or begins another. */
    private interface Turn {
        void run() throws HvException;
    }

    /** On a control thread: does what the guest, or a fault in it, asked for, unless the machine was booted anew or ended by somebody else meanwhile. */
    private void asAsked(Turn turn) {
        host.control.execute(() -> {
            life.lock();
            try {
                if (!destroyed && endAsked && (state == MachineState.RUNNING || state == MachineState.PAUSED)) {
                    turn.run();
                }
            } catch (HvException e) {
                host.faults.report(name(), e.getMessage());
            } catch (RuntimeException | LinkageError e) {
                host.faults.report(name(), e);
            } finally {
                life.unlock();
            }
        });
    }

    void fail(String reason) {
        askEnd(reason, true);
    }

    void askReset(String reason) {
        synchronized (ends) {
            if (endAsked) {
                return;
            }
            endAsked = true;
        }
        gate.halt();
        asAsked(() -> {
            try {
                reset();
            } catch (HvException e) {
                host.faults.report(name(), "reset (" + reason + ") failed: " + e.getMessage());
                end(e.getMessage(), true);
            }
        });
    }

    @Override
    public void reset() throws HvException {
        life.lock();
        try {
            requireWhole();
            if (state == MachineState.RUNNING) {
                try {
                    halt();
                } catch (HvException e) {
                    standStill();
                    enter(MachineState.FAILED, e.getMessage());
                    throw e;
                }
            }
            standStill();
            boot();
        } finally {
            life.unlock();
        }
    }

    @Override
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    /** For good: stops it and releases all. @return false if somebody else has done so */
    boolean destroy() throws HvException {
        life.lock();
        try {
            if (destroyed) {
                return false;
            }
            end("destroyed", false);
            for (MachineVcpu v : vcpus) {
                if (v.isInRun()) {
                    throw new HvException("machine " + name() + " cannot be destroyed: vCPU " + v.index() + " hangs in its engine; restart the platform to be rid of it");
                }
            }
            destroyed = true;
            debugging.ended("destroyed", false);
            for (MachineVcpu v : vcpus) {
                host.cpus.leave(v);
                v.endThread();
            }
            release();
            hub.ended(true);
            try {
                ram.close();
            } catch (IllegalStateException e) {
                host.faults.report(name(), "its memory is still in use and stays mapped: " + e.getMessage());
            }
            return true;
        } finally {
            life.unlock();
        }
    }

    private void release() {
        places.release();
        orphans.release();
        for (PausableClock.GuestTimer t : vcpuTimers) {
            t.discard();
        }
    }

    // --- views and replacement

    @Override
    public Console console() {
        return hub;
    }

    @Override
    public MachineInfo info() {
        long ran = 0;
        long instructions = 0;
        int started = 0;
        for (MachineVcpu v : vcpus) {
            ran += v.ranNanos;
            instructions += v.core.instructionsRetired();
            started += v.isStarted() ? 1 : 0;
        }
        long touched = ram.residentBytes();
        host.allocator.touched(name(), touched);
        return new MachineInfo(name(), state, detail.isEmpty() ? debugging.describe() : detail, Duration.ofNanos(clock.nowNanos()), Duration.ofNanos(ran), instructions, spec.memoryBytes(),
                touched, vcpus.length, started);
    }

    @Override
    public List<ExitCount> exits() {
        return ExitCounters.sum(Arrays.stream(vcpus).map(v -> v.counters).toList());
    }

    @Override
    public List<PartInfo> parts() {
        List<PartInfo> out = new ArrayList<>();
        places.slots().forEach(s -> out.add(s.info()));
        out.add(new PartInfo("board", PartKind.BOARD, boardMaker.factory().type(), boardMaker.origin(), new hv.api.state.StateTag("stateless", 1), 1, "ok"));
        return out;
    }

    @Override
    public List<NicInfo> nics() {
        return places.nics().stream().map(NetSlot::nicInfo).toList();
    }

    private NetSlot nic(String nic) throws SpecException {
        for (NetSlot n : places.nics()) {
            if (n.name().equals(nic)) {
                return n;
            }
        }
        throw new SpecException("machine " + name() + " has no network card \"" + nic + "\"; it has: "
                + (places.nics().isEmpty() ? "none" : String.join(", ", places.nics().stream().map(NetSlot::name).toList())));
    }

    @Override
    public void setLink(String nic, boolean up) throws HvException {
        nic(nic).setLink(up);
    }

    @Override
    public void capture(String nic, java.nio.file.Path file) throws HvException {
        life.lock();
        try {
            if (destroyed) {
                throw new SpecException("machine " + name() + " has been destroyed");
            }
            nic(nic).capture(file);
        } finally {
            life.unlock();
        }
    }

    @Override
    public ReplaceReport replace(String path, String bundle) throws ReplaceException {
        for (PartSlot<?> s : places.slots()) {
            if (s.path.equals(path)) {
                try {
                    return replace(s, host.factories.select(s.kind, s.maker().factory().type(), bundle));
                } catch (SpecException e) {
                    throw new ReplaceException(e.getMessage(), e);
                }
            }
        }
        throw new ReplaceException("machine " + name() + " has no replaceable part \"" + path + "\"; it has: "
                + String.join(", ", places.slots().stream().map(s -> s.path).toList()));
    }

    <T extends hv.api.state.Stateful> ReplaceReport replace(PartSlot<T> slot, FactoryRegistry.Entry to) throws ReplaceException {
        life.lock();
        try {
            if (destroyed) {
                throw new ReplaceException("machine " + name() + " has been destroyed: create it anew");
            }
            if (state != MachineState.RUNNING && state != MachineState.PAUSED) {
                throw new ReplaceException("machine " + name() + " is " + state.name().toLowerCase(java.util.Locale.ROOT)
                        + ": parts are replaced while it runs or is paused; start it, or create it anew");
            }
            requireNotOrphaned(slot);
            return new Replacement<>(slot, to).run();
        } finally {
            life.unlock();
        }
    }

    private void requireNotOrphaned(PartSlot<?> slot) throws ReplaceException {
        if (orphans.has(slot)) {
            throw new ReplaceException(slot.path + " has lost its bundle; install one that makes " + slot.maker().factory().type() + ", and it takes over by itself");
        }
    }

    /** A part's maker is leaving, and nobody else makes such parts. */
    void orphan(PartSlot<?> slot) throws ReplaceException {
        life.lock();
        try {
            if (!destroyed && !orphans.has(slot)) {
                orphans.keep(slot);
                detail = "waits for bundles that make: " + orphans.waiting();
            }
        } finally {
            life.unlock();
        }
    }

    /** A factory has come: parts that wait for its like get on. */
    void adoptOrphans(FactoryRegistry.Entry by) {
        life.lock();
        try {
            for (PartSlot<?> s : places.slots()) {
                if (orphans.has(s) && by.makes(s.kind, s.maker().factory().type())) {
                    adopt(s, by);
                }
            }
        } catch (ReplaceException e) {
            host.faults.report(name(), e.getMessage());
        } finally {
            life.unlock();
        }
    }

    private void adopt(PartSlot<?> slot, FactoryRegistry.Entry by) throws ReplaceException {
        orphans.adopt(slot, by);
        String waiting = orphans.waiting();
        detail = waiting.isEmpty() ? "" : "waits for bundles that make: " + waiting;
    }

    /** The maker is leaving: in a machine that stands (created, stopped) the part is simply made anew. */
    <T extends hv.api.state.Stateful> ReplaceReport replaceInAnyState(PartSlot<T> slot, FactoryRegistry.Entry to) throws ReplaceException {
        life.lock();
        try {
            if (destroyed) {
                throw new ReplaceException("machine " + name() + " has been destroyed");
            }
            requireNotOrphaned(slot);
            return new Replacement<>(slot, to).run();
        } finally {
            life.unlock();
        }
    }

    void adoptVcpu(int index, boolean started, boolean parked) {
        vcpus[index].setStarted(started, parked);
        if (started) {
            host.allocator.decide(new ResourceRequest.StartVcpu(name(), index));
        }
    }

    @Override
    public DebugSession debug() throws HvException {
        life.lock();
        try {
            requireWhole();
            return debugging.attach(places.engine().part());
        } finally {
            life.unlock();
        }
    }

    @Override
    public void save(MachineSink sink) throws HvException {
        life.lock();
        try {
            require("be saved", MachineState.RUNNING, MachineState.PAUSED);
            if (!orphans.waiting().isEmpty()) {
                throw new HvException("machine " + name() + " cannot be saved: it waits for bundles that make " + orphans.waiting());
            }
            new MachineTransfer(this).save(sink, state == MachineState.RUNNING);
        } finally {
            life.unlock();
        }
    }

    /** CREATED -> RUNNING or PAUSED with the state of a saved machine. */
    void restoreFrom(MachineSource source) throws HvException {
        life.lock();
        try {
            new MachineTransfer(this).restore(source);
            enter(MachineState.PAUSED, "");
            if (source.wasRunning()) {
                go();
            }
        } finally {
            life.unlock();
        }
    }
}
