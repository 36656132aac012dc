package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.bus.Wiring;
import hv.api.device.BackendFront;
import hv.api.device.BackendSpec;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.device.spi.InterruptController;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.dispatcher.spi.DispatcherFactory;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineInterrupts;
import hv.api.engine.spi.EngineTraits;
import hv.api.interpreter.spi.Interpreter;
import hv.api.interpreter.spi.InterpreterFactory;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The places of a machine's parts, laid out by its board; and the wiring, which is what of them vCPUs touch between two safepoints. */
final class Places {
    /** Replaced as a whole. */
    record Wires(Dispatcher dispatcher, Wiring wiring) {
    }

    private final HostedMachine machine;
    private final HostServices host;
    private final List<SerialContext> contexts = new ArrayList<>();
    private final List<PartSlot<?>> slots = new ArrayList<>();
    private final List<DeviceSlot<?>> devices = new ArrayList<>();
    private final List<NetSlot> nics = new ArrayList<>();
    private EngineSlot engine;
    private ModuleSlot<Dispatcher> dispatcher;
    private ModuleSlot<Interpreter> interpreter;
    private final PciFabric pci = new PciFabric();
    private volatile Wires wires;
    private long wiringGeneration;

    Places(HostedMachine machine, HostServices host) {
        this.machine = machine;
        this.host = host;
    }

    /** Makes every part, asleep. @throws HvException one cannot be made; those that were are to be {@link #release released} */
    void fill(Board board, BoardFactory maker) throws HvException {
        FactoryRegistry.Entry engineMaker = engineFor(maker.isa());
        MachineSettings.check(machine.spec(), maker, engineMaker.factory(), host.factories.entries());
        engine = new EngineSlot(machine, engineMaker);
        slots.add(engine);
        dispatcher = new ModuleSlot<>(machine, PartKind.DISPATCHER, host.factories.requireAny(PartKind.DISPATCHER), e -> ((DispatcherFactory) e.factory()).create());
        interpreter = new ModuleSlot<>(machine, PartKind.INTERPRETER,
                host.factories.require(Set.of(PartKind.INTERPRETER), machine.spec().setting("interpreter", maker.interpreter())), e -> ((InterpreterFactory) e.factory()).create());
        slots.add(dispatcher);
        slots.add(interpreter);
        for (DeviceSpec d : board.devices()) {
            place(d);
        }
        makeAll();
    }

    List<PartSlot<?>> slots() {
        return slots;
    }

    List<DeviceSlot<?>> devices() {
        return devices;
    }

    /** Places of network cards' backends, in the specification's order. */
    List<NetSlot> nics() {
        return nics;
    }

    EngineSlot engine() {
        return engine;
    }

    ModuleSlot<Dispatcher> dispatcher() {
        return dispatcher;
    }

    ModuleSlot<Interpreter> interpreter() {
        return interpreter;
    }

    PciFabric pci() {
        return pci;
    }

    Wires wires() {
        return wires;
    }

    private FactoryRegistry.Entry engineFor(String isa) throws SpecException {
        String wanted = machine.spec().setting("engine", null);
        FactoryRegistry.Entry e = wanted == null ? host.factories.requireEngine(isa) : host.factories.require(Set.of(PartKind.ENGINE), wanted);
        EngineTraits traits = ((EngineFactory) e.factory()).traits();
        if (!traits.isa().equals(isa)) {
            throw new SpecException("engine " + e.factory().type() + " runs " + traits.isa() + " guests, board " + machine.spec().board() + " needs " + isa);
        }
        if (machine.spec().vcpus() > traits.maxVcpus()) {
            throw new SpecException(machine.spec().vcpus() + " vCPUs: engine " + e.factory().type() + " runs at most " + traits.maxVcpus());
        }
        return e;
    }

    private void place(DeviceSpec d) throws HvException {
        FactoryRegistry.Entry e = host.factories.require(Set.of(PartKind.INTERRUPT_CONTROLLER, PartKind.DEVICE, PartKind.TRANSPORT), d.type());
        if (e.factory().kind() != PartKind.TRANSPORT) {
            add(new DeviceSlot<>(machine, d, e, Device.class));
            return;
        }
        DeviceSlot.TransportSlot t = new DeviceSlot.TransportSlot(machine, d, e);
        add(t);
        List<BackendFront> backends = new ArrayList<>();
        for (BackendSpec b : d.backends()) {
            BackendSlot<?> slot = backend(d, b);
            slots.add(slot);
            backends.add(slot.front());
        }
        t.model = new ModelSlot(t, List.copyOf(backends), host.factories.require(Set.of(PartKind.VIRTIO_MODEL), d.property("model", "none")));
        slots.add(t.model);
    }

