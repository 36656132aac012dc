package hv.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The differences to QEMU that are no faults of the machine under test, read from {@code differences.txt} beside this class: each with the section of
 * the specification that leaves it open, or the fault of QEMU that it is.
 */
final class Differences {
    /**
     * One line of the list.
     *
     * @param how   "avoid": programs do not do it; "mask": these bits of a CSR are not compared
     * @param what  name of what is avoided, or CSR and bits in hexadecimal
     * @param peers "*", or the first digits of the versions of QEMU that it is about
     * @param why   section, or fault
     */
    record Line(String how, String what, String peers, String why) { }

    private final List<Line> lines = new ArrayList<>();

    private Differences(String text) {
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\\|", 4);
            if (columns.length != 4 || !columns[0].strip().matches("avoid|mask")) {
                throw new IllegalStateException("differences.txt: \"" + line + "\" is not: avoid or mask | what | versions | why");
            }
            lines.add(new Line(columns[0].strip(), columns[1].strip(), columns[2].strip(), columns[3].strip()));
        }
    }

    /** The list of this build. */
    static Differences load() {
        try (InputStream in = Differences.class.getResourceAsStream("differences.txt")) {
            if (in == null) {
                throw new IllegalStateException("hv/oracle/differences.txt is missing");
            }
            return new Differences(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("hv/oracle/differences.txt cannot be read", e);
        }
    }

    /** All lines. */
    List<Line> lines() {
        return List.copyOf(lines);
    }

    private List<Line> of(String how, String version) {
        return lines.stream().filter(l -> l.how().equals(how) && (l.peers().equals("*") || List.of(l.peers().split("\\s+")).stream().anyMatch(
            p -> version.equals(p) || version.startsWith(p + ".")))).toList();
    }

    /** What programs leave out where QEMU of that version is the peer. */
    Avoided avoided(String version) {
        Set<String> names = new HashSet<>();
        of("avoid", version).forEach(l -> names.add(l.what()));
        return new Avoided(names);
    }

    /** Bits of CSRs that are not compared, by name of the CSR. */
    Map<String, Long> masks(String version) {
        Map<String, Long> masks = new HashMap<>();
        for (Line l : of("mask", version)) {
            String[] words = l.what().split("\\s+");
            masks.merge(words[0], Long.parseUnsignedLong(words[1], 16), (a, b) -> a | b);
        }
        return masks;
    }
}
