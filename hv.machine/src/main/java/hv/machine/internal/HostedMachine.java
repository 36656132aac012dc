package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.bus.Wiring;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.InterruptController;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.dispatcher.spi.DispatcherFactory;
import hv.api.engine.spi.EngineContext;
import hv.api.interpreter.spi.Interpreter;
import hv.api.interpreter.spi.InterpreterFactory;
import hv.api.machine.Console;
import hv.api.machine.ExitCount;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSource;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.memory.RamView;
import hv.api.part.PartInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.scheduler.spi.Share;
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
 * A machine: its parts in their places, its gate, its life.
 *
 * <p>Longer than most classes since it is the one place where all parts of a machine meet; what is done <em>to</em> them stands elsewhere:
 * {@link Replacement}, {@link MachineTransfer} (save and restore), {@link MachineVcpu} (the run loop).
 *
 * <p>Locks: {@code life} is held through every change of state and every replacement; {@code gate} guards who may enter the guest. A plugin is never
 * called with {@code gate} held.
 */
final class HostedMachine implements Machine {
    private static final long OUT_NANOS = 5_000_000_000L;
    private static final int MOST_STOPS = 10_000;

    /** What a vCPU touches between two safepoints. */
    record Wires(Dispatcher dispatcher, Wiring wiring) {
    }

    private final HostServices host;
    private final MachineSpec spec;
    private final Board board;
    private final Consumer<HostedMachine> onChange;
    private final GuestRam ram;
    private final PausableClock clock;
    private final ConsoleHub hub = new ConsoleHub();
    private final MachineGuest guest = new MachineGuest(this);
    private final ReentrantLock life = new ReentrantLock();
    private final Object gate = new Object();
    private final MachineVcpu[] vcpus;
    private final PausableClock.GuestTimer[] vcpuTimers;
    private final List<SerialContext> contexts = new ArrayList<>();
    private final List<PartSlot<?>> slots = new ArrayList<>();
    private final List<DeviceSlot<?>> devices = new ArrayList<>();
    private final EngineSlot engine;
    private final ModuleSlot<Dispatcher> dispatcher;
    private final ModuleSlot<Interpreter> interpreter;
    private final FactoryRegistry.Entry boardMaker;
    private final boolean[] irqHigh = new boolean[1024];
    private final long[] stops = new long[MOST_STOPS];
    private int stopCount;

    private volatile InterruptController controller;
    private volatile Wires wires;
    private volatile boolean halted = true;
    private volatile int closers;
    private volatile MachineState state = MachineState.CREATED;
    private volatile String detail = "";
    private volatile Board.BootPlan plan;
    private volatile CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean endAsked;
    /** Paths of parts whose predecessors are on their way back. Guarded by gate. */
    private final Set<String> goingBack = new java.util.HashSet<>();
    /** Under life: the parts have been woken once, and from then on begin anew by a reset. */
    private boolean woken;
    /** Under life: memory and parts are gone. A caller that found the machine just before may still hold it. */
    private boolean destroyed;
    private long wiringGeneration;

    /** Makes all parts, asleep. On failure nothing is left. The allocator has admitted the machine. */
    HostedMachine(MachineSpec spec, HostServices host, Consumer<HostedMachine> onChange) throws HvException {
        this.spec = spec;
        this.host = host;
        this.onChange = onChange;
        boardMaker = host.factories.require(Set.of(PartKind.BOARD), spec.board());
        BoardFactory bf = (BoardFactory) boardMaker.factory();
        board = bf.create(spec);
        clock = new PausableClock(host.timers);
        vcpus = new MachineVcpu[spec.vcpus()];
        vcpuTimers = new PausableClock.GuestTimer[spec.vcpus()];
        Share share = shareOf(spec);
        for (int i = 0; i < vcpus.length; i++) {
            MachineVcpu v = new MachineVcpu(this, i, share);
            vcpus[i] = v;
            vcpuTimers[i] = clock.timer(() -> {
                v.core.request(hv.api.vcpu.Request.INTERRUPT);
                v.wake();
            });
        }
        ram = new GuestRam(board.ram().getFirst());
        try {
            engine = new EngineSlot(this, engineFor(bf.isa()));
            slots.add(engine);
            dispatcher = new ModuleSlot<>(this, PartKind.DISPATCHER, host.factories.requireAny(PartKind.DISPATCHER), e -> ((DispatcherFactory) e.factory()).create());
            interpreter = new ModuleSlot<>(this, PartKind.INTERPRETER,
                    host.factories.require(Set.of(PartKind.INTERPRETER), spec.setting("interpreter", "riscv-sbi")), e -> ((InterpreterFactory) e.factory()).create());
            slots.add(dispatcher);
            slots.add(interpreter);
            for (DeviceSpec d : board.devices()) {
                place(d);
            }
            makeAll();
        } catch (HvException | RuntimeException | LinkageError e) {
            releaseParts();
            ram.close();
            throw e;
        }
        for (MachineVcpu v : vcpus) {
            host.cpus.join(v);
        }
    }

