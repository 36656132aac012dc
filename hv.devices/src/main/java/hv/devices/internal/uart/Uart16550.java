package hv.devices.internal.uart;

import hv.api.device.CharChannel;
import hv.api.device.DeviceContext;
import hv.api.device.InterruptLine;
import hv.api.device.IoContext;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;
import java.util.Arrays;

/**
 * A National Semiconductor PC16550D as QEMU's virt machine shows it: byte registers 0 .. 7, 16-byte FIFOs.
 * <ul>
 * <li>Output goes to the channel at once, on the vCPU's thread; what the channel does not take stays in the transmitter with THRE low until
 *     there is room. Nothing is lost for a driver that waits for THRE.
 * <li>Input is fetched in the I/O context whenever the receive FIFO has room; what does not fit waits in the channel, so there is no overrun
 *     but in loopback.
 * <li>Deviation: the character time-out interrupt (four character times without input below the trigger level, 8.4 of the data sheet) comes
 *     at once, since no line has a speed here: what has not arrived yet may never come.
 * </ul>
 * A register access allocates nothing.
 */
final class Uart16550 extends RegisterDevice {
    static final int FIFO_BYTES = 16;

    static final int IER_RDI = 0x01;
    static final int IER_THRI = 0x02;
    static final int IER_RLSI = 0x04;
    static final int IER_MSI = 0x08;
    static final int IIR_NONE = 0x01;
    static final int IIR_THRI = 0x02;
    static final int IIR_RDI = 0x04;
    static final int IIR_RLSI = 0x06;
    static final int IIR_CTI = 0x0c;
    static final int IIR_FIFOS = 0xc0;
    static final int FCR_ENABLE = 0x01;
    static final int FCR_CLEAR_RX = 0x02;
    static final int FCR_CLEAR_TX = 0x04;
    /** Bits of FCR that stay: trigger level, DMA mode, enable. */
    static final int FCR_KEPT = 0xc9;
    static final int LCR_DLAB = 0x80;
    static final int MCR_OUT2 = 0x08;
    static final int MCR_LOOP = 0x10;
    static final int LSR_DR = 0x01;
    static final int LSR_OE = 0x02;
    static final int LSR_THRE = 0x20;
    static final int LSR_TEMT = 0x40;
    static final int MSR_DELTAS = 0x0f;
    /** DCD, DSR, CTS: somebody is always there. */
    static final int MSR_CONNECTED = 0xb0;
    private static final int DIVISOR_9600 = 12;
    private static final int[] TRIGGER_BYTES = {1, 4, 8, 14};

    private final CharChannel channel;
    private final InterruptLine line;
    private final IoContext io;
    private final Runnable pump = this::pump;

    // All guarded by this.
    private int divisor;
    private int ier;
    private int fcr;
    private int lcr;
    private int mcr;
    private int errors;
    private int msr;
    private int scr;
    private boolean thrPending;
    private final byte[] rx = new byte[FIFO_BYTES];
    private int rxCount;
    private final byte[] tx = new byte[FIFO_BYTES];
    private int txCount;
    private boolean lineHigh;
    private boolean pumpPosted;

    Uart16550(String path, DeviceContext context) {
        super(path, Uart16550State.TAG);
        this.channel = context.channel("serial");
        this.line = context.line();
        this.io = context.io();
        clear();
    }

    private void clear() {
        divisor = DIVISOR_9600;
        ier = 0;
        fcr = 0;
        lcr = 0;
        mcr = MCR_OUT2;
        errors = 0;
        msr = MSR_CONNECTED;
        scr = 0;
        thrPending = false;
        rxCount = 0;
        txCount = 0;
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        switch ((int) Math.min(offset, 8)) {
            case 0:
                return dlab() ? divisor & 0xff : receive();
            case 1:
                return dlab() ? divisor >> 8 : ier;
            case 2: {
                int cause = cause();
                if (cause == IIR_THRI) {
                    thrPending = false;
                    updateLine();
                }
                return cause | ((fcr & FCR_ENABLE) != 0 ? IIR_FIFOS : 0);
            }
            case 3:
                return lcr;
            case 4:
                return mcr;
            case 5: {
                int lsr = lsr();
                errors = 0;
                updateLine();
                return lsr;
            }
            case 6: {
                if ((mcr & MCR_LOOP) != 0) {
                    // OUT2, OUT1, RTS, DTR come back as DCD, RI, CTS, DSR.
                    return (mcr & 0x0c) << 4 | (mcr & 0x02) << 3 | (mcr & 0x01) << 5;
                }
                int status = msr;
                msr &= ~MSR_DELTAS;
                updateLine();
                return status;
            }
            case 7:
                return scr;
            default:
                return 0;
        }
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        int v = (int) value & 0xff;
        switch ((int) Math.min(offset, 8)) {
            case 0:
                if (dlab()) {
                    divisor = divisor & 0xff00 | v;
                } else {
                    transmit((byte) v);
                }
                break;
            case 1:
                if (dlab()) {
                    divisor = divisor & 0xff | v << 8;
                } else {
                    enable(v & 0x0f);
                }
                break;
            case 2:
                controlFifos(v);
                break;
            case 3:
                lcr = v;
                break;
            case 4: {
                boolean wasLoop = (mcr & MCR_LOOP) != 0;
                mcr = v & 0x1f;
                if (wasLoop && (mcr & MCR_LOOP) == 0) {
                    postPump();
                }
                break;
            }
            case 7:
                scr = v;
                break;
            default:
                break; // LSR and MSR are read-only, and there is nothing behind SCR.
        }
    }

