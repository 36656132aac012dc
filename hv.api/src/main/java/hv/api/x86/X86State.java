package hv.api.x86;

import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;

/**
 * Canonical state of an x86-64 vCPU with its local APIC, the same for every engine; the state record of the "x86-vcpu" tag.
 *
 * @param registers by number of {@link X86Register}: 64 values, unused numbers 0
 * @param apicBase  IA32_APIC_BASE
 * @param msr       pairs of MSR number (unsigned, 32 bits) and value, ascending by number; those that hold state, TSC and TSC deadline among them
 * @param tscKhz    frequency at which its TSC counts
 * @param xcr0      extended control register 0
 * @param xsave     x87, SSE and extended state as XSAVE stores it, standard format (Intel SDM volume 1, 13.4); at most {@link #MAX_XSAVE_BYTES}
 * @param debug     DR0 to DR3, DR6, DR7
 * @param lapic     registers of the local APIC as in its page (Intel SDM volume 3, table 12-1), 1024 bytes
 * @param events    what is being delivered or pending: exception, interrupt, NMI, SIPI vector, shadows, SMM; in the layout of Linux' struct
 *                  kvm_vcpu_events, 64 bytes
 * @param activity  0 runs, 1 waits for INIT, 2 has INIT and waits for SIPI, 3 halted, 4 has its SIPI; Linux' KVM_MP_STATE numbers
 */
public record X86State(long[] registers, long apicBase, long[] msr, int tscKhz, long xcr0, byte[] xsave, long[] debug, byte[] lapic, byte[] events, int activity) {
    public static final StateTag TAG = new StateTag("x86-vcpu", 1);
    public static final int REGISTERS = 64;
    public static final int MAX_MSRS = 4096;
    public static final int MAX_XSAVE_BYTES = 1 << 16;
    public static final int DEBUG_REGISTERS = 6;
    public static final int LAPIC_BYTES = 1024;
    public static final int EVENTS_BYTES = 64;
    private static final int MAX_ACTIVITY = 4;

    public void write(StateWriter out) {
        out.section("registers").putLongs(registers).putLong(apicBase).putLong(xcr0).putLongs(debug).putInt(activity);
        out.section("msr").putInt(msr.length / 2).putLongs(msr).putInt(tscKhz);
        out.section("xsave").putBytes(xsave);
        out.section("lapic").putBytes(lapic);
        out.section("events").putBytes(events);
    }

    /** Reads and checks shapes; what registers may hold is the engine's to check. Ends the reader. */
    public static X86State read(StateReader in) throws StateException {
        in.section("registers");
        long[] registers = in.getLongs(REGISTERS);
        long apicBase = in.getLong();
        long xcr0 = in.getLong();
        long[] debug = in.getLongs(DEBUG_REGISTERS);
        int activity = in.getInt(0, MAX_ACTIVITY);
        in.section("msr");
        int n = in.getInt(0, MAX_MSRS);
        long[] msr = in.getLongs(2 * n);
        int tscKhz = in.getInt(0, Integer.MAX_VALUE);
        in.section("xsave");
        byte[] xsave = in.getBytes(MAX_XSAVE_BYTES);
        in.section("lapic");
        byte[] lapic = in.getBytes(LAPIC_BYTES);
        in.section("events");
        byte[] events = in.getBytes(EVENTS_BYTES);
        in.end();
        if (lapic.length != LAPIC_BYTES || events.length != EVENTS_BYTES) {
            throw new StateException("vCPU state has " + lapic.length + " bytes of local APIC and " + events.length + " of events");
        }
        for (int i = 0; i < 2 * n; i += 2) {
            if (msr[i] < 0 || msr[i] > 0xffff_ffffL || i > 0 && msr[i] <= msr[i - 2]) {
                throw new StateException("vCPU state has MSR number " + msr[i] + " out of order or range");
            }
        }
        return new X86State(registers, apicBase, msr, tscKhz, xcr0, xsave, debug, lapic, events, activity);
    }
}