    private static Share shareOf(MachineSpec spec) throws SpecException {
        try {
            return new Share(Integer.parseInt(spec.setting("weight", "100")), Integer.parseInt(spec.setting("cap", "0")),
                    Integer.parseInt(spec.setting("priority", "16")));
        } catch (IllegalArgumentException e) {
            throw new SpecException("machine " + spec.name() + ": scheduler settings: " + e.getMessage(), e);
        }
    }

    private FactoryRegistry.Entry engineFor(String isa) throws SpecException {
        String wanted = spec.setting("engine", null);
        FactoryRegistry.Entry e = wanted == null ? host.factories.requireAny(PartKind.ENGINE) : host.factories.require(Set.of(PartKind.ENGINE), wanted);
        var traits = ((hv.api.engine.spi.EngineFactory) e.factory()).traits();
        if (!traits.isa().equals(isa)) {
            throw new SpecException("engine " + e.factory().type() + " runs " + traits.isa() + " guests, board " + spec.board() + " needs " + isa);
        }
        if (spec.vcpus() > traits.maxVcpus()) {
            throw new SpecException(spec.vcpus() + " vCPUs: engine " + e.factory().type() + " runs at most " + traits.maxVcpus());
        }
        return e;
    }

    private void place(DeviceSpec d) throws HvException {
        FactoryRegistry.Entry e = host.factories.require(Set.of(PartKind.INTERRUPT_CONTROLLER, PartKind.DEVICE, PartKind.TRANSPORT), d.type());
        if (e.factory().kind() != PartKind.TRANSPORT) {
            add(new DeviceSlot<>(this, d, e, Device.class));
            return;
        }
        DeviceSlot.TransportSlot t = new DeviceSlot.TransportSlot(this, d, e);
        add(t);
        BackendSlot backend = null;
        String format = d.property("backend", null);
        if (format != null) {
            backend = new BackendSlot(this, d, host.factories.require(Set.of(PartKind.BLOCK_BACKEND), format), host.io);
            slots.add(backend);
        }
        t.model = new ModelSlot(t, backend, host.factories.require(Set.of(PartKind.VIRTIO_MODEL), d.property("model", "none")));
        slots.add(t.model);
    }

    private void add(DeviceSlot<?> d) {
        devices.add(d);
        slots.add(d);
    }

    /** Backends first, since models ask them; transports before the models that are plugged into them. */
    private void makeAll() throws HvException {
        for (PartSlot<?> s : slots) {
            if (s instanceof BackendSlot b) {
                first(b);
                b.part().open();
            }
        }
        for (PartSlot<?> s : slots) {
            if (!(s instanceof BackendSlot) && !(s instanceof ModelSlot)) {
                first(s);
            }
        }
        for (DeviceSlot<?> d : devices) {
            if (d instanceof DeviceSlot.TransportSlot t) {
                first(t.model);
                try {
                    t.part().plug(t.model.part());
                } catch (ReplaceException e) {
                    throw new HvException(e.getMessage(), e);
                }
            }
        }
        rewire();
    }

