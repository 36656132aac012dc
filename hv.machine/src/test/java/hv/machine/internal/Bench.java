package hv.machine.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.AllocatorFactory;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.bus.Bus;
import hv.api.bus.Wiring;
import hv.api.debug.StopPoints;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.device.Entropy;
import hv.api.device.spi.Device;
import hv.api.device.spi.DeviceFactory;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.dispatcher.spi.DispatcherFactory;
import hv.api.engine.spi.DebugCore;
import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineInterrupts;
import hv.api.engine.spi.EngineTraits;
import hv.api.engine.spi.VcpuCore;
import hv.api.interpreter.spi.Interpreter;
import hv.api.interpreter.spi.InterpreterFactory;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.memory.RamRegion;
import hv.api.part.Origin;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Route;
import hv.api.vcpu.Vcpu;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A bench to test the machine on: a made-up ISA whose only program counts in register 1 and now and then increments the counter device by MMIO.
 * It is real code through the real contracts, small enough that each law can be seen to hold; longer than most since it fakes one part of each kind.
 */
final class Bench implements AutoCloseable {
    static final long COUNTER_GPA = 0x1000;
    /** Guest "instructions" between two register accesses. */
    static final long MMIO_EVERY = 20_000;

    final List<Hosting.Offer> offers = new ArrayList<>();
    /** Devices of machines made from now on, beside the counter. */
    final List<DeviceSpec> moreDevices = new ArrayList<>();
    /** Run whenever a board is asked for its boot plan; may refuse. */
    PlanCheck planCheck = () -> { };
    final Map<String, Core> cores = new ConcurrentHashMap<>();
    Hosting hosting;

    Bench() {
        offer(new PolicyMaker("fifo", LastResortPolicy::new), "fifo");
        offer(new AllocatorMaker(), "allocator");
        offer(new EngineMaker(), "engine");
        offer(new BoardMaker(), "board");
        offer(new DispatcherMaker(PassDispatcher::new), "dispatcher");
        offer(new InterpreterMaker(BusInterpreter::new), "interpreter");
        offer(new CounterMaker(c -> new Counter()), "counter");
    }

    void offer(PartFactory f, String bundle) {
        Origin o = new Origin(bundle, "1.0.0", 100 + offers.size());
        offers.add(new Hosting.Offer(f, o));
        if (hosting != null) {
            hosting.offer(f, o);
        }
    }

    Hosting start(int cpus) throws HvException {
        hosting = Hosting.start(cpus, new HostResources(1L << 34, cpus, 1, 16), offers);
        return hosting;
    }

    static MachineSpec spec(String name, int vcpus) {
        return new MachineSpec(name, "bench", 16 * MachineSpec.MIB, vcpus, null, Path.of("none"), null, "", List.of(), List.of(), Map.of());
    }

    Machine running(String name, int vcpus) throws HvException {
        Machine m = hosting.create(spec(name, vcpus));
        m.start();
        for (int i = 1; i < vcpus; i++) {
            ((HostedMachine) m).guest().startVcpu(i, 0, 0);
        }
        return m;
    }

    long counted(String machine, int vcpu) {
        return cores.get(machine + "/" + vcpu).count;
    }

    void awaitProgress(String machine, int vcpu) throws InterruptedException {
        await(machine + " vCPU " + vcpu + " counts on", counterOf(machine, vcpu));
    }

    private java.util.function.BooleanSupplier counterOf(String machine, int vcpu) {
        long from = counted(machine, vcpu);
        return () -> counted(machine, vcpu) > from + 2 * MMIO_EVERY;
    }

