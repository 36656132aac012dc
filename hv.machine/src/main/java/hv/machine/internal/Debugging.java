package hv.machine.internal;

import hv.api.HvException;
import hv.api.debug.DebugEvent;
import hv.api.debug.DebugSession;
import hv.api.debug.Resume;
import hv.api.debug.StopPoints;
import hv.api.engine.spi.DebugCore;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.Access;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A machine under a debugger. Its hold is a third reason beside the gate's two why a vCPU does not enter the guest, so that a machine that is held can be
 * paused, saved, reset and have parts replaced as ever. Stop points are kept here and given to every new engine.
 *
 * <p>vCPU threads only raise flags ({@link Session#hold}); the debugger's own threads wait for the vCPUs to be out, and touch cores under the machine's
 * life lock, so that no core changes hands meanwhile.
 */
final class Debugging {
    private static final long OUT_NANOS = 1_000_000_000L;
    /** Rounds of {@link #OUT_NANOS} that closing waits; by then a vCPU that hangs has failed its machine. */
    private static final int CLOSE_ROUNDS = 5;

    private final HostedMachine machine;
    private final MachineVcpu[] vcpus;
    private final ReentrantLock life;
    private volatile Session session;
    private volatile StopPoints stops = StopPoints.NONE;

    Debugging(HostedMachine machine, MachineVcpu[] vcpus, ReentrantLock life) {
        this.machine = machine;
        this.vcpus = vcpus;
        this.life = life;
    }

    /** Under life. */
    DebugSession attach(EngineSlot.Running running) throws HvException {
        if (session != null) {
            throw new HvException("a debugger is attached to machine " + machine.name() + " already: detach it first");
        }
        if (!(running.cores[0] instanceof DebugCore)) {
            throw new HvException("the engine of machine " + machine.name() + " (" + running.engine.traits().description() + ") cannot be debugged");
        }
        session = new Session(running.engine.traits().isa());
        return session;
    }

    boolean isAttached() {
        return session != null;
    }

    boolean isHolding() {
        Session s = session;
        return s != null && s.event != null;
    }

    StopPoints stopPoints() {
        return stops;
    }

    /** For {@code MachineInfo}: what it is held at; empty if it is not. */
    String describe() {
        Session s = session;
        DebugEvent e = s == null ? null : s.event;
        return switch (e) {
            case null -> "";
            case DebugEvent.AtBreakpoint b -> "held by a debugger: vCPU " + b.vcpu() + " at the breakpoint 0x" + Long.toHexString(b.va());
            case DebugEvent.AtWatchpoint w -> "held by a debugger: vCPU " + w.vcpu() + " before it " + (w.write() ? "writes 0x" : "reads 0x") + Long.toHexString(w.va());
            case DebugEvent.Stepped s1 -> "held by a debugger: vCPU " + s1.vcpu() + " has stepped";
            case DebugEvent.Interrupted _ -> "held by a debugger";
            case DebugEvent.Ended _ -> "";
        };
    }

    /** From a vCPU's thread: it came out at a stop point. */
    void stopped(int vcpu, hv.api.vcpu.ExitView.Debug at) {
        Session s = session;
        if (s != null) {
            s.hold(at.isWatchpoint() ? new DebugEvent.AtWatchpoint(vcpu, at.va(), at.isWrite()) : new DebugEvent.AtBreakpoint(vcpu, at.va()));
        }
    }

    /** From a vCPU's thread: its step is done. */
    void stepped(int vcpu) {
        Session s = session;
        if (s != null) {
            s.hold(new DebugEvent.Stepped(vcpu));
        }
    }

    /** Under life: a life of the machine is over. */
    void ended(String reason, boolean failed) {
        Session s = session;
        if (s != null) {
            s.ended(new DebugEvent.Ended(reason, failed));
        }
    }

    /** Under life: another life begins. */
    void began() {
        Session s = session;
        if (s != null) {
            s.ended(null);
        }
    }

    private final class Session implements DebugSession {
        private final String isa;
        /** Why the machine is held, or on its way there; null while it runs. Written under the monitor. */
        private volatile DebugEvent event;
        /** {@link #event} was returned by await: all vCPUs are out, the cores are exact. */
        private boolean told;
        private DebugEvent.Ended ended;
        private boolean closed;

        Session(String isa) {
            this.isa = isa;
        }

        synchronized void hold(DebugEvent why) {
            if (event == null && !closed) {
                event = why;
                holdAll();
                notifyAll();
            }
        }

        private void holdAll() {
            for (MachineVcpu v : vcpus) {
                v.debug(Resume.HOLD);
            }
        }

        synchronized void ended(DebugEvent.Ended e) {
            ended = e;
            if (e != null) {
                if (!told) {
                    event = e;
                }
                holdAll();
                notifyAll();
            }
        }

        @Override
        public String isa() {
            return isa;
        }

        @Override
        public int vcpuCount() {
            return vcpus.length;
        }

        @Override
        public String activity(int vcpu) {
            MachineVcpu v = vcpus[vcpu];
            return !v.isStarted() ? "not started" : v.isParked() ? "waiting for an interrupt" : "running";
        }

        @Override
        public void interrupt() {
            hold(new DebugEvent.Interrupted());
        }

        @Override
        public DebugEvent await(long timeoutNanos) throws InterruptedException {
            long end = System.nanoTime() + timeoutNanos;
            synchronized (this) {
                while (event == null || told) {
                    long left = end - System.nanoTime();
                    if (closed || left <= 0) {
                        return null;
                    }
                    wait(Math.max(1, Math.min(left / 1_000_000, 1L << 40)));
                }
            }
            // One that hangs is found by the watchdog, which ends the machine.
            while (!machine.gate().awaitOut(OUT_NANOS)) {
                synchronized (this) {
                    if (closed || ended != null) {
                        break;
                    }
                }
            }
            life.lock();
            try {
                synchronized (this) {
                    if (closed) {
                        return null;
                    }
                    if (!(event instanceof DebugEvent.Ended)) {
                        machine.clock().hold(true);
                        for (MachineVcpu v : vcpus) {
                            v.core.commit();
                        }
                    }
                    told = true;
                    return event;
                }
            } finally {
                life.unlock();
            }
        }

        @Override
        public synchronized boolean isHeld() {
            return told && !closed;
        }

        @Override
        public void resume(Resume... how) throws HvException {
            if (how.length != vcpus.length) {
                throw new IllegalArgumentException(how.length + " ways to go on for " + vcpus.length + " vCPUs");
            }
            life.lock();
            try {
                requireHeld();
                synchronized (this) {
                    told = false;
                    event = ended;
                    if (event != null) {
                        notifyAll();
                        return;
                    }
                    machine.clock().hold(!java.util.Arrays.asList(how).contains(Resume.RUN));
                    for (int i = 0; i < vcpus.length; i++) {
                        vcpus[i].debug(how[i]);
                    }
                    for (int i = 0; i < vcpus.length; i++) {
                        if (how[i] == Resume.STEP && !vcpus[i].isStarted()) {
                            // There is nothing it could execute.
                            hold(new DebugEvent.Stepped(i));
                        }
                    }
                }
            } finally {
                life.unlock();
            }
        }

        /** Under life. */
        private void requireHeld() throws HvException {
            machine.requireWhole();
            if (!isHeld()) {
                throw new HvException("machine " + machine.name() + " runs: interrupt it first");
            }
        }

        /** What is done with a core of a held machine. */
        private interface Look<T> {
            T at(VcpuCore core);
        }

        private <T> T held(int vcpu, Look<T> look) throws HvException {
            life.lock();
            try {
                requireHeld();
                return look.at(vcpus[vcpu].core);
            } catch (LinkageError e) {
                throw new HvException("the engine of machine " + machine.name() + " is gone: " + Faults.describe(e), e);
            } finally {
                life.unlock();
            }
        }

        @Override
        public void stopPoints(StopPoints points) throws HvException {
            held(0, core -> {
                stops = points;
                apply();
                return null;
            });
        }

        private void apply() {
            for (MachineVcpu v : vcpus) {
                ((DebugCore) v.core).stopAt(stops);
            }
        }

        @Override
        public long readRegister(int vcpu, int register) throws HvException {
            return held(vcpu, core -> core.registers().read(register));
        }

        @Override
        public void writeRegister(int vcpu, int register, long value) throws HvException {
            held(vcpu, core -> {
                core.registers().write(register, value);
                return null;
            });
        }

        @Override
        public long translate(int vcpu, long va) throws HvException {
            return held(vcpu, core -> ((DebugCore) core).translate(va));
        }

        @Override
        public int readMemory(int vcpu, long va, byte[] into, int offset, int lenBytes) throws HvException {
            return held(vcpu, core -> virtual((DebugCore) core, va, into, offset, lenBytes, Access.READ));
        }

        @Override
        public int writeMemory(int vcpu, long va, byte[] from, int offset, int lenBytes) throws HvException {
            return held(vcpu, core -> virtual((DebugCore) core, va, from, offset, lenBytes, Access.WRITE));
        }

        private int virtual(DebugCore core, long va, byte[] bytes, int offset, int lenBytes, Access access) {
            int done = 0;
            while (done < lenBytes) {
                int inPage = (int) Math.min(lenBytes - done, 4096 - (va + done & 0xfff));
                long gpa = core.translate(va + done);
                if (gpa == -1 || copy(gpa, bytes, offset + done, inPage, access) == 0) {
                    return done;
                }
                done += inPage;
            }
            return done;
        }

        /** All of it or, where it is not RAM, nothing. */
        private int copy(long gpa, byte[] bytes, int offset, int lenBytes, Access access) {
            try (Lease ram = machine.ram().lend(gpa, lenBytes, access)) {
                if (access.writes()) {
                    MemorySegment.copy(MemorySegment.ofArray(bytes), offset, ram.segment(), 0, lenBytes);
                } else {
                    MemorySegment.copy(ram.segment(), 0, MemorySegment.ofArray(bytes), offset, lenBytes);
                }
                return lenBytes;
            } catch (GuestMemoryFault e) {
                return 0;
            }
        }

        @Override
        public int readPhysical(long gpa, byte[] into, int offset, int lenBytes) throws HvException {
            return physical(gpa, into, offset, lenBytes, Access.READ);
        }

        @Override
        public int writePhysical(long gpa, byte[] from, int offset, int lenBytes) throws HvException {
            return physical(gpa, from, offset, lenBytes, Access.WRITE);
        }

        private int physical(long gpa, byte[] bytes, int offset, int lenBytes, Access access) throws HvException {
            life.lock();
            try {
                machine.requireWhole();
                long from = gpa - ramBase();
                long there = from < 0 ? 0 : Math.max(0, Math.min(lenBytes, ramBytes() - from));
                return there == 0 ? 0 : copy(gpa, bytes, offset, (int) there, access);
            } finally {
                life.unlock();
            }
        }

        @Override
        public java.util.BitSet touchedPages() throws HvException {
            life.lock();
            try {
                machine.requireWhole();
                return machine.ram().touchedPages();
            } finally {
                life.unlock();
            }
        }

        @Override
        public long ramBase() {
            return machine.ram().baseGpa();
        }

        @Override
        public long ramBytes() {
            return machine.ram().sizeBytes();
        }

        @Override
        public void close() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                holdAll();
                notifyAll();
            }
            boolean out = false;
            for (int k = 0; k < CLOSE_ROUNDS && !out; k++) {
                out = machine.gate().awaitOut(OUT_NANOS);
            }
            life.lock();
            try {
                stops = StopPoints.NONE;
                if (out) {
                    apply();
                }
            } catch (RuntimeException | LinkageError e) {
                machine.faults().report(machine.name() + " engine", e);
            } finally {
                session = null;
                machine.clock().hold(false);
                for (MachineVcpu v : vcpus) {
                    v.debug(Resume.RUN);
                }
                life.unlock();
            }
        }
    }
}
