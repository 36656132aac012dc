package hv.testkit.fake;

import hv.api.memory.GuestMemory;
import hv.api.time.MachineClock;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Vcpu;
import hv.api.vcpu.VcpuState;
import java.util.ArrayList;
import java.util.List;

/** A machine that writes down what is asked of it: {@code "powerOff: reason"}, {@code "reset: reason"}, {@code "fail: reason"}. */
public final class FakeGuest implements Vcpu.Guest {
    private final FakeDeviceContext context;
    private final List<String> events = new ArrayList<>();
    private final boolean[] started;

    FakeGuest(FakeDeviceContext context, int vcpus) {
        this.context = context;
        this.started = new boolean[vcpus];
        started[0] = true;
    }

    public List<String> events() {
        return List.copyOf(events);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public int vcpuCount() {
        return started.length;
    }

    @Override
    public Vcpu vcpu(int index) {
        java.util.Objects.checkIndex(index, started.length);
        return new Vcpu() {
            @Override
            public int index() {
                return index;
            }

            @Override
            public Registers registers() {
                throw new IllegalStateException("a fake vCPU has no registers");
            }

            @Override
            public void request(Request request) {
                events.add("request: " + index + " " + request);
            }

            @Override
            public void interrupt(int line, boolean level) {
                context.vcpuLine(index, line).level(level);
            }

            @Override
            public VcpuState state() {
                return started[index] ? VcpuState.STARTED : VcpuState.STOPPED;
            }

            @Override
            public long stolenNanos() {
                return 0;
            }

            @Override
            public boolean isStarted() {
                return started[index];
            }

            @Override
            public Guest guest() {
                return FakeGuest.this;
            }
        };
    }

    @Override
    public boolean startVcpu(int index, long entry, long opaque) {
        boolean fresh = !started[index];
        started[index] = true;
        return fresh;
    }

    @Override
    public void stopVcpu(int index) {
        started[index] = false;
    }

    @Override
    public void powerOff(String reason) {
        events.add("powerOff: " + reason);
    }

    @Override
    public void reset(String reason) {
        events.add("reset: " + reason);
    }

    @Override
    public void fail(String reason) {
        events.add("fail: " + reason);
    }

    @Override
    public int debugConsole(byte[] bytes, int offset, int lenBytes) {
        return context.channel("serial").write(bytes, offset, lenBytes);
    }

    @Override
    public int debugConsoleRead(byte[] bytes, int offset, int lenBytes) {
        return context.channel("serial").read(bytes, offset, lenBytes);
    }

    @Override
    public GuestMemory memory() {
        return context.memory();
    }

    @Override
    public long timebaseHz() {
        return 10_000_000;
    }

    @Override
    public MachineClock clock() {
        return context.clock();
    }
}
