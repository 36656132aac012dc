package hv.machine.internal;

import hv.api.HvException;
import hv.api.device.CharChannel;
import hv.api.device.IoContext;
import hv.api.machine.Console;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine's console. Output of all channels is one ring with a cursor for each session; a session that does not read makes the guest wait, so
 * that nothing is lost; without sessions the oldest output gives way. Input goes to the virtio console once the guest has used it, else to the
 * serial port. One lock; never held while a device is called.
 */
final class ConsoleHub implements Console {
    private static final int RING_BYTES = 1 << 20;
    private static final int INPUT_BYTES = 1 << 16;
    private static final int MAX_SESSIONS = 8;
    private static final String SERIAL = "serial";
    private static final String VIRTIO = "console";

    private final byte[] ring = new byte[RING_BYTES];
    private long written;
    /** Output before this was given to nobody but is shown to the first session. */
    private long firstKept;
    private final byte[] input = new byte[INPUT_BYTES];
    private long inputGiven;
    private long inputTaken;
    private final List<Attached> sessions = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private String inputChannel = SERIAL;
    private int columns;
    private int rows;
    private boolean ended;
    private boolean outputWaits;

    /** The device's end, one per device and name. */
    CharChannel channel(String name, IoContext io) {
        Channel c = new Channel(name, io);
        synchronized (this) {
            channels.add(c);
        }
        return c;
    }

    @Override
    public Session attach() throws HvException {
        synchronized (this) {
            if (sessions.size() == MAX_SESSIONS) {
                throw new HvException("this console has " + MAX_SESSIONS + " sessions already: close one");
            }
            Attached s = new Attached(sessions.isEmpty() ? firstKept : written);
            sessions.add(s);
            return s;
        }
    }

    /** The machine runs (again), or will give no more output. */
    void ended(boolean nowEnded) {
        synchronized (this) {
            ended = nowEnded;
            notifyAll();
        }
    }

    /** The guest boots: input goes to the serial port until it has used its virtio console. */
    synchronized void booted() {
        inputChannel = SERIAL;
    }

    /** Where input goes, for a saved machine. */
    synchronized boolean inputGoesToVirtio() {
        return !inputChannel.equals(SERIAL);
    }

    synchronized void inputGoesToVirtio(boolean virtio) {
        inputChannel = virtio ? VIRTIO : SERIAL;
    }

    int output(byte[] bytes, int offset, int lenBytes) {
        synchronized (this) {
            int room = lenBytes;
            for (Attached s : sessions) {
                room = (int) Math.min(room, RING_BYTES - (written - s.read));
            }
            outputWaits |= room < lenBytes;
            for (int done = 0; done < room;) {
                int at = (int) (written % RING_BYTES);
                int n = Math.min(room - done, RING_BYTES - at);
                System.arraycopy(bytes, offset + done, ring, at, n);
                done += n;
                written += n;
            }
            firstKept = Math.max(firstKept, written - RING_BYTES);
            if (room > 0) {
                notifyAll();
            }
            return room;
        }
    }

    /** How many bytes the guest has printed. */
    synchronized long written() {
        return written;
    }

    synchronized int takeInput(byte[] bytes, int offset, int lenBytes) {
        int n = (int) Math.min(lenBytes, inputGiven - inputTaken);
        for (int i = 0; i < n; i++) {
            bytes[offset + i] = input[(int) (inputTaken++ % INPUT_BYTES)];
        }
        if (n > 0) {
            notifyAll();
        }
        return n;
    }

    private void announce() {
        List<Channel> all;
        synchronized (this) {
            all = List.copyOf(channels);
        }
        all.forEach(Channel::fire);
    }

    /** Types at the guest's console, as far as there is room. */
    void type(String text) {
        byte[] b = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        synchronized (this) {
            for (int i = 0; i < b.length && inputGiven - inputTaken < INPUT_BYTES; i++) {
                input[(int) (inputGiven++ % INPUT_BYTES)] = b[i];
            }
        }
        announce();
    }

    private final class Channel implements CharChannel {
        private final String name;
        private final IoContext io;
        private volatile Runnable listener;

        Channel(String name, IoContext io) {
            this.name = name;
            this.io = io;
        }

        private void fire() {
            Runnable l = listener;
            if (l != null) {
                io.post(l);
            }
        }

        @Override
        public int write(byte[] bytes, int offset, int lenBytes) {
            boolean switched = false;
            synchronized (ConsoleHub.this) {
                if (lenBytes > 0 && name.equals(VIRTIO) && !inputChannel.equals(name)) {
                    inputChannel = name;
                    switched = inputGiven != inputTaken;
                }
            }
            int n = output(bytes, offset, lenBytes);
            if (switched) {
                fire();
            }
            return n;
        }

        @Override
        public int read(byte[] bytes, int offset, int lenBytes) {
            synchronized (ConsoleHub.this) {
                return name.equals(inputChannel) ? takeInput(bytes, offset, lenBytes) : 0;
            }
        }

        @Override
        public void onEvent(Runnable l) {
            listener = l;
        }

        @Override
        public int columns() {
            synchronized (ConsoleHub.this) {
                return columns;
            }
        }

        @Override
        public int rows() {
            synchronized (ConsoleHub.this) {
                return rows;
            }
        }
    }

    private final class Attached implements Session {
        private long read;

        Attached(long from) {
            this.read = from;
        }

        @Override
        public int read(byte[] into, int offset, int lenBytes, long timeoutNanos) throws InterruptedException {
            boolean room;
            int n;
            synchronized (ConsoleHub.this) {
                long end = System.nanoTime() + timeoutNanos;
                while (written == read) {
                    if (ended || !sessions.contains(this)) {
                        return -1;
                    }
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return 0;
                    }
                    ConsoleHub.this.wait(left / 1_000_000, (int) (left % 1_000_000));
                }
                n = (int) Math.min(lenBytes, written - read);
                for (int i = 0; i < n; i++) {
                    into[offset + i] = ring[(int) (read++ % RING_BYTES)];
                }
                firstKept = Math.max(firstKept, read);
                room = outputWaits;
                outputWaits = false;
            }
            if (room) {
                announce();
            }
            return n;
        }

        @Override
        public void write(byte[] bytes, int offset, int lenBytes) throws InterruptedException {
            for (int done = 0; done < lenBytes;) {
                synchronized (ConsoleHub.this) {
                    while (inputGiven - inputTaken == INPUT_BYTES) {
                        if (ended || !sessions.contains(this)) {
                            return;
                        }
                        ConsoleHub.this.wait();
                    }
                    while (done < lenBytes && inputGiven - inputTaken < INPUT_BYTES) {
                        input[(int) (inputGiven++ % INPUT_BYTES)] = bytes[offset + done++];
                    }
                }
                announce();
            }
        }

        @Override
        public void resize(int newColumns, int newRows) {
            synchronized (ConsoleHub.this) {
                columns = Math.max(0, Math.min(newColumns, 0xffff));
                rows = Math.max(0, Math.min(newRows, 0xffff));
            }
            announce();
        }

        @Override
        public void close() {
            synchronized (ConsoleHub.this) {
                sessions.remove(this);
                ConsoleHub.this.notifyAll();
            }
            announce();
        }
    }
}
