package hv.images.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One package named by another, perhaps with a version (Debian Policy, 7.1): {@code libc6 (>= 2.34)}.
 *
 * @param operator empty, or one of {@code << <= = >= >>}
 */
record Relation(String name, String operator, String version) {
    private static final int MAX_RELATIONS = 10_000;
    private static final Pattern FORM = Pattern.compile("([0-9a-z][0-9a-z.+-]{0,200})(?::[0-9a-z-]+)?\\s*(?:\\(\\s*(<<|<=|=|>=|>>)\\s*([0-9A-Za-z.+~:-]{1,200})\\s*\\))?\\s*(?:\\[[^]]*])?\\s*(?:<[^>]*>\\s*)*");

    /** {@code a | b (>= 1), c}: each of the outer must hold, by one of its inner. @throws IOException it cannot be read */
    static List<List<Relation>> parse(String owner, String text) throws IOException {
        List<List<Relation>> all = new ArrayList<>();
        for (String clause : text.split(",")) {
            if (clause.isBlank()) {
                continue;
            }
            List<Relation> alternatives = new ArrayList<>();
            for (String one : clause.split("\\|")) {
                Matcher m = FORM.matcher(one.strip());
                if (!m.matches() || all.size() > MAX_RELATIONS) {
                    throw new IOException("the list of packages has relations that cannot be read: " + owner + " with '" + one.strip().replaceAll("[^ -~]", "?") + "'");
                }
                alternatives.add(new Relation(m.group(1), m.group(2) == null ? "" : m.group(2), m.group(3) == null ? "" : m.group(3)));
            }
            all.add(List.copyOf(alternatives));
        }
        return all;
    }

    /** Whether a version is one of those meant. */
    boolean holds(String candidate) {
        if (operator.isEmpty()) {
            return true;
        }
        int order = DebianVersion.ORDER.compare(candidate, version);
        return switch (operator) {
            case "<<" -> order < 0;
            case "<=" -> order <= 0;
            case "=" -> order == 0;
            case ">=" -> order >= 0;
            default -> order > 0;
        };
    }

    @Override
    public String toString() {
        return operator.isEmpty() ? name : name + " (" + operator + " " + version + ")";
    }
}
