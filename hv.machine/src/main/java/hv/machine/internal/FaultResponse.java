package hv.machine.internal;

import hv.api.HvException;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What becomes of a part that throws in service: its predecessor is brought back; where it has none, quarantine, or the machine fails alone. Any thread. */
final class FaultResponse {
    private final HostedMachine machine;
    private final HostServices host;
    /** Paths of parts whose predecessors are on their way back. */
    private final Set<String> goingBack = ConcurrentHashMap.newKeySet();

    FaultResponse(HostedMachine machine, HostServices host) {
        this.machine = machine;
        this.host = host;
    }

    /**
     * A module threw in the handling of an exit. If one was replaced, the one before it is brought back, and the exit is handled again; else the machine
     * fails.
     *
     * @return true if the exit's instruction is to be run again; false if the machine has failed
     */
    boolean module(Places.Wires at, Throwable fault) {
        if (at != machine.places().wires()) {
            return true;
        }
        String what = Faults.describe(fault);
        ModuleSlot<?> dispatcher = machine.places().dispatcher();
        ModuleSlot<?> interpreter = machine.places().interpreter();
        ModuleSlot<?> latest = dispatcher.previous() == null || interpreter.previous() != null && interpreter.replacedAtNanos() > dispatcher.replacedAtNanos()
                ? interpreter : dispatcher;
        if (latest.previous() == null) {
            machine.askEnd("a module failed in the handling of an exit: " + what, true);
            return false;
        }
        goBack(latest, what, () -> machine.askEnd("a module failed in the handling of an exit: " + what, true));
        return true;
    }

    /** Brings the part's predecessor back, on a control thread; no vCPU enters the guest meanwhile. Any thread. */
    private void goBack(PartSlot<?> slot, String why, Runnable otherwise) {
        FactoryRegistry.Entry to = slot.previous();
        if (!goingBack.add(slot.path)) {
            return;
        }
        machine.gate().closeAhead();
        host.faults.report(machine.name() + " " + slot.path, why + "; going back from " + slot.maker().origin() + " to " + to.origin());
        host.control.execute(() -> {
            try {
                if (slot.previous() == to) {
                    machine.replaceInAnyState(slot, to);
                }
            } catch (ReplaceException e) {
                otherwise.run();
            } finally {
                goingBack.remove(slot.path);
                machine.gate().open();
            }
        });
    }

    /**
     * A device threw: its predecessor is brought back if it has one. Else its registers read as ones and its line is low; a disk's failure pauses the
     * machine instead of feeding the guest nonsense.
     */
    void quarantine(DeviceSlot<?> slot, String what) {
        if (!slot.isHealthy()) {
            return;
        }
        slot.unhealthy(what);
        if (slot.previous() != null) {
            goBack(slot, what, () -> quarantined(slot, what));
        } else {
            quarantined(slot, what);
        }
    }

    private void quarantined(DeviceSlot<?> slot, String what) {
        host.faults.report(machine.name() + " " + slot.path, what + "; quarantined: replace it to bring it back");
        machine.lines().raise(slot.spec.irq(), false);
        if (slot.spec.backends().stream().anyMatch(b -> b.kind() == PartKind.BLOCK_BACKEND)) {
            machine.gate().halt();
            host.control.execute(() -> {
                try {
                    machine.pause();
                } catch (HvException e) {
                    host.faults.report(machine.name(), e.getMessage());
                }
            });
        }
    }
}
