package hv.machine.internal;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings a machine may have: the host's own, those that its board's and its engine's factories say they read, and those of all other factories. One that is
 * misspelt, or another board's, would silently not be in force.
 */
final class MachineSettings {
    private static final Set<String> HOST = Set.of("engine", "interpreter", "strict");
    /** A name is taken for a misspelt one if so many letters differ at most. */
    private static final int MISSPELT_LETTERS = 3;

    private MachineSettings() {
    }

    /** @throws SpecException it has another; the line says which there are */
    static void check(MachineSpec spec, PartFactory board, PartFactory engine, Collection<FactoryRegistry.Entry> offered) throws SpecException {
        TreeSet<String> known = new TreeSet<>(HOST);
        known.addAll(SchedulingSettings.NAMES);
        known.addAll(board.settings());
        known.addAll(engine.settings());
        for (FactoryRegistry.Entry e : offered) {
            if (e.factory().kind() != PartKind.BOARD && e.factory().kind() != PartKind.ENGINE) {
                known.addAll(e.factory().settings());
            }
        }
        for (String key : new TreeSet<>(spec.settings().keySet())) {
            if (!known.contains(key) && !SchedulingSettings.isOne(key)) {
                throw new SpecException("machine " + spec.name() + ": no setting \"" + key + "\"" + suggestion(key, known) + "; on board " + spec.board() + " with engine "
                        + engine.type() + " there are: " + String.join(", ", known));
            }
        }
    }

    private static String suggestion(String key, Collection<String> known) {
        return known.stream().filter(k -> differences(key, k) <= Math.min(MISSPELT_LETTERS, k.length() / 2)).min(Comparator.comparingInt(k -> differences(key, k)))
                .map(k -> "; did you mean " + k + "?").orElse("");
    }

    /** Levenshtein's distance: letters to be put in, left out or changed. */
    private static int differences(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
