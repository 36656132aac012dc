package hv.images.internal;

import hv.images.ImageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The packages that a set of wanted ones needs, of one suite, in which each name has one version. An alternative that is there already is taken, else the
 * first that can be had; of several that provide a name the one of the highest priority, then of the lowest name. Nothing is taken back: where that does not
 * lead to a set without conflicts it is refused, as apt would for a list this size only in oddities. Recommendations are left out.
 */
final class PackageClosure {
    private final Map<String, BinaryPackage> byName = new HashMap<>();
    private final Map<String, List<Provider>> providers = new HashMap<>();

    /** @param version empty where none is said: then only relations without a version are met (Debian Policy, 7.5) */
    private record Provider(BinaryPackage by, String version) { }

    PackageClosure(Collection<BinaryPackage> suite) throws IOException {
        for (BinaryPackage p : suite) {
            byName.merge(p.name(), p, (a, b) -> DebianVersion.ORDER.compare(a.version(), b.version()) >= 0 ? a : b);
        }
        for (BinaryPackage p : byName.values()) {
            for (List<Relation> provided : Relation.parse(p.name(), p.provides())) {
                providers.computeIfAbsent(provided.getFirst().name(), n -> new ArrayList<>()).add(new Provider(p, provided.getFirst().version()));
            }
        }
        Comparator<Provider> best = Comparator.comparingInt(p -> p.by().rank());
        providers.values().forEach(list -> list.sort(best.thenComparing(p -> p.by().name())));
    }

    /** Those that are on every system: essential ones, and those of priority "required". */
    List<String> required() {
        return byName.values().stream().filter(p -> p.essential() || p.priority().equals("required")).map(BinaryPackage::name).sorted().toList();
    }

    /**
     * The wanted packages and all they need; what a package depends on comes before it, but in circles.
     *
     * @throws ImageException a name is not known, or two of the packages exclude each other
     */
    List<BinaryPackage> of(Collection<String> wanted) throws ImageException, IOException {
        Map<String, BinaryPackage> chosen = new LinkedHashMap<>();
        ArrayDeque<BinaryPackage> open = new ArrayDeque<>();
        for (String name : wanted) {
            BinaryPackage p = byName.get(name);
            if (p == null) {
                throw new ImageException("Debian " + DebianArchive.SUITE + " has no package " + name + ": look it up with apt-cache search, or leave it out");
            }
            if (chosen.putIfAbsent(name, p) == null) {
                open.add(p);
            }
        }
        while (!open.isEmpty()) {
            BinaryPackage p = open.poll();
            for (List<Relation> clause : needs(p)) {
                if (met(clause, chosen) == null) {
                    BinaryPackage found = met(clause, byName);
                    if (found == null) {
                        throw new ImageException("package " + p.name() + " needs " + String.join(" or ", clause.stream().map(Relation::toString).toList())
                                + ", which Debian " + DebianArchive.SUITE + " does not have: leave it out, or set another mirror");
                    }
                    chosen.put(found.name(), found);
                    open.add(found);
                }
            }
        }
        refuseConflicts(chosen);
        return inOrder(chosen);
    }

    private static List<List<Relation>> needs(BinaryPackage p) throws IOException {
        List<List<Relation>> needs = new ArrayList<>(Relation.parse(p.name(), p.preDepends()));
        needs.addAll(Relation.parse(p.name(), p.depends()));
        return needs;
    }

    /** Which of some packages meets the first relation of a clause that any of them meets; null for none. */
    private BinaryPackage met(List<Relation> clause, Map<String, BinaryPackage> among) {
        for (Relation r : clause) {
            BinaryPackage real = among.get(r.name());
            if (real != null && r.holds(real.version())) {
                return real;
            }
            for (Provider p : providers.getOrDefault(r.name(), List.of())) {
                if (among.containsKey(p.by().name()) && provides(p, r)) {
                    return p.by();
                }
            }
        }
        return null;
    }

    private static boolean provides(Provider p, Relation r) {
        return r.operator().isEmpty() || !p.version().isEmpty() && r.holds(p.version());
    }

    private void refuseConflicts(Map<String, BinaryPackage> chosen) throws ImageException, IOException {
        for (BinaryPackage p : chosen.values()) {
            for (String field : List.of(p.conflicts(), p.breaks())) {
                for (List<Relation> clause : Relation.parse(p.name(), field)) {
                    Relation r = clause.getFirst();
                    BinaryPackage other = chosen.get(r.name());
                    if (other == null || !r.holds(other.version())) {
                        other = providers.getOrDefault(r.name(), List.of()).stream().filter(q -> chosen.containsKey(q.by().name()) && provides(q, r) && q.by() != p)
                                .map(Provider::by).findFirst().orElse(null);
                    }
                    if (other != null && other != p) {
                        throw new ImageException("packages " + p.name() + " and " + other.name() + " exclude each other: leave one of them out");
                    }
                }
            }
        }
    }

    /** Depth first without recursion: a chain of dependencies may be long. */
    private List<BinaryPackage> inOrder(Map<String, BinaryPackage> chosen) throws IOException {
        record Step(BinaryPackage p, ArrayDeque<BinaryPackage> before) { }
        Map<String, BinaryPackage> done = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (BinaryPackage start : chosen.values().stream().sorted(Comparator.comparing(BinaryPackage::name)).toList()) {
            ArrayDeque<Step> path = new ArrayDeque<>();
            if (seen.add(start.name())) {
                path.push(new Step(start, before(start, chosen)));
            }
            while (!path.isEmpty()) {
                BinaryPackage next = path.peek().before().poll();
                if (next == null) {
                    BinaryPackage p = path.pop().p();
                    done.put(p.name(), p);
                } else if (seen.add(next.name())) {
                    path.push(new Step(next, before(next, chosen)));
                }
            }
        }
        return List.copyOf(done.values());
    }

    private ArrayDeque<BinaryPackage> before(BinaryPackage p, Map<String, BinaryPackage> chosen) throws IOException {
        ArrayDeque<BinaryPackage> before = new ArrayDeque<>();
        for (List<Relation> clause : needs(p)) {
            BinaryPackage q = met(clause, chosen);
            if (q != null) {
                before.add(q);
            }
        }
        return before;
    }
}