    private static <T extends hv.api.state.Stateful> void first(PartSlot<T> s) throws HvException {
        s.install(s.make(s.maker()));
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

    long timebaseHz() {
        return board.timebaseHz();
    }

    MachineVcpu vcpu(int index) {
        return vcpus[index];
    }

    List<PartSlot<?>> slots() {
        return slots;
    }

    Wires wires() {
        return wires;
    }

    SerialContext context(String path, Consumer<Throwable> onFault) {
        SerialContext c = new SerialContext(host.io, name() + " " + path, host.faults, onFault);
        if (halted) {
            c.suspend(1);
        }
        contexts.add(c);
        return c;
    }

    List<SerialContext> allContexts() {
        return contexts;
    }

    /** Level of a device's line. Any thread. */
    void raise(int irq, boolean high) {
        if (irq <= 0 || irq >= irqHigh.length) {
            return;
        }
        // Told under the lock: two levels of one line must reach the controller in the order in which they were set.
        synchronized (irqHigh) {
            if (irqHigh[irq] != high) {
                irqHigh[irq] = high;
                InterruptController c = controller;
                if (c != null) {
                    c.input(irq, high);
                }
            }
        }
    }

    /** Publishes what is in service now. At a safepoint, or before the first start. */
    void rewire() {
        if (dispatcher == null || interpreter == null || devices.stream().anyMatch(d -> d.part() == null)) {
            return;
        }
        // In one store: lines of other devices are raised meanwhile.
        controller = devices.stream().map(DeviceSlot::part).filter(InterruptController.class::isInstance).map(InterruptController.class::cast).findFirst().orElse(null);
        wires = new Wires(dispatcher.part(), new Wiring(++wiringGeneration, host.allocator, interpreter.part(), new MachineBus(devices)));
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
            public String setting(String setting) {
                return spec.setting(setting, null);
            }

            @Override
            public void armTimer(int vcpu, long deadlineNanos) {
                vcpuTimers[vcpu].arm(deadlineNanos);
            }
        };
    }

    /**
     * A module threw in the handling of an exit. If one was replaced, the one before it is brought back, and the exit is handled again; else the machine
     * fails.
     *
     * @return true if the exit's instruction is to be run again; false if the machine has failed
     */
    boolean moduleFault(Wires at, Throwable fault) {
        if (at != wires) {
            return true;
        }
        String what = Faults.describe(fault);
        ModuleSlot<?> latest = dispatcher.previous() == null || interpreter.previous() != null && interpreter.replacedAtNanos() > dispatcher.replacedAtNanos()
                ? interpreter : dispatcher;
        if (latest.previous() == null) {
            askEnd("a module failed in the handling of an exit: " + what, true);
            return false;
        }
        goBack(latest, what, () -> askEnd("a module failed in the handling of an exit: " + what, true));
        return true;
    }

    /** Brings the part's predecessor back, on a control thread; no vCPU enters the guest meanwhile. Any thread. */
    private void goBack(PartSlot<?> slot, String why, Runnable otherwise) {
        FactoryRegistry.Entry to = slot.previous();
        synchronized (gate) {
            if (!goingBack.add(slot.path)) {
                return;
            }
            closers++;
        }
        host.faults.report(name() + " " + slot.path, why + "; going back from " + slot.maker().origin() + " to " + to.origin());
        host.control.execute(() -> {
            life.lock();
            try {
                if (!destroyed && slot.previous() == to) {
                    new Replacement<>(slot, to).run();
                }
            } catch (ReplaceException e) {
                otherwise.run();
            } finally {
                synchronized (gate) {
                    goingBack.remove(slot.path);
                }
                life.unlock();
                openGate();
            }
        });
    }

    /**
     * A device threw: its predecessor is brought back if it has one. Else its registers read as ones and its line is low; a disk's failure pauses the
     * machine instead of feeding the guest nonsense.
     */
    void quarantine(DeviceSlot<?> slot, String what) {
        if (!slot.isHealthy()) {
            return;
        }
        slot.unhealthy(what);
        if (slot.previous() != null) {
            goBack(slot, what, () -> quarantined(slot, what));
        } else {
            quarantined(slot, what);
        }
    }

    private void quarantined(DeviceSlot<?> slot, String what) {
        host.faults.report(name() + " " + slot.path, what + "; quarantined: replace it to bring it back");
        raise(slot.spec.irq(), false);
        if (slot.spec.property("backend", null) != null) {
            halted = true;
            host.control.execute(() -> {
                try {
                    pause();
                } catch (HvException e) {
                    host.faults.report(name(), e.getMessage());
                }
            });
        }
    }

    // --- the gate

    boolean isHalted() {
        return halted;
    }

