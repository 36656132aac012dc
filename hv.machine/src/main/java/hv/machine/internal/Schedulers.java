package hv.machine.internal;

import hv.api.machine.SchedulerInfo;
import hv.api.part.PartKind;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which policy on offer schedules: the user's choice, else that of the highest ranking. Any thread. */
final class Schedulers {
    private static final int MOST_ATTEMPTS = 3;

    private final FactoryRegistry factories;
    private final HostCpus cpus;
    private final Faults faults;
    /** The type that the user wants, null for none: it is chosen when it comes, and stays whatever else comes. */
    private volatile String wanted;

    Schedulers(FactoryRegistry factories, HostCpus cpus, Faults faults) {
        this.factories = factories;
        this.cpus = cpus;
        this.faults = faults;
    }

    /** A factory came: it takes over if it is what the user wants, or of a higher ranking where he wants nothing. */
    void offered(FactoryRegistry.Entry entry, SchedulerPolicyFactory policy) {
        SchedulerPolicyFactory now = (SchedulerPolicyFactory) cpus.maker().factory();
        boolean better = wanted == null ? policy.ranking() > now.ranking() : policy.type().equals(wanted) && !now.type().equals(wanted);
        if (better) {
            takeOver(entry);
        }
    }

    /** Nobody is there who would try again where a busy host held the hand-over up. */
    private void takeOver(FactoryRegistry.Entry entry) {
        for (int attempt = 1;; attempt++) {
            try {
                cpus.replace(entry);
                return;
            } catch (ReplaceException e) {
                if (attempt == MOST_ATTEMPTS) {
                    faults.report("policy " + entry.origin(), e.getMessage());
                    return;
                }
            }
        }
    }

    /** Who takes over from a maker that leaves. */
    FactoryRegistry.Entry insteadOf(FactoryRegistry.Entry gone) {
        Set<FactoryRegistry.Entry> except = new java.util.HashSet<>(cpus.ejected());
        except.add(gone);
        FactoryRegistry.Entry best = factories.bestPolicy(except);
        return best == null ? LastResortPolicy.MAKER : best;
    }

    /** See {@link hv.api.machine.Hypervisor#giveBack}. */
    List<ReplaceReport> giveBack(long bundleId) throws ReplaceException {
        FactoryRegistry.Entry leaving = cpus.maker();
        FactoryRegistry.Entry other = leaving.origin().bundleId() == bundleId ? insteadOf(leaving) : LastResortPolicy.MAKER;
        return other == LastResortPolicy.MAKER ? List.of() : List.of(cpus.replace(other));
    }

    /** At once, or when it comes. */
    void prefer(String type) {
        wanted = type;
        FactoryRegistry.Entry entry = factories.find(PartKind.POLICY, type, null);
        if (entry != null) {
            offered(entry, (SchedulerPolicyFactory) entry.factory());
        }
    }

    ReplaceReport choose(String type) throws ReplaceException {
        FactoryRegistry.Entry entry = factories.find(PartKind.POLICY, type, null);
        if (entry == null) {
            throw new ReplaceException("no scheduling policy \"" + type + "\" is offered; there are: "
                    + infos().stream().map(SchedulerInfo::type).distinct().sorted().collect(Collectors.joining(", ")));
        }
        return choose(entry);
    }

    ReplaceReport choose(FactoryRegistry.Entry entry) throws ReplaceException {
        ReplaceReport report = cpus.replace(entry);
        wanted = entry.factory().type();
        return report;
    }

    List<SchedulerInfo> infos() {
        FactoryRegistry.Entry now = cpus.maker();
        return factories.entriesOf(PartKind.POLICY).stream().map(e -> {
            SchedulerPolicyFactory f = (SchedulerPolicyFactory) e.factory();
            return new SchedulerInfo(f.type(), e == now, cpus.wasEjected(e), f.ranking(), e.origin(), f.description());
        }).toList();
    }
}
