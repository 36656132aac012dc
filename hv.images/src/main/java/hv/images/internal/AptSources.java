package hv.images.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The package archives that the host itself uses (sources.list(5): one line each, or deb822 stanzas). */
final class AptSources {
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_ARCHIVES = 32;

    private AptSources() {
    }

    /** Archives with component {@code main}, http or https, in the order of the files; none where the host has no apt. {@code apt}: {@code /etc/apt}. */
    static List<URI> archives(Path apt) throws IOException {
        List<Path> files = new ArrayList<>(List.of(apt.resolve("sources.list")));
        Path parts = apt.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> listed = Files.list(parts)) {
                listed.sorted().forEach(files::add);
            }
        }
        Set<URI> found = new LinkedHashSet<>();
        for (Path file : files) {
            if (Files.isRegularFile(file) && Files.isReadable(file) && Files.size(file) <= MAX_FILE_BYTES) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                if (file.toString().endsWith(".list")) {
                    text.lines().forEach(line -> addLine(line, found));
                } else if (file.toString().endsWith(".sources")) {
                    addStanzas(text, found);
                }
            }
        }
        return found.stream().limit(MAX_ARCHIVES).toList();
    }

    /** {@code deb [options] uri suite component...} */
    private static void addLine(String line, Set<URI> found) {
        String text = line.replaceFirst("#.*", "").strip();
        if (!text.startsWith("deb ") && !text.startsWith("deb\t")) {
            return;
        }
        String[] words = text.substring(4).strip().replaceFirst("^\\[[^\\]]*\\]\\s*", "").split("\\s+");
        for (int i = 2; i < words.length; i++) {
            if (words[i].equals("main")) {
                add(words[0], found);
            }
        }
    }

    private static void addStanzas(String text, Set<URI> found) {
        for (String stanza : text.split("\\n[ \\t]*\\n")) {
            String key = "";
            String types = "";
            String uris = "";
            String components = "";
            boolean enabled = true;
            for (String line : stanza.split("\n")) {
                if (line.startsWith("#") || line.isBlank()) {
                    continue;
                }
                String value = line;
                if (!Character.isWhitespace(line.charAt(0))) {
                    int colon = line.indexOf(':');
                    key = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                    value = line.substring(colon + 1);
                }
                switch (key) {
                    case "types" -> types += " " + value;
                    case "uris" -> uris += " " + value;
                    case "components" -> components += " " + value;
                    case "enabled" -> enabled = !Set.of("no", "false", "0", "off").contains(value.strip().toLowerCase(Locale.ROOT));
                    default -> { }
                }
            }
            if (enabled && List.of(types.strip().split("\\s+")).contains("deb") && List.of(components.strip().split("\\s+")).contains("main")) {
                for (String uri : uris.strip().split("\\s+")) {
                    add(uri, found);
                }
            }
        }
    }

    private static void add(String text, Set<URI> found) {
        try {
            URI uri = new URI(text);
            if (("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme())) && uri.getHost() != null) {
                found.add(uri);
            }
        } catch (URISyntaxException e) {
            // Not for us to report: apt does so; what cannot be read is no candidate.
            return;
        }
    }
}
