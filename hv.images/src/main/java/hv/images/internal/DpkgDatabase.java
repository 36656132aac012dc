package hv.images.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What dpkg knows of packages that were unpacked for it: {@code /var/lib/dpkg} with each package's state "install ok unpacked" (dpkg(1), deb-control(5),
 * deb-triggers(5)). dpkg then configures them as if it had unpacked them by itself.
 */
final class DpkgDatabase {
    static final String FOLDER = "var/lib/dpkg/";

    private final StringBuilder status = new StringBuilder();
    private final Map<String, byte[]> info = new TreeMap<>();
    private final Map<String, StringBuilder> triggers = new TreeMap<>();
    private final StringBuilder names = new StringBuilder();

    /**
     * Takes in a package.
     *
     * @param control   control files by name
     * @param paths     all paths of its data, without leading slash, in the archive's order
     * @param conffiles MD5 of each conffile, by absolute path
     */
    void add(String name, Map<String, byte[]> control, List<String> paths, Map<String, String> conffiles) throws IOException {
        byte[] stanza = control.get("control");
        if (stanza == null) {
            throw new IOException("package " + name + " has no control file");
        }
        String text = new String(stanza, StandardCharsets.UTF_8).strip();
        String same = field(text, "Multi-Arch").equals("same") ? ":" + field(text, "Architecture") : "";
        if (!field(text, "Package").equals(name) || !same.matches("(:[0-9a-z-]+)?")) {
            throw new IOException("package " + name + " says it is '" + field(text, "Package").replaceAll("[^ -~]", "?") + "'");
        }
        int first = text.indexOf('\n');
        status.append(first < 0 ? text : text.substring(0, first)).append("\nStatus: install ok unpacked").append(first < 0 ? "" : text.substring(first)).append('\n');
        if (!conffiles.isEmpty()) {
            status.append("Conffiles:\n");
            conffiles.forEach((path, md5) -> status.append(' ').append(path).append(' ').append(md5).append('\n'));
        }
        status.append('\n');
        names.append(name).append(same).append('\n');
        StringBuilder list = new StringBuilder("/.\n");
        paths.forEach(path -> list.append('/').append(path).append('\n'));
        info.put(name + same + ".list", list.toString().getBytes(StandardCharsets.UTF_8));
        control.forEach((file, bytes) -> {
            if (!file.equals("control") && file.matches("[a-z0-9]+")) {
                info.put(name + same + "." + file, bytes);
            }
        });
        if (control.containsKey("triggers")) {
            interests(name + same, new String(control.get("triggers"), StandardCharsets.UTF_8));
        }
    }

    private static String field(String stanza, String name) {
        return stanza.lines().filter(line -> line.startsWith(name + ":")).map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
    }

    /** dpkg's source, doc/triggers.txt: File holds "/path package[/noawait]", a file of each other trigger's name "package[/noawait]". */
    private void interests(String name, String text) throws IOException {
        for (String line : text.lines().toList()) {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
            if (words.length != 2 || !words[0].startsWith("interest")) {
                continue;
            }
            String who = name + (words[0].equals("interest-noawait") ? "/noawait" : "");
            if (words[1].startsWith("/")) {
                triggers.computeIfAbsent("File", n -> new StringBuilder()).append(words[1]).append(' ').append(who).append('\n');
            } else if (words[1].matches("[0-9A-Za-z][0-9A-Za-z:.+_-]*") && !words[1].equals("File")) {
                triggers.computeIfAbsent(words[1], n -> new StringBuilder()).append(who).append('\n');
            } else {
                throw new IOException("package " + name + " has a trigger that cannot be read: " + words[1].replaceAll("[^ -~]", "?"));
            }
        }
    }

    /** The files of the database, by path. */
    Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(FOLDER + "status", status.toString().getBytes(StandardCharsets.UTF_8));
        files.put(FOLDER + "available", new byte[0]);
        files.put(FOLDER + "info/format", "1\n".getBytes(StandardCharsets.UTF_8));
        info.forEach((name, bytes) -> files.put(FOLDER + "info/" + name, bytes));
        triggers.forEach((name, lines) -> files.put(FOLDER + "triggers/" + name, lines.toString().getBytes(StandardCharsets.UTF_8)));
        files.put(FOLDER + "triggers/Lock", new byte[0]);
        files.put(FOLDER + "triggers/Unincorp", new byte[0]);
        return files;
    }

    /** The packages in the order they came, one a line, as dpkg names their scripts. */
    String order() {
        return names.toString();
    }

    /** Its folders that hold nothing yet. */
    static List<String> folders() {
        return List.of(FOLDER + "updates", FOLDER + "parts", FOLDER + "alternatives");
    }
}
