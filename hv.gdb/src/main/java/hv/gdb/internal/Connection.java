package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugEvent;
import hv.api.debug.DebugSession;
import hv.api.machine.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One debugger that is connected: its bytes in, replies and stops out. Two threads: the caller of {@link #serve} reads, another waits for the machine;
 * they take turns under the monitor. However it ends, the session is closed: stop points go and the guest goes on.
 */
final class Connection {
    private static final long HOLD_NANOS = 10_000_000_000L;
    private static final long WAIT_NANOS = 3_600_000_000_000L;
    /** Packets in a row that arrive broken, and the peer is none. */
    private static final int MOST_BAD = 16;

    private final Machine machine;
    private final SocketChannel channel;
    private final DebugSession session;
    private final PacketReader reader = new PacketReader();
    private Stub stub;
    private boolean acknowledging = true;
    private boolean running;
    /** The peer has asked for a stop that it was not told yet. */
    private boolean interrupted;
    private byte[] last = {};
    private int bad;
    private boolean killed;
    /** How it ended, once it has. */
    private String end;

    Connection(Machine machine, SocketChannel channel, DebugSession session) {
        this.machine = machine;
        this.channel = channel;
        this.session = session;
    }

    /** Until the peer leaves or is sent away. @return how it ended, one line */
    String serve() {
        Thread events = null;
        try {
            session.interrupt();
            DebugEvent first = session.isHeld() ? new DebugEvent.Interrupted() : session.await(HOLD_NANOS);
            if (first == null) {
                return "the machine did not come out of the guest";
            }
            stub = new Stub(session, new MonitorCommands(machine, session), first);
            events = Thread.ofPlatform().daemon().name("hv-gdb-events-" + machine.name()).start(this::events);
            ByteBuffer in = ByteBuffer.allocate(8192);
            while (end() == null && channel.read(in) >= 0) {
                in.flip();
                while (in.hasRemaining() && end() == null) {
                    take(in.get() & 0xff);
                }
                in.clear();
            }
            end("the debugger left");
        } catch (IOException e) {
            end("the connection broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end("the server is closing");
        } finally {
            end("the server failed");
            session.close();
            join(events);
        }
        if (killed) {
            kill();
        }
        return end();
    }

    private static void join(Thread events) {
        boolean interrupted = Thread.interrupted();
        while (events != null && events.isAlive()) {
            try {
                events.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        try {
            machine.stop(Duration.ZERO);
        } catch (HvException e) {
            end = "the machine was to be stopped: " + e.getMessage();
        }
    }

    private synchronized String end() {
        return end;
    }

    private synchronized void end(String how) {
        if (end == null) {
            end = how;
        }
    }

    private synchronized void take(int b) throws IOException {
        switch (reader.accept(b)) {
            case NOTHING -> { }
            case ACK -> bad = 0;
            case NAK -> {
                countBad();
                send(last);
            }
            case BAD_CHECKSUM -> {
                countBad();
                if (acknowledging) {
                    send(new byte[] {'-'});
                } else {
                    end("a packet came with a wrong checksum over a connection that both sides had called reliable");
                }
            }
            case INTERRUPT -> {
                if (running) {
                    interrupted = true;
                    session.interrupt();
                }
            }
            case TOO_LONG -> end("a packet came that is longer than " + PacketReader.MAX_BYTES + " bytes");
            case NO_PROTOCOL -> end("the peer does not speak the remote serial protocol");
            case PACKET -> packet(reader.payload());
        }
    }

    private void countBad() {
        if (++bad > MOST_BAD) {
            end("the connection spoils packets");
        }
    }

    private void packet(String payload) throws IOException {
        bad = 0;
        if (acknowledging) {
            send(new byte[] {'+'});
        }
        if (running) {
            // In all-stop mode a debugger waits for the stop, and only interrupts.
            end("a packet came while the machine was running");
            return;
        }
        String reply = stub.reply(payload);
        if (reply != null) {
            send(last = Packets.framed(reply));
        }
        switch (stub.after()) {
            case NOTHING -> { }
            case NO_ACK -> acknowledging = false;
            case RESUMED -> running = true;
            case DETACH -> end("the debugger detached");
            case KILL -> {
                killed = true;
                end("the debugger killed the machine");
            }
        }
    }

    /** Tells each stop. */
    private void events() {
        try {
            while (end() == null) {
                DebugEvent e = session.await(WAIT_NANOS);
                if (e != null) {
                    held(e);
                }
            }
        } catch (IOException e) {
            // The reading side finds the same, and ends.
            end("the connection broke: " + e.getMessage());
        } catch (HvException e) {
            end(e.getMessage());
            stopReading();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopReading() {
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            end("the connection broke: " + e.getMessage());
        }
    }

    private synchronized void held(DebugEvent e) throws IOException, HvException {
        if (end != null) {
            return;
        }
        String reply = stub.held(e, interrupted);
        if (reply != null) {
            running = false;
            interrupted = false;
            send(last = Packets.framed(reply));
        }
    }

    private void send(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }
}
