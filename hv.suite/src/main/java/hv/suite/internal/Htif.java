package hv.suite.internal;

import hv.api.device.DeviceContext;
import hv.api.device.spi.Device;
import hv.api.memory.Access;
import hv.api.memory.GuestMemoryFault;
import hv.api.memory.Lease;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.time.Timer;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The host's end of Berkeley's host-target interface (HTIF): looks at the word {@code tohost} in RAM every now and then, as a simulator does, and
 * takes what is there. Bits 63..56 name a device, 55..48 a command. Source: riscv-isa-sim, {@code fesvr/htif.cc, device.cc, syscall.cc}.
 * <pre>
 *   device 0, command 0, bit 0 set   the program ends with exit code payload >> 1; 0 powers off, others fail the machine
 *   device 1, command 1              a byte for the console
 * </pre>
 * Anything else fails the machine: the program wants what is not here. It has no registers, and no state but that of RAM.
 */
final class Htif implements Device {
    static final StateTag TAG = new StateTag("htif", 1);
    private static final long LOOK_NANOS = 200_000;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PartId id;
    private final DeviceContext context;
    private final long tohost;
    private final Timer timer;
    private final byte[] one = new byte[1];
    /** Guarded by this. */
    private boolean asleep = true;

    Htif(String path, DeviceContext context, long tohost) {
        this.id = new PartId(path, TAG);
        this.context = context;
        this.tohost = tohost;
        this.timer = context.timer(this::look);
    }

    private synchronized void look() {
        if (asleep) {
            return;
        }
        try (Lease lease = context.memory().lend(tohost, Long.BYTES, Access.READ_WRITE)) {
            long word = lease.segment().get(WORD, 0);
            if (word != 0) {
                take(word);
                lease.segment().set(WORD, 0, 0);
            }
        } catch (GuestMemoryFault e) {
            context.guest().fail("htif: tohost at 0x" + Long.toHexString(tohost) + " is outside of RAM; give the machine more");
            return;
        }
        timer.arm(context.clock().nowNanos() + LOOK_NANOS);
    }

    private void take(long word) {
        long command = word >>> 48;
        long payload = word & (1L << 48) - 1;
        if (command == 0 && (payload & 1) != 0) {
            if (payload == 1) {
                context.guest().powerOff("htif: exit 0");
            } else {
                context.guest().fail("htif: exit " + (payload >>> 1));
            }
        } else if (command == 0x101) {
            one[0] = (byte) payload;
            context.guest().debugConsole(one, 0, 1);
        } else {
            context.guest().fail("htif: the program asks for device " + (command >>> 8) + ", command " + (command & 0xff) + ", which is not here");
        }
    }

    @Override
    public long read(long offset, int widthBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        // It has no registers.
    }

    @Override
    public void reset() {
        // RAM is all it knows.
    }

    @Override
    public PartId id() {
        return id;
    }

    @Override
    public synchronized void sleep(Deadline by) {
        asleep = true;
        timer.cancel();
    }

    @Override
    public void save(StateWriter out) {
        out.section("none");
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("none");
        in.end();
    }

    @Override
    public synchronized void wake() {
        asleep = false;
        timer.arm(context.clock().nowNanos() + LOOK_NANOS);
    }

    @Override
    public synchronized void close() {
        asleep = true;
        timer.cancel();
    }
}
