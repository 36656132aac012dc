package hv.oracle;

import java.util.Set;

/** What programs leave out, by name, since machines may differ there; see {@link Differences}. */
record Avoided(Set<String> names) {
    static final Avoided NOTHING = new Avoided(Set.of());

    boolean is(String name) {
        return names.contains(name);
    }
}
