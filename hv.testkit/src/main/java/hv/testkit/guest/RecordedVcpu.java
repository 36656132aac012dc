package hv.testkit.guest;

import hv.api.riscv.RiscvRegister;
import hv.api.vcpu.Exit;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import hv.api.vcpu.Vcpu;
import hv.api.vcpu.VcpuState;
import java.util.ArrayList;
import java.util.List;

/** A vCPU that only remembers what was asked of it. Its registers are RISC-V's by number, every CSR a plain 64-bit cell. */
public final class RecordedVcpu implements Vcpu, Registers {
    private final RecordedGuest guest;
    private final int index;
    private final long[] general = new long[RiscvRegister.MODE + 1];
    private final long[] csrs = new long[4096];
    private final List<Request> requests = new ArrayList<>();
    private final Exit exit = new Exit();
    private Registers registers = this;
    private long lines;
    private long stolenNanos;
    private VcpuState whenStopped = VcpuState.STOPPED;
    boolean started;

    RecordedVcpu(RecordedGuest guest, int index) {
        this.guest = guest;
        this.index = index;
        general[RiscvRegister.MODE] = 1;
    }

    /** The exit to fill and hand to the part under test. */
    public Exit exit() {
        return exit;
    }

    /** What was requested since the last call. */
    public List<Request> takeRequests() {
        List<Request> taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    /** Levels of the interrupt lines, bit n = line n. */
    public long lines() {
        return lines;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public Registers registers() {
        return registers;
    }

    /** Registers with an instruction set behind them, where the part under test executes instructions. */
    public void use(Registers others) {
        registers = others;
    }

    @Override
    public void request(Request request) {
        requests.add(request);
    }

    @Override
    public void interrupt(int line, boolean level) {
        if (line < 0 || line > 63) {
            throw new IllegalArgumentException("interrupt line " + line);
        }
        lines = level ? lines | 1L << line : lines & ~(1L << line);
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public VcpuState state() {
        return started ? VcpuState.STARTED : whenStopped;
    }

    /** What a vCPU that is not started says of itself: it may still be on its way out. */
    public void whenStopped(VcpuState state) {
        whenStopped = state;
    }

    @Override
    public long stolenNanos() {
        return stolenNanos;
    }

    /** Takes host time away from it. */
    public void steal(long nanos) {
        stolenNanos += nanos;
    }

    @Override
    public Guest guest() {
        return guest;
    }

    @Override
    public long read(int register) {
        return register >= RiscvRegister.CSR0 ? csrs[checked(register)] : general[checked(register)];
    }

    @Override
    public void write(int register, long value) {
        if (register >= RiscvRegister.CSR0) {
            csrs[checked(register)] = value;
        } else if (register != RiscvRegister.X0) {
            general[checked(register)] = value;
        }
    }

    private int checked(int register) {
        int i = register >= RiscvRegister.CSR0 ? register - RiscvRegister.CSR0 : register;
        if (i < 0 || i >= (register >= RiscvRegister.CSR0 ? csrs.length : general.length)) {
            throw new IllegalArgumentException("no register " + register);
        }
        return i;
    }
}
