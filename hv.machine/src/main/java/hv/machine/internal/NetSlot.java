package hv.machine.internal;

import hv.api.HvException;
import hv.api.device.BackendSpec;
import hv.api.machine.NicInfo;
import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetBackendFactory;
import hv.api.net.spi.NetContext;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * The place of a network card's backend. While backends change hands its front takes no frames and gives none, so that none is lost. The front also
 * counts, captures, and can be cut off by command: all that holds for every backend.
 */
final class NetSlot extends BackendSlot<NetBackend> implements NetContext {
    private static final System.Logger LOG = System.getLogger("hv.machine");

    private final String name;
    private final String mac;
    private final Executor offload;
    private final Front front = new Front();

    NetSlot(HostedMachine machine, BackendSpec spec, FactoryRegistry.Entry maker, Executor offload, String name, String mac) {
        super(machine, spec, maker);
        this.name = name;
        this.mac = mac;
        this.offload = offload;
    }

    /** "nic0", ... */
    String name() {
        return name;
    }

    @Override
    NetBackend.Front front() {
        return front;
    }

    @Override
    void open() throws HvException {
        part().open();
    }

    @Override
    NetBackend make(FactoryRegistry.Entry entry) throws HvException {
        return ((NetBackendFactory) entry.factory()).create(spec, this);
    }

    @Override
    void publish(NetBackend fresh) {
        front.serve(fresh);
    }

    @Override
    void closeIntake() {
        front.suspend();
    }

    @Override
    void openIntake() {
        front.resume();
    }

    @Override
    public Executor offload() {
        return offload;
    }

    @Override
    public void report(String line) {
        LOG.log(System.Logger.Level.INFO, machine.name() + " " + name + ": " + line);
        machine.faults().report(machine.name() + " " + name, line);
    }

    /** Null ends the capture. */
    void capture(Path file) throws HvException {
        front.capture(file);
    }

    void setLink(boolean up) {
        front.cut(!up);
    }

    boolean isCut() {
        return front.cut;
    }

    /** How often the link came back by command. */
    long mends() {
        return front.mends;
    }

    /** As a saved machine had it. */
    void restoreLink(boolean cut, long mends) {
        front.mends = mends;
        front.cut = cut;
    }

    NicInfo nicInfo() {
        return front.nicInfo();
    }

    /** The machine is gone. */
    void release() {
        front.endCapture();
    }

    private final class Front implements NetBackend.Front {
        private volatile NetBackend backend;
        private volatile Runnable listener;
        private volatile boolean cut;
        /** How often the link came back by command: a connection like any other to the guest. */
        private volatile long mends;
        private volatile boolean failed;
        // Guarded by this.
        private boolean suspended;
        private CaptureFile capture;
        private long sentFrames;
        private long sentBytes;
        private long receivedFrames;
        private long receivedBytes;
        /** By backends that were replaced, or by none in service. */
        private long dropped;

        synchronized void serve(NetBackend fresh) {
            if (backend != null && !failed) {
                dropped += backend.dropped();
            }
            backend = fresh;
            failed = false;
            fresh.onEvent(this::tell);
        }

        private void tell() {
            Runnable l = listener;
            if (l != null) {
                l.run();
            }
        }

        @Override
        public void onEvent(Runnable told) {
            listener = told;
        }

        @Override
        public synchronized boolean transmit(byte[] frame, int offset, int lenBytes) {
            if (suspended) {
                return false;
            }
            try {
                if (failed || cut) {
                    dropped++;
                    return true;
                }
                if (!backend.transmit(frame, offset, lenBytes)) {
                    return false;
                }
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                failed(e);
                return true;
            }
            sentFrames++;
            sentBytes += lenBytes;
            if (capture != null) {
                capture.add(frame, offset, lenBytes, machine.clock().wallNanos());
            }
            return true;
        }

        @Override
        public synchronized void flush() {
            if (suspended || failed) {
                return;
            }
            try {
                backend.flush();
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                failed(e);
            }
        }

        @Override
        public synchronized int receive(byte[] into, int offset) {
            if (suspended || failed || cut) {
                return 0;
            }
            int len;
            try {
                len = backend.receive(into, offset);
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                failed(e);
                return 0;
            }
            if (len != 0 && (len < NetBackend.FRAME_BYTES_MIN || len > NetBackend.FRAME_BYTES_MAX)) {
                failed(new IllegalStateException("a frame of " + len + " bytes"));
                return 0;
            }
            if (len > 0) {
                receivedFrames++;
                receivedBytes += len;
                if (capture != null) {
                    capture.add(into, offset, len, machine.clock().wallNanos());
                }
            }
            return len;
        }

        /** A backend that throws is unplugged: the guest sees its link go. */
        private void failed(Throwable e) {
            failed = true;
            dropped++;
            unhealthy(Faults.describe(e));
            machine.faults().report(machine.name() + " " + path, e);
            tell();
        }

        @Override
        public LinkState link() {
            long n = mends;
            try {
                LinkState of = backend.link();
                return failed ? new LinkState(false, "its backend has failed: replace it", of.connections() + n)
                        : cut ? new LinkState(false, "pulled by command", of.connections() + n) : new LinkState(of.up(), of.reason(), of.connections() + n);
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                return new LinkState(false, Faults.describe(e), n);
            }
        }

        @Override
        public int mtu() {
            return backend.mtu();
        }

        synchronized void cut(boolean now) {
            if (cut && !now) {
                mends++;
            }
            cut = now;
            tell();
        }

        void capture(Path file) throws HvException {
            CaptureFile next = file == null ? null : CaptureFile.open(file, offload, NetSlot.this::report);
            CaptureFile before;
            synchronized (this) {
                before = capture;
                capture = next;
            }
            if (before != null) {
                before.close();
            }
        }

        void endCapture() {
            CaptureFile before;
            synchronized (this) {
                before = capture;
                capture = null;
            }
            if (before != null) {
                before.close();
            }
        }

        synchronized NicInfo nicInfo() {
            LinkState link = link();
            return new NicInfo(name, mac, maker().factory().type(), link.up(), link.reason(), sentFrames, sentBytes, receivedFrames, receivedBytes,
                    dropped + backend.dropped(), capture == null ? "" : capture.path().toString(), capture == null ? 0 : capture.lost());
        }

        synchronized void suspend() {
            suspended = true;
        }

        void resume() {
            synchronized (this) {
                suspended = false;
            }
            tell();
        }
    }
}