    private BackendSlot<?> backend(DeviceSpec d, BackendSpec b) throws HvException {
        FactoryRegistry.Entry e = host.factories.require(Set.of(b.kind()), b.type());
        if (b.kind() != PartKind.NET_BACKEND) {
            return new DiskSlot(machine, b, e, host.io);
        }
        NetSlot nic = new NetSlot(machine, b, e, host.io, "nic" + nics.size(), d.property("mac", ""));
        nics.add(nic);
        return nic;
    }

    private void add(DeviceSlot<?> d) {
        devices.add(d);
        slots.add(d);
    }

    /**
     * Backends first, since models ask them; controllers before what asks whether there is one, as the engine does; transports before the models that are
     * plugged into them.
     */
    private void makeAll() throws HvException {
        for (PartSlot<?> s : slots) {
            if (s instanceof BackendSlot<?> b) {
                first(b);
                b.open();
            }
        }
        for (int i = 0; i < nics.size() && i < machine.spec().nics().size(); i++) {
            String file = machine.spec().nics().get(i).option("pcap", "");
            if (!file.isEmpty()) {
                nics.get(i).capture(java.nio.file.Path.of(file));
            }
        }
        for (DeviceSlot<?> d : devices) {
            if (d.kind == PartKind.INTERRUPT_CONTROLLER) {
                first(d);
            }
        }
        for (PartSlot<?> s : slots) {
            if (!(s instanceof BackendSlot<?>) && !(s instanceof ModelSlot) && s.kind != PartKind.INTERRUPT_CONTROLLER) {
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

    /** A device's I/O context; suspended while the machine is halted. */
    SerialContext context(String path, Consumer<Throwable> onFault) {
        SerialContext c = new SerialContext(host.io, machine.name() + " " + path, host.faults, onFault);
        if (machine.gate().isHalted()) {
            c.suspend(1);
        }
        contexts.add(c);
        return c;
    }

    List<SerialContext> contexts() {
        return contexts;
    }

    /** Publishes what is in service now. At a safepoint, or before the first start. */
    void rewire() {
        // Also while parts are still being made: what comes later asks whether there is a target.
        EngineInterrupts inside = engine.part() == null ? null : engine.part().engine.interrupts();
        machine.messages().connect(devices, inside);
        machine.interruptFiles().connect(devices);
        pci.connect(devices);
        if (dispatcher == null || interpreter == null || devices.stream().anyMatch(d -> d.part() == null)) {
            return;
        }
        machine.lines().connect(inside != null ? inside::input : devices.stream().map(DeviceSlot::part).filter(InterruptController.class::isInstance)
                .<InterruptLines.Inputs>map(c -> ((InterruptController) c)::input).findFirst().orElse(null));
        wires = new Wires(dispatcher.part(), new Wiring(++wiringGeneration, host.allocator, interpreter.part(), new MachineBus(devices, pci)));
    }

    /** Wakes parts in their order: backends, controllers, other devices and models, modules, engine. */
    void wakeAll() {
        for (PartKind k : List.of(PartKind.BLOCK_BACKEND, PartKind.NET_BACKEND, PartKind.INTERRUPT_CONTROLLER, PartKind.DEVICE, PartKind.VIRTIO_MODEL, PartKind.TRANSPORT,
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
                machine.faultResponse().quarantine(d, what);
            } else {
                s.unhealthy(what);
                host.faults.report(machine.name() + " " + s.path, what);
            }
        }
    }

    /** Closes every part and drops what their contexts still had to do. */
    void release() {
        nics.forEach(NetSlot::release);
        for (SerialContext c : contexts) {
            c.revoke();
        }
        for (int i = slots.size() - 1; i >= 0; i--) {
            if (slots.get(i).part() instanceof AutoCloseable c) {
                try {
                    c.close();
                } catch (Exception | LinkageError e) {
                    host.faults.report(machine.name() + " " + slots.get(i).path, e);
                }
            }
        }
    }
}
