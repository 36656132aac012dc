package hv.machine.internal;

import hv.api.device.CharChannel;
import hv.api.device.DeviceContext;
import hv.api.device.Entropy;
import hv.api.device.InterruptLine;
import hv.api.device.MsiSink;
import hv.api.memory.GuestMemory;
import hv.api.pci.PciBus;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import hv.api.vcpu.Vcpu;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What a device stands on: its lines, context, timers and channels. The ground of a place outlives its device; each instance gets a {@link Footing}
 * of its own, so that a replaced device's timers end with it.
 */
final class DeviceGround {
    private static final SecureRandom RANDOM = new SecureRandom();
    private final HostedMachine machine;
    private final int irq;
    final SerialContext io;
    private final Map<Object, Footing> footings = new WeakHashMap<>();
    private final Map<String, CharChannel> channels = new HashMap<>();

    DeviceGround(HostedMachine machine, int irq, SerialContext io) {
        this.machine = machine;
        this.irq = irq;
        this.io = io;
    }

    Footing footing() {
        return new Footing();
    }

    /** Who stands on which footing. An instance that is gone is collected. */
    void stands(Object instance, Footing footing) {
        synchronized (footings) {
            footings.put(instance, footing);
        }
    }

    /** The instance is in service now: footings of the same kind's other instances end. */
    void only(Object inService, Class<?> kind) {
        synchronized (footings) {
            footings.entrySet().removeIf(e -> {
                if (e.getKey() == inService || !kind.isInstance(e.getKey())) {
                    return false;
                }
                e.getValue().discard();
                return true;
            });
        }
    }

    static void fillRandom(byte[] out) {
        RANDOM.nextBytes(out);
    }

    private synchronized CharChannel channelOf(String name) {
        return channels.computeIfAbsent(name, n -> machine.hub().channel(n, io));
    }

    /** One instance's context. */
    final class Footing implements DeviceContext {
        private final List<PausableClock.GuestTimer> timers = new ArrayList<>();
        private final InterruptLine line = high -> machine.lines().raise(irq, high);

        @Override
        public InterruptLine line() {
            return line;
        }

        @Override
        public InterruptLine vcpuLine(int vcpu, int number) {
            MachineVcpu v = machine.vcpu(vcpu);
            return high -> v.interrupt(number, high);
        }

        @Override
        public MsiSink messages() {
            return machine.messages().hasTakers() ? machine.messages() : null;
        }

        @Override
        public PciBus pciBus() {
            return machine.places().pci();
        }

        @Override
        public hv.api.device.IoContext io() {
            return io;
        }

        @Override
        public GuestMemory memory() {
            return machine.ram();
        }

        @Override
        public MachineClock clock() {
            return machine.clock();
        }

        @Override
        public Timer timer(Runnable action) {
            PausableClock.GuestTimer t = machine.clock().timer(() -> io.post(action));
            timers.add(t);
            return t;
        }

        @Override
        public Entropy entropy() {
            return DeviceGround::fillRandom;
        }

        @Override
        public CharChannel channel(String name) {
            return channelOf(name);
        }

        @Override
        public Vcpu.Guest guest() {
            return machine.guest();
        }

        /** The instance is gone. */
        void discard() {
            timers.forEach(PausableClock.GuestTimer::discard);
        }
    }
}
