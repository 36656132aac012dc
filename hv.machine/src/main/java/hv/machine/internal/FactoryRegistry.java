package hv.machine.internal;

import hv.api.SpecException;
import hv.api.engine.spi.EngineFactory;
import hv.api.part.FactoryInfo;
import hv.api.part.Origin;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The factories that are offered now. Of several for one kind and type, the symbolic name that came first is the default, and of that name the
 * bundle installed last; so a new version takes over and a new name only offers itself. Any thread.
 */
public final class FactoryRegistry {
    /** A factory and where it came from. Identity matters: the same bundle may come and go. */
    public record Entry(PartFactory factory, Origin origin) {
        public boolean makes(PartKind kind, String type) {
            return factory.kind() == kind && factory.type().equals(type);
        }
    }

    private final CopyOnWriteArrayList<Entry> entries = new CopyOnWriteArrayList<>();

    public void add(Entry entry) {
        entries.add(entry);
    }

    public void remove(Entry entry) {
        entries.remove(entry);
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    public List<Entry> entriesOf(PartFactory factory) {
        return entries.stream().filter(e -> e.factory() == factory).toList();
    }

    public List<Entry> entriesOf(PartKind kind) {
        return entries.stream().filter(e -> e.factory().kind() == kind).toList();
    }

    public List<Entry> entriesOfBundle(long bundleId) {
        return entries.stream().filter(e -> e.origin().bundleId() == bundleId).toList();
    }

    public List<FactoryInfo> infos() {
        return entries.stream().map(e -> new FactoryInfo(e.factory().kind(), e.factory().type(), e.origin())).toList();
    }

    /** The default for a kind and type, not counting the excluded one. Null if there is none. */
    public Entry find(PartKind kind, String type, Entry except) {
        Entry best = null;
        for (Entry e : entries) {
            if (e != except && e.makes(kind, type)
                    && (best == null || e.origin().symbolicName().equals(best.origin().symbolicName()) && e.origin().bundleId() > best.origin().bundleId())) {
                best = e;
            }
        }
        return best;
    }

    /** The default for a type among several kinds. @throws SpecException there is none; the line says which there are */
    public Entry require(Set<PartKind> kinds, String type) throws SpecException {
        for (PartKind kind : kinds) {
            Entry e = find(kind, type, null);
            if (e != null) {
                return e;
            }
        }
        String offered = entries.stream().filter(e -> kinds.contains(e.factory().kind())).map(e -> e.factory().type()).distinct().sorted()
                .collect(Collectors.joining(", "));
        throw new SpecException("no " + names(kinds) + " of type \"" + type + "\" is offered; there are: " + (offered.isEmpty() ? "none" : offered));
    }

    private static String names(Set<PartKind> kinds) {
        return kinds.stream().map(k -> k.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')).sorted().collect(Collectors.joining(" or "));
    }

    /**
     * The policy that is to schedule where the user has chosen none: that of the highest ranking.
     *
     * @param except makers that are not to be taken
     * @return null if there is none
     */
    public Entry bestPolicy(Set<Entry> except) {
        Entry best = null;
        for (Entry e : entries) {
            if (e.factory() instanceof SchedulerPolicyFactory f && !except.contains(e)
                    && (best == null || f.ranking() > ((SchedulerPolicyFactory) best.factory()).ranking())) {
                best = e;
            }
        }
        if (best == null) {
            return null;
        }
        Entry newest = find(PartKind.POLICY, best.factory().type(), null);
        return except.contains(newest) ? best : newest;
    }

    /** Who takes over from a policy at fault: round robin, as it has the least to go wrong, else the best of the others. @return null if there is none */
    public Entry fallbackPolicy(Set<Entry> except) {
        for (Entry e : entries) {
            if (e.makes(PartKind.POLICY, "round-robin") && !except.contains(e)) {
                return e;
            }
        }
        return bestPolicy(except);
    }

    /** First engine that runs guests of an ISA. */
    public Entry requireEngine(String isa) throws SpecException {
        for (Entry e : entries) {
            if (e.factory() instanceof EngineFactory f && f.traits().isa().equals(isa)) {
                return find(PartKind.ENGINE, f.type(), null);
            }
        }
        throw new SpecException("no engine that runs " + isa + " guests is offered; there are: " + entries.stream().filter(e -> e.factory() instanceof EngineFactory)
                .map(e -> e.factory().type() + " (" + ((EngineFactory) e.factory()).traits().isa() + ")").distinct().sorted().collect(Collectors.joining(", ")));
    }

    /** First factory of a kind; for kinds of which a type need not be named. */
    public Entry requireAny(PartKind kind) throws SpecException {
        for (Entry e : entries) {
            if (e.factory().kind() == kind) {
                return find(kind, e.factory().type(), null);
            }
        }
        throw new SpecException("no " + names(Set.of(kind)) + " is offered: its bundle is missing");
    }

    /**
     * A factory of a kind by bundle.
     *
     * @param type     that it must make, or null for any (policies)
     * @param selector bundle id, symbolic name, or "name:version"
     */
    public Entry select(PartKind kind, String type, String selector) throws SpecException {
        Entry best = null;
        for (Entry e : entries) {
            if (e.factory().kind() == kind && (type == null || e.factory().type().equals(type)) && matches(e.origin(), selector)
                    && (best == null || e.origin().bundleId() > best.origin().bundleId())) {
                best = e;
            }
        }
        if (best == null) {
            String offered = entries.stream().filter(e -> e.factory().kind() == kind && (type == null || e.factory().type().equals(type)))
                    .map(e -> e.origin().toString()).distinct().collect(Collectors.joining(", "));
            throw new SpecException("bundle \"" + selector + "\" offers no " + names(Set.of(kind)) + (type == null ? "" : " of type \"" + type + "\"")
                    + "; these do: " + (offered.isEmpty() ? "none" : offered));
        }
        return best;
    }

    private static boolean matches(Origin o, String selector) {
        return selector.equals(Long.toString(o.bundleId())) || selector.equals(o.symbolicName()) || selector.equals(o.symbolicName() + ":" + o.version());
    }
}
