package hv.images.internal;

import java.util.List;
import java.util.Map;

/**
 * A package with what decides whether it can be installed (Debian Policy, 7).
 *
 * @param preDepends relations as text, empty for none; so are the next ones
 * @param priority   "required", "important", "standard", "optional" or "extra"
 * @param essential  part of every system
 */
record BinaryPackage(PackagesIndex.Entry entry, String preDepends, String depends, String provides, String conflicts, String breaks, String priority, boolean essential) {
    private static final List<String> PRIORITIES = List.of("required", "important", "standard", "optional", "extra");

    static BinaryPackage of(PackagesIndex.Entry entry, Map<String, String> fields) {
        return new BinaryPackage(entry, fields.getOrDefault("Pre-Depends", ""), fields.getOrDefault("Depends", ""), fields.getOrDefault("Provides", ""),
                fields.getOrDefault("Conflicts", ""), fields.getOrDefault("Breaks", ""), fields.getOrDefault("Priority", "optional"),
                fields.getOrDefault("Essential", "no").equals("yes"));
    }

    String name() {
        return entry.name();
    }

    String version() {
        return entry.version();
    }

    /** Lower is more wanted. */
    int rank() {
        int rank = PRIORITIES.indexOf(priority);
        return rank < 0 ? PRIORITIES.size() : rank;
    }
}