    private boolean dlab() {
        return (lcr & LCR_DLAB) != 0;
    }

    private int capacity() {
        return (fcr & FCR_ENABLE) != 0 ? FIFO_BYTES : 1;
    }

    private int lsr() {
        return errors | (rxCount > 0 ? LSR_DR : 0) | (txCount == 0 ? LSR_THRE | LSR_TEMT : 0);
    }

    private int receive() {
        if (rxCount == 0) {
            return 0;
        }
        int b = rx[0] & 0xff;
        rxCount--;
        System.arraycopy(rx, 1, rx, 0, rxCount);
        if (rxCount == 0) {
            postPump();
        }
        updateLine();
        return b;
    }

    private void transmit(byte b) {
        if ((mcr & MCR_LOOP) != 0) {
            if (rxCount == capacity()) {
                errors |= LSR_OE;
            } else {
                rx[rxCount++] = b;
            }
            thrPending = true;
            updateLine();
            return;
        }
        thrPending = false;
        if (txCount == capacity()) {
            // The driver did not wait for THRE: as in the device, the holding register is overwritten.
            txCount--;
        }
        tx[txCount++] = b;
        drain();
        updateLine();
    }

    /** Gives the world what it takes. */
    private void drain() {
        if (txCount == 0) {
            return;
        }
        int taken = channel.write(tx, 0, txCount);
        txCount -= taken;
        if (txCount > 0) {
            System.arraycopy(tx, taken, tx, 0, txCount);
        } else {
            thrPending = true;
        }
    }

    private void enable(int bits) {
        if (((ier ^ bits) & IER_THRI) != 0) {
            thrPending = (bits & IER_THRI) != 0 && txCount == 0;
        }
        ier = bits;
        updateLine();
    }

    private void controlFifos(int v) {
        int bits = v;
        if (((fcr ^ bits) & FCR_ENABLE) != 0) {
            bits |= FCR_CLEAR_RX | FCR_CLEAR_TX;
        }
        if ((bits & FCR_CLEAR_RX) != 0) {
            rxCount = 0;
            postPump();
        }
        if ((bits & FCR_CLEAR_TX) != 0) {
            txCount = 0;
            thrPending = true;
        }
        fcr = bits & FCR_KEPT;
        updateLine();
    }

    /** The interrupt identification: the pending cause of the highest priority (table 3 of the data sheet). */
    private int cause() {
        if ((ier & IER_RLSI) != 0 && errors != 0) {
            return IIR_RLSI;
        }
        if ((ier & IER_RDI) != 0 && rxCount > 0) {
            return (fcr & FCR_ENABLE) != 0 && rxCount < TRIGGER_BYTES[fcr >> 6] ? IIR_CTI : IIR_RDI;
        }
        if ((ier & IER_THRI) != 0 && thrPending) {
            return IIR_THRI;
        }
        if ((ier & IER_MSI) != 0 && (msr & MSR_DELTAS) != 0) {
            return 0;
        }
        return IIR_NONE;
    }

    private void updateLine() {
        boolean high = cause() != IIR_NONE;
        if (high != lineHigh) {
            lineHigh = high;
            line.level(high);
        }
    }

    private void postPump() {
        if (!pumpPosted && !isAsleep()) {
            pumpPosted = true;
            io.post(pump);
        }
    }

    /** I/O context: the channel has room again, or input. */
    private synchronized void pump() {
        pumpPosted = false;
        if (isAsleep()) {
            return;
        }
        drain();
        if ((mcr & MCR_LOOP) == 0 && rxCount < capacity()) {
            rxCount += channel.read(rx, rxCount, capacity() - rxCount);
        }
        updateLine();
    }

    @Override
    public synchronized void reset() {
        clear();
        lowerLines();
    }

    @Override
    public synchronized void save(StateWriter out) {
        new Uart16550State(divisor, ier, fcr, lcr, mcr, errors, msr, scr, thrPending, Arrays.copyOf(rx, rxCount), Arrays.copyOf(tx, txCount)).write(out);
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        Uart16550State s = Uart16550State.read(in);
        divisor = s.divisor();
        ier = s.ier();
        fcr = s.fcr();
        lcr = s.lcr();
        mcr = s.mcr();
        errors = s.errors();
        msr = s.msr();
        scr = s.scr();
        thrPending = s.thrPending();
        rxCount = s.received().length;
        System.arraycopy(s.received(), 0, rx, 0, rxCount);
        txCount = s.transmitting().length;
        System.arraycopy(s.transmitting(), 0, tx, 0, txCount);
    }

    @Override
    protected void stop() {
        channel.onEvent(null);
    }

    @Override
    protected void start() {
        channel.onEvent(pump);
        lineHigh = cause() != IIR_NONE;
        line.level(lineHigh);
        pumpPosted = true;
        io.post(pump);
    }

    @Override
    protected void lowerLines() {
        lineHigh = false;
        line.level(false);
    }
}
