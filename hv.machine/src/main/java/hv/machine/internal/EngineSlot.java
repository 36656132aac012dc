package hv.machine.internal;

import hv.api.engine.spi.DebugCore;
import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.VcpuCore;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import java.util.ArrayList;
import java.util.List;

/** The place of the engine: an engine and its cores, one a vCPU, change hands together. */
final class EngineSlot extends PartSlot<EngineSlot.Running> {
    EngineSlot(HostedMachine machine, FactoryRegistry.Entry maker) {
        super(machine, "engine", PartKind.ENGINE, maker);
    }

    @Override
    Running make(FactoryRegistry.Entry entry) throws hv.api.HvException {
        EngineFactory f = (EngineFactory) entry.factory();
        Engine e = f.create(machine.engineContext());
        VcpuCore[] cores = new VcpuCore[machine.spec().vcpus()];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = e.createVcpu(i);
        }
        return new Running(e, cores);
    }

    @Override
    void publish(Running fresh) {
        for (int i = 0; i < fresh.cores.length; i++) {
            machine.vcpu(i).attach(fresh.cores[i]);
        }
        machine.places().rewire();
        if (fresh.engine.interrupts() != null) {
            machine.lines().reassert();
        }
    }

    @Override
    void fit(Running fresh) throws ReplaceException {
        if (machine.debugging().isAttached() && !(fresh.cores[0] instanceof DebugCore)) {
            throw new ReplaceException("a debugger is attached to machine " + machine.name() + ", and this engine cannot be debugged: detach it first");
        }
    }

    @Override
    List<SerialContext> contexts() {
        return machine.places().contexts();
    }

    /** An engine with its cores as one part. Its state is the cores', each in its own format, and what the engine holds beside them; for the tag's sake all
     * cores are of one format. */
    static final class Running implements Stateful, AutoCloseable {
        final Engine engine;
        final VcpuCore[] cores;
        /** Shared first: it sleeps last, and is restored and woken first. */
        private final List<Stateful> parts;

        Running(Engine engine, VcpuCore[] cores) {
            this.engine = engine;
            this.cores = cores;
            List<Stateful> all = new ArrayList<>();
            if (engine.shared() != null) {
                all.add(engine.shared());
            }
            all.addAll(List.of(cores));
            parts = List.copyOf(all);
        }

        @Override
        public PartId id() {
            return new PartId("engine", new StateTag(cores[0].id().tag().name() + "-set", cores[0].id().tag().version()));
        }

        @Override
        public void sleep(Deadline by) throws NotAsleepException {
            for (int i = parts.size() - 1; i >= 0; i--) {
                try {
                    parts.get(i).sleep(by);
                } catch (NotAsleepException e) {
                    for (int k = i + 1; k < parts.size(); k++) {
                        parts.get(k).wake();
                    }
                    throw e;
                }
            }
        }

        @Override
        public void save(StateWriter out) {
            out.section("cores").putInt(cores.length);
            for (VcpuCore c : cores) {
                out.putBytes(image(c).toBytes());
            }
            if (engine.shared() != null) {
                out.section("shared").putBytes(image(engine.shared()).toBytes());
            }
        }

        private static StateImage image(Stateful part) {
            try {
                return StateImage.of(part);
            } catch (StateException e) {
                throw new IllegalStateException(e.getMessage());
            }
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("cores");
            in.getInt(cores.length, cores.length);
            byte[][] images = new byte[parts.size()][];
            int first = parts.size() - cores.length;
            for (int i = first; i < images.length; i++) {
                images[i] = in.getBytes(StateImage.MAX_BYTES);
            }
            if (first == 1) {
                in.section("shared");
                images[0] = in.getBytes(StateImage.MAX_BYTES);
            }
            in.end();
            StateImage[] before = new StateImage[images.length];
            for (int i = 0; i < images.length; i++) {
                before[i] = StateImage.of(parts.get(i));
            }
            for (int i = 0; i < images.length; i++) {
                try {
                    StateImage.of(parts.get(i).id().tag(), images[i]).into(parts.get(i));
                } catch (StateException e) {
                    for (int k = 0; k < i; k++) {
                        before[k].into(parts.get(k));
                    }
                    throw e;
                }
            }
        }

        @Override
        public void wake() {
            for (Stateful part : parts) {
                part.wake();
            }
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
