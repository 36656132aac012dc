package hv.devices.internal.uart;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * State of a 16550 UART, tag "uart16550".
 *
 * @param divisor       baud rate divisor, 0 .. 65535; kept, without effect
 * @param ier           interrupt enable, 0 .. 15
 * @param fcr           FIFO control without its self-clearing bits: of 0xc9
 * @param lcr           line control, 0 .. 255
 * @param mcr           modem control, 0 .. 31
 * @param errors        error bits of the line status: of {@link Uart16550#LSR_OE}
 * @param msr           modem status, 0 .. 255
 * @param scr           scratch, 0 .. 255
 * @param thrPending    the "transmitter empty" interrupt is due
 * @param received      bytes in the receive FIFO, at most 16, 1 with FIFOs off
 * @param transmitting  bytes not yet taken by the world, at most 16, 1 with FIFOs off
 */
record Uart16550State(int divisor, int ier, int fcr, int lcr, int mcr, int errors, int msr, int scr, boolean thrPending, byte[] received,
        byte[] transmitting) {
    static final StateTag TAG = new StateTag("uart16550", 1);

    void write(StateWriter out) {
        out.section("uart").putInt(divisor).putInt(ier).putInt(fcr).putInt(lcr).putInt(mcr).putInt(errors).putInt(msr).putInt(scr).putBoolean(thrPending)
                .putBytes(received).putBytes(transmitting);
    }

    static Uart16550State read(StateReader in) throws StateException {
        in.section("uart");
        int divisor = in.getInt(0, 0xffff);
        int ier = in.getInt(0, 15);
        int fcr = in.getInt(0, 0xff);
        int lcr = in.getInt(0, 0xff);
        int mcr = in.getInt(0, 31);
        int errors = in.getInt(0, 0xff);
        int msr = in.getInt(0, 0xff);
        int scr = in.getInt(0, 0xff);
        boolean thrPending = in.getBoolean();
        if ((fcr & ~0xc9) != 0 || (errors & ~Uart16550.LSR_OE) != 0) {
            throw new StateException("UART state has FCR " + Integer.toHexString(fcr) + " and line errors " + Integer.toHexString(errors)
                    + ", which the device never has");
        }
        int capacity = (fcr & 1) != 0 ? Uart16550.FIFO_BYTES : 1;
        byte[] received = in.getBytes(capacity);
        byte[] transmitting = in.getBytes(capacity);
        in.end();
        return new Uart16550State(divisor, ier, fcr, lcr, mcr, errors, msr, scr, thrPending, received, transmitting);
    }
}
