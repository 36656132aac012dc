package hv.app.launch;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ./hv new KIND NAME}: writes a plugin's project from the distribution's template of that kind, into a folder NAME that must not be there.
 * System property: {@code hv.dist}, the distribution's folder.
 */
public final class NewProject {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int MOST_CHARS = 40;

    private NewProject() {
    }

    public static void main(String[] arguments) {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = ExitStatus.OK;
        try {
            Path dist = Path.of(System.getProperty("hv.dist")).toAbsolutePath().normalize();
            Path made = write(dist, Path.of("").toAbsolutePath(), List.of(arguments));
            err.println("hv: wrote " + made + ": build it with mvn package there; its README.md says how it gets into a running platform");
        } catch (LaunchException e) {
            err.println("hv: " + e.getMessage());
            status = e.status();
        } catch (IOException e) {
            err.println("hv: " + e.getClass().getSimpleName() + ": " + e.getMessage());
            status = ExitStatus.UNAVAILABLE;
        }
        System.exit(status);
    }

    /** @return the project's folder */
    static Path write(Path dist, Path into, List<String> arguments) throws LaunchException, IOException {
        Path templates = dist.resolve("template");
        String kinds = kinds(templates);
        if (arguments.size() != 2) {
            throw new LaunchException(ExitStatus.USAGE, "say what and its name: ./hv new KIND NAME, where KIND is one of: " + kinds);
        }
        String kind = arguments.get(0);
        String name = arguments.get(1);
        if (!NAME.matcher(kind).matches() || !Files.isDirectory(templates.resolve(kind))) {
            throw new LaunchException(ExitStatus.USAGE, "there is no template \"" + kind + "\"; there are: " + kinds);
        }
        if (name.length() > MOST_CHARS || !NAME.matcher(name).matches() || name.startsWith("hv")) {
            throw new LaunchException(ExitStatus.USAGE, "name \"" + name + "\": use up to " + MOST_CHARS + " small letters, digits and single dashes, beginning with a letter, and not with hv");
        }
        Path project = into.resolve(name);
        if (Files.exists(project)) {
            throw new LaunchException(ExitStatus.USAGE, project + " is there already: choose another name or folder");
        }
        String packageName = name.replace("-", "");
        String className = Stream.of(name.split("-")).map(s -> Character.toUpperCase(s.charAt(0)) + s.substring(1)).collect(Collectors.joining());
        copy(templates.resolve(kind), project, Map.of("NAME", name, "PACKAGE", packageName, "CLASS", className, "DIST", dist.toString()));
        return project;
    }

    private static String kinds(Path templates) throws IOException {
        try (Stream<Path> all = Files.list(templates)) {
            return all.map(p -> p.getFileName().toString()).sorted().collect(Collectors.joining(", "));
        }
    }

    private static void copy(Path template, Path project, Map<String, String> values) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(template)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String path = template.relativize(file).toString().replace("PACKAGE", values.get("PACKAGE")).replace("CLASS", values.get("CLASS"));
            Path to = project.resolve(path);
            Files.createDirectories(to.getParent());
            String text = Files.readString(file);
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("@" + value.getKey() + "@", value.getValue());
            }
            Files.writeString(to, text);
        }
    }
}
