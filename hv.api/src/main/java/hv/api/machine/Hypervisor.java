package hv.api.machine;

import hv.api.HvException;
import hv.api.allocator.spi.Account;
import hv.api.part.FactoryInfo;
import hv.api.part.PartInfo;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The platform. An OSGi service, and what an embedding program gets. Any thread. */
@ProviderType
public interface Hypervisor {
    /** Checks the specification and images, asks the allocator, and makes a machine. Nothing is left behind if it fails. */
    Machine create(MachineSpec spec) throws HvException;

    /** Makes a machine from a saved one; RUNNING if it was, else PAUSED. */
    Machine restore(MachineSource source) throws HvException;

    List<Machine> machines();

    /** @throws hv.api.SpecException no such machine; the line names those there are */
    Machine machine(String name) throws HvException;

    /** Stops it at once if it runs, and forgets it. */
    void destroy(String name) throws HvException;

    /** Policy and allocator. */
    List<PartInfo> parts();

    /** Replaces a part of the host: "policy" or "allocator". See {@link Machine#replace}. */
    ReplaceReport replace(String path, String bundle) throws ReplaceException;

    /**
     * A newly installed bundle takes over: every instance made by another bundle of the same symbolic name is replaced by one of its own.
     * Instances that cannot be replaced keep the old; the report of each is returned, failures are in {@link #health}.
     *
     * @throws ReplaceException at least one instance stays with its old bundle; the line says which and why
     */
    List<ReplaceReport> takeOver(String symbolicName, long bundleId) throws ReplaceException;

    /**
     * A bundle is about to leave, and no other of its name is there: the scheduling policy, if it made it, is handed to the best of the others on offer,
     * as the host needs some policy, whichever it is.
     *
     * @return empty if it did not make it, or none is offered besides
     */
    List<ReplaceReport> giveBack(long bundleId) throws ReplaceException;

    /** Whether any instance, on the host or in a machine, was made by this bundle. */
    boolean inUse(long bundleId);

    /** The scheduling policies on offer. */
    List<SchedulerInfo> schedulers();

    /**
     * Another policy schedules from now on, and stays chosen whatever else comes. It gets the state of the one before where their tags agree, else every
     * runnable vCPU is told to it.
     *
     * @throws ReplaceException none of that type is offered (the line names those there are), or it refused: the one before schedules on
     */
    ReplaceReport chooseScheduler(String type) throws ReplaceException;

    List<FactoryInfo> factories();

    List<Account> accounts();

    /** Faults since the start, newest last, one line each; at most 1000. */
    List<String> health();

    /** Told of machines that come, change and go; on a host thread, must not block. */
    AutoCloseable listen(MachineListener listener);

    /** Told what becomes of machines. */
    @org.osgi.annotation.versioning.ConsumerType
    interface MachineListener {
        void changed(Machine machine, MachineState state);

        void destroyed(String name);
    }
}
