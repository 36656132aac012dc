package hv.testkit.guest;

import hv.api.memory.GuestMemory;
import hv.api.time.MachineClock;
import hv.api.vcpu.Vcpu;
import hv.api.vcpu.VcpuState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A guest that only remembers what was done to it. vCPU 0 is started, the others are not. */
public final class RecordedGuest implements Vcpu.Guest {
    public static final long RAM_BASE_GPA = 0x8000_0000L;
    private final RecordedVcpu[] vcpus;
    private final GuestRam ram;
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ArrayDeque<Byte> typed = new ArrayDeque<>();
    private int consoleRoomBytes = Integer.MAX_VALUE;

    public RecordedGuest(int vcpuCount) {
        this(vcpuCount, 1 << 16);
    }

    public RecordedGuest(int vcpuCount, int ramBytes) {
        vcpus = new RecordedVcpu[vcpuCount];
        for (int i = 0; i < vcpuCount; i++) {
            vcpus[i] = new RecordedVcpu(this, i);
        }
        vcpus[0].started = true;
        ram = new GuestRam(RAM_BASE_GPA, ramBytes);
    }

    /** What became of the machine since the last call: "start 1 80000000 7", "stop 0", "power-off why", "reset why", "fail why". */
    public List<String> takeEvents() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    /** What was printed on the debug console since the last call. */
    public String takePrinted() {
        String s = printed.toString(StandardCharsets.ISO_8859_1);
        printed.reset();
        return s;
    }

    /** Input for the debug console. */
    public void type(String text) {
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            typed.add(b);
        }
    }

    /** How many bytes the debug console will still take. */
    public void consoleRoom(int lenBytes) {
        consoleRoomBytes = lenBytes;
    }

    public GuestRam ram() {
        return ram;
    }

    @Override
    public String name() {
        return "recorded";
    }

    @Override
    public int vcpuCount() {
        return vcpus.length;
    }

    @Override
    public RecordedVcpu vcpu(int index) {
        return vcpus[index];
    }

    @Override
    public boolean startVcpu(int index, long entry, long opaque) {
        if (vcpus[index].state() != VcpuState.STOPPED) {
            return false;
        }
        vcpus[index].started = true;
        events.add("start " + index + " " + Long.toHexString(entry) + " " + Long.toHexString(opaque));
        return true;
    }

    @Override
    public void stopVcpu(int index) {
        vcpus[index].started = false;
        events.add("stop " + index);
    }

    @Override
    public void powerOff(String reason) {
        events.add("power-off " + reason);
    }

    @Override
    public void reset(String reason) {
        events.add("reset " + reason);
    }

    @Override
    public void fail(String reason) {
        events.add("fail " + reason);
    }

    @Override
    public int debugConsole(byte[] bytes, int offset, int lenBytes) {
        int n = Math.min(lenBytes, consoleRoomBytes);
        printed.write(bytes, offset, n);
        consoleRoomBytes -= n;
        return n;
    }

    @Override
    public int debugConsoleRead(byte[] bytes, int offset, int lenBytes) {
        int n = 0;
        while (n < lenBytes && !typed.isEmpty()) {
            bytes[offset + n++] = typed.poll();
        }
        return n;
    }

    @Override
    public GuestMemory memory() {
        return ram;
    }

    @Override
    public long timebaseHz() {
        return 10_000_000;
    }

    @Override
    public MachineClock clock() {
        return StandingClock.INSTANCE;
    }

    /** A clock that stands at one second. */
    private enum StandingClock implements MachineClock {
        INSTANCE;

        @Override
        public long nowNanos() {
            return 1_000_000_000L;
        }

        @Override
        public long wallNanos() {
            return 1_767_225_600_000_000_000L;
        }
    }
}