    boolean gateIsOpen() {
        return closers == 0 && !halted;
    }

    void vcpuCameOut() {
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    /** No vCPU is in the guest or in the handling of an exit once this returns true. On false the gate is as it was. */
    boolean closeGate(long timeoutNanos) {
        synchronized (gate) {
            closers++;
        }
        if (awaitOut(timeoutNanos)) {
            return true;
        }
        openGate();
        return false;
    }

    void openGate() {
        synchronized (gate) {
            closers--;
        }
        wakeAll();
    }

    private boolean awaitOut(long timeoutNanos) {
        long end = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            synchronized (gate) {
                for (;;) {
                    boolean out = true;
                    for (MachineVcpu v : vcpus) {
                        if (v.isInRun()) {
                            v.comeOut();
                            out = false;
                        }
                    }
                    if (out) {
                        return true;
                    }
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    try {
                        // Woken by the vCPU that comes out; the bound only covers a kick that met a vCPU between two runs.
                        gate.wait(Math.min(left / 1_000_000 + 1, 2));
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void wakeAll() {
        if (gateIsOpen()) {
            for (MachineVcpu v : vcpus) {
                v.wake();
            }
        }
    }

    void recordStop(long nanos) {
        synchronized (stops) {
            stops[stopCount++ % MOST_STOPS] = nanos;
        }
    }

    @Override
    public long[] replaceStops() {
        synchronized (stops) {
            if (stopCount <= MOST_STOPS) {
                return Arrays.copyOf(stops, stopCount);
            }
            long[] out = new long[MOST_STOPS];
            for (int i = 0; i < MOST_STOPS; i++) {
                out[i] = stops[(stopCount + i) % MOST_STOPS];
            }
            return out;
        }
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
        }
        onChange.accept(this);
    }

    /** Under life. */
    private void requireWhole() throws SpecException {
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

    /** All vCPUs are out and contexts suspended: loads the images and lets vCPU 0 go. On failure a new machine is as it was, another has failed. */
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
            for (DeviceSlot<?> d : devices) {
                d.part().reset();
            }
        }
        plan.load(ram.segment(), DeviceGround::fillRandom);
        for (MachineVcpu v : vcpus) {
            v.core.reset();
            v.setStarted(false, false);
        }
        MachineGuest.prepare(vcpus[0], plan.entry(), plan.opaque());
        if (host.allocator.decide(new ResourceRequest.StartVcpu(name(), 0)) instanceof Decision.Refused r) {
            throw new HvException("machine " + name() + " cannot start: " + r.arithmetic());
        }
        vcpus[0].setStarted(true, false);
        if (!woken) {
            wakeParts();
        }
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

    /** Wakes parts in their order: backends, controllers, other devices and models, modules, engine. */
    void wakeParts() {
        woken = true;
        for (PartKind k : List.of(PartKind.BLOCK_BACKEND, PartKind.INTERRUPT_CONTROLLER, PartKind.DEVICE, PartKind.VIRTIO_MODEL, PartKind.TRANSPORT,
                PartKind.DISPATCHER, PartKind.INTERPRETER, PartKind.ENGINE)) {
            for (PartSlot<?> s : slots) {
                if (s.kind == k) {
                    wake(s);
                }
            }
        }
    }

    /** A wake cannot be refused: a part that throws is reported, and the others are woken all the same. */
    void wake(PartSlot<?> s) {
        try {
            s.part().wake();
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            String what = "it failed to wake: " + Faults.describe(e);
            if (s instanceof DeviceSlot<?> d) {
                quarantine(d, what);
            } else {
                s.unhealthy(what);
                host.faults.report(name() + " " + s.path, what);
            }
        }
    }

    /** Opens everything: contexts, clock, gate. */
    void go() {
        hub.ended(false);
        contexts.forEach(SerialContext::resume);
        clock.start();
        enter(MachineState.RUNNING, "");
        halted = false;
        wakeAll();
    }

    /** Closes everything. @throws HvException a vCPU or a device did not come to rest */
    void halt() throws HvException {
        halted = true;
        if (!awaitOut(OUT_NANOS)) {
            throw new HvException("machine " + name() + ": a vCPU did not come out of the guest within " + OUT_NANOS / 1_000_000_000 + " s");
        }
        clock.stop();
        for (SerialContext c : contexts) {
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
        if (state == MachineState.RUNNING && !grace.isZero()) {
            // The board has no power button: the shell at the console is asked. Ctrl-C first, in case something runs there.
            hub.type("\u0003\npoweroff\n");
            try {
                if (awaitEnd(grace)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        end("stopped", false);
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
        synchronized (gate) {
            if (endAsked) {
                return;
            }
            endAsked = true;
        }
        halted = true;
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
        synchronized (gate) {
            if (endAsked) {
                return;
            }
            endAsked = true;
        }
        halted = true;
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
            for (MachineVcpu v : vcpus) {
                host.cpus.leave(v);
            }
            releaseParts();
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

    private void releaseParts() {
        for (SerialContext c : contexts) {
            c.revoke();
        }
        for (int i = slots.size() - 1; i >= 0; i--) {
            if (slots.get(i).part() instanceof AutoCloseable c) {
                try {
                    c.close();
                } catch (Exception | LinkageError e) {
                    host.faults.report(name() + " " + slots.get(i).path, e);
                }
            }
        }
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
        return new MachineInfo(name(), state, detail, Duration.ofNanos(clock.nowNanos()), Duration.ofNanos(ran), instructions, spec.memoryBytes(),
                touched, vcpus.length, started);
    }

    @Override
    public List<ExitCount> exits() {
        return ExitCounters.sum(Arrays.stream(vcpus).map(v -> v.counters).toList());
    }

    @Override
    public List<PartInfo> parts() {
        List<PartInfo> out = new ArrayList<>();
        slots.forEach(s -> out.add(s.info()));
        out.add(new PartInfo("board", PartKind.BOARD, boardMaker.factory().type(), boardMaker.origin(), new hv.api.state.StateTag("stateless", 1), 1, "ok"));
        return out;
    }

    @Override
    public ReplaceReport replace(String path, String bundle) throws ReplaceException {
        for (PartSlot<?> s : slots) {
            if (s.path.equals(path)) {
                try {
                    return replace(s, host.factories.select(s.kind, s.maker().factory().type(), bundle));
                } catch (SpecException e) {
                    throw new ReplaceException(e.getMessage(), e);
                }
            }
        }
        throw new ReplaceException("machine " + name() + " has no replaceable part \"" + path + "\"; it has: "
                + String.join(", ", slots.stream().map(s -> s.path).toList()));
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
            return new Replacement<>(slot, to).run();
        } finally {
            life.unlock();
        }
    }

    /** The maker is leaving: in a machine that stands (created, stopped) the part is simply made anew. */
    <T extends hv.api.state.Stateful> ReplaceReport replaceInAnyState(PartSlot<T> slot, FactoryRegistry.Entry to) throws ReplaceException {
        life.lock();
        try {
            if (destroyed) {
                throw new ReplaceException("machine " + name() + " has been destroyed");
            }
            return new Replacement<>(slot, to).run();
        } finally {
            life.unlock();
        }
    }

    long[] highLines() {
        synchronized (irqHigh) {
            long[] bits = new long[irqHigh.length / Long.SIZE];
            for (int i = 0; i < irqHigh.length; i++) {
                if (irqHigh[i]) {
                    bits[i / Long.SIZE] |= 1L << i;
                }
            }
            return bits;
        }
    }

    void setHighLines(long[] bits) {
        synchronized (irqHigh) {
            for (int i = 0; i < irqHigh.length; i++) {
                irqHigh[i] = (bits[i / Long.SIZE] & 1L << i) != 0;
            }
        }
    }

    /** The controller in service is told of every line that is high. */
    void reassertLines() {
        InterruptController c = controller;
        for (int irq = 1; irq < irqHigh.length && c != null; irq++) {
            boolean high;
            synchronized (irqHigh) {
                high = irqHigh[irq];
            }
            if (high) {
                c.input(irq, true);
            }
        }
    }

    void adoptVcpu(int index, boolean started, boolean parked) {
        vcpus[index].setStarted(started, parked);
        if (started) {
            host.allocator.decide(new ResourceRequest.StartVcpu(name(), index));
        }
    }

    @Override
    public void save(MachineSink sink) throws HvException {
        life.lock();
        try {
            require("be saved", MachineState.RUNNING, MachineState.PAUSED);
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
