package hv.machine.internal;

import hv.api.board.spi.Board;
import hv.api.memory.GuestMemory;
import hv.api.riscv.RiscvRegister;
import hv.api.time.MachineClock;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Vcpu;

/** What modules and devices can do to the machine around them. Ends are only asked for here: they are done on a control thread. */
final class MachineGuest implements Vcpu.Guest {
    private static final int SCOUNTEREN = 0x106;
    private static final int CYCLE_TIME_INSTRET = 7;

    private final HostedMachine machine;

    MachineGuest(HostedMachine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return machine.name();
    }

    @Override
    public int vcpuCount() {
        return machine.spec().vcpus();
    }

    @Override
    public Vcpu vcpu(int index) {
        return machine.vcpu(index);
    }

    @Override
    public boolean startVcpu(int index, long entry, long opaque) {
        MachineVcpu v = machine.vcpu(index);
        synchronized (v) {
            if (v.isStarted() || v.isInRun()) {
                return false;
            }
            prepare(v, entry, opaque);
            v.setStarted(true, false);
        }
        v.wake();
        return true;
    }

    /**
     * RISC-V SBI 2.0, 9.1: supervisor mode, satp 0, interrupts off, a0 = hart id, a1 = opaque. Counters are readable in user mode, as firmware
     * (OpenSBI) leaves them: Linux relies on it for its vDSO.
     */
    static void prepare(MachineVcpu v, long entry, long opaque) {
        v.core.reset();
        Registers r = v.registers();
        r.write(RiscvRegister.MODE, 1);
        r.write(RiscvRegister.csr(SCOUNTEREN), CYCLE_TIME_INSTRET);
        r.write(RiscvRegister.PC, entry);
        r.write(RiscvRegister.A0, v.index());
        r.write(RiscvRegister.A1, opaque);
    }

    /** In the reset state, as reset code leaves it for firmware: a0 = hart id, a1 and a2 as the board says. */
    static void prepareFirmware(MachineVcpu v, Board.BootPlan plan) {
        v.core.reset();
        Registers r = v.registers();
        r.write(RiscvRegister.PC, plan.entry());
        r.write(RiscvRegister.A0, v.index());
        r.write(RiscvRegister.A1, plan.opaque());
        r.write(RiscvRegister.A2, plan.next());
    }

    @Override
    public void stopVcpu(int index) {
        machine.vcpu(index).setStarted(false, false);
    }

    @Override
    public void powerOff(String reason) {
        machine.askEnd(reason, false);
    }

    @Override
    public void reset(String reason) {
        machine.askReset(reason);
    }

    @Override
    public void fail(String reason) {
        machine.askEnd(reason, true);
    }

    @Override
    public int debugConsole(byte[] bytes, int offset, int lenBytes) {
        return machine.hub().output(bytes, offset, lenBytes);
    }

    @Override
    public int debugConsoleRead(byte[] bytes, int offset, int lenBytes) {
        return machine.hub().takeInput(bytes, offset, lenBytes);
    }

    @Override
    public GuestMemory memory() {
        return machine.ram();
    }

    @Override
    public long timebaseHz() {
        return machine.timebaseHz();
    }

    @Override
    public MachineClock clock() {
        return machine.clock();
    }
}
