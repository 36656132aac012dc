package hv.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The differences to QEMU that are no faults of the machine under test, and that programs leave out; read from {@code differences.txt} beside this
 * class: each with the section of the specification that leaves it open, or the fault of QEMU that it is.
 */
final class Differences {
    /**
     * One line of the list.
     *
     * @param what  name of what is left out
     * @param peers "*", or the first digits of the versions of QEMU that it is about
     * @param why   section, or fault
     */
    record Line(String what, String peers, String why) {
        boolean isAbout(String version) {
            return peers.equals("*") || List.of(peers.split("\\s+")).stream().anyMatch(p -> version.equals(p) || version.startsWith(p + "."));
        }
    }

    private final List<Line> lines = new ArrayList<>();

    private Differences(String text) {
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\\|", 3);
            if (columns.length != 3) {
                throw new IllegalStateException("differences.txt: \"" + line + "\" is not: name | versions | why");
            }
            lines.add(new Line(columns[0].strip(), columns[1].strip(), columns[2].strip()));
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

    /** What programs leave out where QEMU of that version is the peer. */
    Avoided avoided(String version) {
        Set<String> names = lines.stream().filter(l -> l.isAbout(version)).map(Line::what).collect(Collectors.toSet());
        return new Avoided(names);
    }
}
