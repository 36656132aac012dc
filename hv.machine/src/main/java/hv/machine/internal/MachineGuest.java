package hv.machine.internal;

import hv.api.memory.GuestMemory;
import hv.api.time.MachineClock;
import hv.api.vcpu.Vcpu;

/** What modules and devices can do to the machine around them. Ends are only asked for here: they are done on a control thread. */
final class MachineGuest implements Vcpu.Guest {
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
            v.core.reset();
            machine.board().startAt(index, entry, opaque, v.registers());
            v.setStarted(true, false);
        }
        v.wake();
        return true;
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
