package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;

import hv.api.state.StateException;
import hv.api.x86.X86State;
import hv.host.ControlFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Takes a vCPU's whole state out of KVM, and puts one in. Out of the guest, with nothing left to complete. */
final class VcpuState {
    private static final int MSR_ENTRY_BYTES = 16;
    private static final int MSR_HEADER_BYTES = 8;
    private static final long TSC = 0x10;
    private static final long TSC_DEADLINE = 0x6e0;
    /** The kernel's own measure of a TSC differs a little from boot to boot. */
    private static final int TSC_PARTS_PER_MILLION = 250;
    private static final int[] DEBUG_OFFSETS = {0, 8, 16, 24, 32, 40};
    private static final int XCR_ENTRY = 8;
    private static final int MP_STATE_BYTES = 4;

    private final ControlFile vcpu;
    private final KvmRegisters registers;
    private final int[] msrs;
    private final int xsaveBytes;

    VcpuState(ControlFile vcpu, KvmRegisters registers, int[] msrs, int xsaveBytes) {
        this.vcpu = vcpu;
        this.registers = registers;
        this.msrs = msrs;
        this.xsaveBytes = xsaveBytes;
    }

    X86State take() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment xsave = get(call, "XSAVE state", xsaveBytes > KvmAbi.XSAVE_BYTES ? KvmAbi.GET_XSAVE2 : KvmAbi.GET_XSAVE, xsaveBytes);
            MemorySegment xcrs = get(call, "XCRs", KvmAbi.GET_XCRS, KvmAbi.XCRS_BYTES);
            MemorySegment debug = get(call, "debug registers", KvmAbi.GET_DEBUGREGS, KvmAbi.DEBUGREGS_BYTES);
            MemorySegment lapic = get(call, "the local APIC", KvmAbi.GET_LAPIC, KvmAbi.LAPIC_BYTES);
            MemorySegment events = get(call, "events", KvmAbi.GET_VCPU_EVENTS, KvmAbi.EVENTS_BYTES);
            MemorySegment activity = get(call, "the activity state", KvmAbi.GET_MP_STATE, MP_STATE_BYTES);
            return new X86State(registers.all(), registers.apicBase(), takeMsrs(), tscKhz(), xcrs.get(U32, 0) == 0 ? 1 : xcrs.get(U64, 16),
                    xsave.toArray(ValueLayout.JAVA_BYTE), Arrays.stream(DEBUG_OFFSETS).mapToLong(at -> debug.get(U64, at)).toArray(),
                    lapic.toArray(ValueLayout.JAVA_BYTE), events.toArray(ValueLayout.JAVA_BYTE), activity.get(U32, 0));
        }
    }

    private int tscKhz() {
        return Math.max(0, vcpu.ioctl(KvmAbi.GET_TSC_KHZ, 0));
    }

    private MemorySegment get(Arena arena, String what, long request, int bytes) {
        MemorySegment s = arena.allocate(bytes, Long.BYTES);
        KvmError.check("tell " + what, vcpu.ioctl(request, s));
        return s;
    }

    /**
     * That of a vCPU just made, for its resets. Its TSC is 0: then KVM lets it count on with those of the others, while vCPUs that are set to what they once had, one
     * after the other, would be apart by more than KVM takes for the same (Linux, {@code kvm_synchronize_tsc}).
     */
    X86State takeAtReset() {
        X86State s = take();
        long[] pairs = s.msr().clone();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] == TSC) {
                pairs[i + 1] = 0;
            }
        }
        return new X86State(s.registers(), s.apicBase(), pairs, s.tscKhz(), s.xcr0(), s.xsave(), s.debug(), s.lapic(), s.events(), s.activity());
    }

    /** Those that can be read now: some of the list belong to features that the guest was not given. */
    private long[] takeMsrs() {
        TreeMap<Long, Long> out = new TreeMap<>();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment list = call.allocate(MSR_HEADER_BYTES + (long) msrs.length * MSR_ENTRY_BYTES, Long.BYTES);
            for (int from = 0; from < msrs.length;) {
                int n = msrs.length - from;
                list.set(U32, 0, n);
                for (int i = 0; i < n; i++) {
                    list.set(U32, MSR_HEADER_BYTES + (long) i * MSR_ENTRY_BYTES, msrs[from + i]);
                }
                int got = KvmError.check("tell MSRs", vcpu.ioctl(KvmAbi.GET_MSRS, list));
                for (int i = 0; i < got; i++) {
                    out.put(msrs[from + i] & 0xffff_ffffL, list.get(U64, MSR_HEADER_BYTES + (long) i * MSR_ENTRY_BYTES + 8));
                }
                from += got + 1;
            }
        }
        long[] pairs = new long[2 * out.size()];
        int i = 0;
        for (Map.Entry<Long, Long> e : out.entrySet()) {
            pairs[i++] = e.getKey();
            pairs[i++] = e.getValue();
        }
        return pairs;
    }

    /** @throws StateException KVM refused a value; the vCPU is as it was */
    void put(X86State state) throws StateException {
        X86State before = take();
        try {
            apply(state);
        } catch (StateException e) {
            try {
                apply(before);
            } catch (StateException impossible) {
                throw new KvmError("take back its own state: " + impossible.getMessage(), -KvmAbi.EINVAL);
            }
            throw e;
        }
    }

    private void apply(X86State s) throws StateException {
        if (s.xsave().length > xsaveBytes && !isZero(s.xsave(), xsaveBytes)) {
            throw new StateException("the vCPU's extended state has " + s.xsave().length + " bytes, and this host's CPU has room for " + xsaveBytes);
        }
        matchTsc(s.tscKhz());
        // The local APIC needs its base first, and the deadline timer a local APIC in that mode and a TSC.
        check("registers", registers.putAll(s.registers(), s.apicBase()));
        try (Arena call = Arena.ofConfined()) {
            MemorySegment xcrs = call.allocate(KvmAbi.XCRS_BYTES, Long.BYTES);
            xcrs.set(U32, 0, 1);
            xcrs.set(U64, XCR_ENTRY + 8, s.xcr0());
            check("XCR0", vcpu.ioctl(KvmAbi.SET_XCRS, xcrs));
            MemorySegment xsave = call.allocate(xsaveBytes, Long.BYTES);
            MemorySegment.copy(s.xsave(), 0, xsave, ValueLayout.JAVA_BYTE, 0, Math.min(xsaveBytes, s.xsave().length));
            check("XSAVE state", vcpu.ioctl(KvmAbi.SET_XSAVE, xsave));
            set(call, "the local APIC", KvmAbi.SET_LAPIC, s.lapic());
            putMsrs(s.msr());
            MemorySegment debug = call.allocate(KvmAbi.DEBUGREGS_BYTES, Long.BYTES);
            for (int i = 0; i < DEBUG_OFFSETS.length; i++) {
                debug.set(U64, DEBUG_OFFSETS[i], s.debug()[i]);
            }
            check("debug registers", vcpu.ioctl(KvmAbi.SET_DEBUGREGS, debug));
            set(call, "events", KvmAbi.SET_VCPU_EVENTS, s.events());
            MemorySegment activity = call.allocate(MP_STATE_BYTES, Long.BYTES);
            activity.set(U32, 0, s.activity());
            check("the activity state", vcpu.ioctl(KvmAbi.SET_MP_STATE, activity));
        }
    }

    private void set(Arena arena, String what, long request, byte[] value) throws StateException {
        check(what, vcpu.ioctl(request, arena.allocateFrom(ValueLayout.JAVA_BYTE, value)));
    }

    private static void check(String what, int result) throws StateException {
        if (result < 0) {
            throw new StateException("the vCPU's state is refused by this host's KVM: " + what + ", errno " + -result);
        }
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void matchTsc(int khz) throws StateException {
        int own = tscKhz();
        if (khz > 0 && own > 0 && Math.abs((long) khz - own) * 1_000_000L / own > TSC_PARTS_PER_MILLION) {
            throw new StateException("the vCPU's TSC counts at " + khz + " kHz, and this host's at " + own);
        }
    }

    /** TSC first and its deadline last. One that KVM refuses is passed over if it already has that value: it is the host's, and constant. */
    private void putMsrs(long[] pairs) throws StateException {
        Map<Long, Long> wanted = new LinkedHashMap<>();
        Map<Long, Long> all = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        move(TSC, all, wanted);
        Long deadline = all.remove(TSC_DEADLINE);
        wanted.putAll(all);
        if (deadline != null) {
            wanted.put(TSC_DEADLINE, deadline);
        }
        Map<Long, Long> present = new TreeMap<>();
        long[] now = takeMsrs();
        for (int i = 0; i < now.length; i += 2) {
            present.put(now[i], now[i + 1]);
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment one = call.allocate(MSR_HEADER_BYTES + MSR_ENTRY_BYTES, Long.BYTES);
            for (Map.Entry<Long, Long> m : wanted.entrySet()) {
                if (!present.containsKey(m.getKey())) {
                    throw new StateException("the vCPU's state has MSR " + Long.toHexString(m.getKey()) + ", which this host's KVM does not keep");
                }
                one.set(U32, 0, 1);
                one.set(U32, MSR_HEADER_BYTES, m.getKey().intValue());
                one.set(U64, MSR_HEADER_BYTES + 8, m.getValue());
                if (vcpu.ioctl(KvmAbi.SET_MSRS, one) != 1 && !m.getValue().equals(present.get(m.getKey()))) {
                    throw new StateException("the vCPU's state is refused by this host's KVM: MSR " + Long.toHexString(m.getKey()) + " = " + Long.toHexString(m.getValue()));
                }
            }
        }
    }

    private static void move(long key, Map<Long, Long> from, Map<Long, Long> to) {
        Long value = from.remove(key);
        if (value != null) {
            to.put(key, value);
        }
    }
}