    /** Polls a condition that another thread brings about, leaving it the host CPU; fails after a minute, which a busy host may need. */
    static void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > 60_000_000_000L) {
                throw new AssertionError("not within 60 s: " + what);
            }
            LockSupport.parkNanos(50_000);
        }
    }

    @Override
    public void close() {
        if (hosting != null) {
            hosting.close();
        }
    }

    /** Looks at the images. */
    interface PlanCheck {
        void look() throws SpecException;
    }

    /** State that is nothing. */
    abstract static class Plain implements AutoCloseable {
        private final String name;

        Plain(String name) {
            this.name = name;
        }

        public PartId id() {
            return new PartId(name, new StateTag(name, 1));
        }

        public void sleep(Deadline by) throws NotAsleepException {
            // Nothing moves by itself.
        }

        public void save(StateWriter out) {
            out.section("none");
        }

        public void restore(StateReader in) throws StateException {
            in.section("none");
            in.end();
        }

        public void wake() {
            // See sleep.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    static class PassDispatcher extends Plain implements Dispatcher {
        PassDispatcher() {
            super("dispatcher");
        }

        @Override
        public Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring) {
            return switch (exit.view()) {
                case ExitView.Mmio m -> {
                    exit.routed(Route.INTERPRETER);
                    yield wiring.interpreter().interpret(exit, vcpu, wiring.bus());
                }
                case ExitView.Idle i -> Next.PARK;
                default -> Next.RESUME;
            };
        }
    }

    static class BusInterpreter extends Plain implements Interpreter {
        final java.util.concurrent.atomic.AtomicInteger turns = new java.util.concurrent.atomic.AtomicInteger();
        final java.util.concurrent.atomic.AtomicInteger resets = new java.util.concurrent.atomic.AtomicInteger();

        BusInterpreter() {
            super("interpreter");
        }

        @Override
        public void turnBegins(Vcpu vcpu) {
            turns.incrementAndGet();
        }

        @Override
        public void reset() {
            resets.incrementAndGet();
        }

        @Override
        public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
            ExitView.Mmio m = (ExitView.Mmio) exit.view();
            if (m.isWrite()) {
                bus.write(m.gpa(), m.widthBytes(), m.value());
            } else {
                exit.completion().value(bus.read(m.gpa(), m.widthBytes()));
            }
            return Next.RESUME;
        }
    }

    /** Register 0: how many writes it has seen. */
    static class Counter extends Plain implements Device {
        volatile long writes;

        Counter() {
            super("counter");
        }

        @Override
        public long read(long offset, int widthBytes) {
            return writes;
        }

        @Override
        public void write(long offset, int widthBytes, long value) {
            writes++;
        }

        @Override
        public void save(StateWriter out) {
            out.section("counter").putLong(writes);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("counter");
            long w = in.getLong();
            in.end();
            writes = w;
        }

        @Override
        public void reset() {
            writes = 0;
        }
    }

    record PolicyMaker(String type, java.util.function.Supplier<SchedulerPolicy> maker, int ranking) implements SchedulerPolicyFactory {
        PolicyMaker(String type, java.util.function.Supplier<SchedulerPolicy> maker) {
            this(type, maker, 0);
        }

        @Override
        public String description() {
            return "for tests";
        }

        @Override
        public SchedulerPolicy create() {
            return maker.get();
        }
    }

    record DispatcherMaker(java.util.function.Supplier<Dispatcher> maker) implements DispatcherFactory {
        @Override
        public String type() {
            return "dispatcher";
        }

        @Override
        public Dispatcher create() {
            return maker.get();
        }
    }

    record InterpreterMaker(java.util.function.Supplier<Interpreter> maker) implements InterpreterFactory {
        @Override
        public String type() {
            return "bus";
        }

        @Override
        public Interpreter create() {
            return maker.get();
        }
    }

    record CounterMaker(java.util.function.Function<DeviceContext, Device> maker) implements DeviceFactory {
        @Override
        public String type() {
            return "counter";
        }

        @Override
        public Device create(DeviceSpec spec, DeviceContext context) throws PartException {
            return maker.apply(context);
        }
    }

    record AllocatorMaker() implements AllocatorFactory {
        @Override
        public String type() {
            return "allocator";
        }

        @Override
        public Allocator create(HostResources host) {
            return new Grants();
        }
    }

    /** Grants everything and remembers who has what, as many started vCPUs. */
    static final class Grants extends Plain implements Allocator {
        private final Map<String, Account> accounts = new ConcurrentHashMap<>();

        Grants() {
            super("allocator");
        }

        @Override
        public Decision decide(ResourceRequest request) {
            switch (request) {
                case ResourceRequest.Admit a -> accounts.put(a.machine(), new Account(a.machine(), a.ramBytes(), 0, a.vcpus(), 0));
                case ResourceRequest.Release r -> accounts.remove(r.machine());
                case ResourceRequest.StartVcpu s -> accounts.computeIfPresent(s.machine(),
                        (n, a) -> new Account(n, a.ramBytes(), a.touchedRamBytes(), a.vcpus(), a.startedVcpus() + 1));
                case ResourceRequest.StopVcpu s -> accounts.computeIfPresent(s.machine(),
                        (n, a) -> new Account(n, a.ramBytes(), a.touchedRamBytes(), a.vcpus(), a.startedVcpus() - 1));
            }
            return Decision.Granted.GRANTED;
        }

        @Override
        public void touched(String machine, long ramBytes) {
            // Not part of what is tested here.
        }

        @Override
        public List<Account> accounts() {
            return List.copyOf(accounts.values());
        }

        @Override
        public void hostChanged(HostResources host) {
            // The host of this bench does not change.
        }
    }

    final class BoardMaker implements BoardFactory {
        @Override
        public String type() {
            return "bench";
        }

        @Override
        public String isa() {
            return "bench";
        }

        @Override
        public String interpreter() {
            return "bus";
        }

        @Override
        public Board create(MachineSpec spec) throws SpecException {
            return new Board() {
                @Override
                public List<RamRegion> ram() {
                    return List.of(new RamRegion(0x8000_0000L, spec.memoryBytes()));
                }

                @Override
                public List<DeviceSpec> devices() {
                    List<DeviceSpec> all = new ArrayList<>(moreDevices);
                    all.add(new DeviceSpec("counter0", "counter", COUNTER_GPA, 16, 0, Map.of()));
                    return all;
                }

                @Override
                public long timebaseHz() {
                    return 10_000_000;
                }

                @Override
                public void startAt(int vcpu, long entry, long opaque, Registers registers) {
                    // As begin.
                }

                @Override
                public BootPlan plan() throws SpecException {
                    planCheck.look();
                    return new BootPlan() {
                        @Override
                        public void load(MemorySegment ram, Entropy entropy) {
                            ram.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, 0x12345678);
                        }

                        @Override
                        public boolean starts(int vcpu) {
                            return vcpu == 0;
                        }

                        @Override
                        public void begin(int vcpu, Registers registers) {
                            // Its only register counts by itself.
                        }
                    };
                }
            };
        }
    }

    class EngineMaker implements EngineFactory {
        @Override
        public String type() {
            return "bench";
        }

        /** What it gives out for a core. */
        VcpuCore offered(Core core) {
            return core;
        }

        @Override
        public EngineTraits traits() {
            return new EngineTraits("bench", false, false, true, 1, 8, true, "counts");
        }

        @Override
        public Engine create(EngineContext context) {
            return new Engine() {
                @Override
                public EngineTraits traits() {
                    return EngineMaker.this.traits();
                }

                @Override
                public VcpuCore createVcpu(int index) {
                    Core c = new Core(index);
                    cores.put(context.machineName() + "/" + index, c);
                    return offered(c);
                }

                @Override
                public Stateful shared() {
                    return null;
                }

                @Override
                public void reset() {
                    // Nothing is shared.
                }

                @Override
                public EngineInterrupts interrupts() {
                    return null;
                }

                @Override
                public void close() {
                    // Holds nothing.
                }
            };
        }
    }

    /** Its program counter is twice its count. */
    static final class Core extends Plain implements DebugCore, Registers {
        private final Exit exit = new Exit();
        private final int index;
        volatile long count;
        volatile long lastRead;
        private volatile boolean halted;
        private volatile Thread runner;
        final Map<Integer, Boolean> levels = new ConcurrentHashMap<>();
        private volatile boolean kicked;
        private StopPoints stops = StopPoints.NONE;

        Core(int index) {
            super("cpu/" + index);
            this.index = index;
        }

        @Override
        public PartId id() {
            return new PartId("cpu/" + index, new StateTag("bench-core", 1));
        }

        @Override
        public Registers registers() {
            return this;
        }

        @Override
        public Exit exit() {
            return exit;
        }

        @Override
        public void run(Budget budget) {
            commit();
            runner = Thread.currentThread();
            long end = System.nanoTime() + budget.nanos();
            for (;;) {
                if (kicked) {
                    kicked = false;
                    exit.kicked();
                    return;
                }
                if (halted) {
                    LockSupport.parkNanos(this, end - System.nanoTime());
                    if (System.nanoTime() >= end) {
                        exit.sliceEnd();
                        return;
                    }
                    continue;
                }
                if (!stops.isEmpty() && stops.breakpoints().contains(2 * count)) {
                    exit.breakpoint(2 * count);
                    return;
                }
                long c = count + 1;
                count = c;
                if (c % MMIO_EVERY == 0) {
                    exit.mmio(COUNTER_GPA, 8, c / MMIO_EVERY % 2 == 0, c);
                    return;
                }
                if ((c & 255) == 0 && System.nanoTime() >= end) {
                    exit.sliceEnd();
                    return;
                }
            }
        }

        @Override
        public void stopAt(StopPoints points) {
            stops = points;
        }

        @Override
        public void step() {
            commit();
            long c = count + 1;
            count = c;
            if (c % MMIO_EVERY == 0) {
                exit.mmio(COUNTER_GPA, 8, c / MMIO_EVERY % 2 == 0, c);
            } else {
                exit.sliceEnd();
            }
        }

        @Override
        public long translate(long va) {
            return va >= 0 ? va : -1;
        }

        @Override
        public void commit() {
            if (exit.completion().kind() == hv.api.vcpu.Completion.Kind.VALUE) {
                lastRead = exit.completion().first();
                exit.completion().taken();
            }
        }

        @Override
        public void retry() {
            count--;
        }

        @Override
        public void kick() {
            kicked = true;
            LockSupport.unpark(runner);
        }

        /** Whether it waits inside its run, as KVM's do: asleep, until this or a kick wakes it. */
        void halted(boolean waits) {
            halted = waits;
            LockSupport.unpark(runner);
        }

        @Override
        public long request(Request request) {
            return 0;
        }

        @Override
        public boolean acknowledged(long ticket) {
            return true;
        }

        @Override
        public void setInterrupt(int line, boolean level) {
            // This ISA has no interrupts, and remembers what it was told.
            levels.put(line, level);
        }

        @Override
        public boolean wantsToRun() {
            return true;
        }

        @Override
        public long instructionsRetired() {
            return count;
        }

        @Override
        public void reset() {
            count = 0;
        }

        @Override
        public void save(StateWriter out) {
            out.section("core").putLong(count);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("core");
            long c = in.getLong();
            in.end();
            count = c;
        }

        @Override
        public long read(int register) {
            return count;
        }

        @Override
        public void write(int register, long value) {
            // The only register counts by itself.
        }
    }
}
