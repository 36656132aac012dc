package hv.itest;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The distribution that the build made, for tests that run it in processes of their own. */
final class Distribution {
    private static final Path FOLDER = Path.of("../hv.app/target/hv").toAbsolutePath().normalize();
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private Distribution() {
    }

    static void assumeBuilt() {
        Assumptions.assumeTrue(Files.exists(FOLDER.resolve("lib")), "the distribution is not built: ./hv build");
    }

    /**
     * A process as the start script makes it.
     *
     * @param home    its HV_HOME
     * @param options file of the distribution's conf folder
     */
    static ProcessBuilder java(Path home, String options, String main, String... arguments) {
        String classPath = String.join(File.pathSeparator, FOLDER + "/lib/jline.jar", FOLDER + "/lib/org.apache.felix.framework.jar", FOLDER + "/lib/picocli.jar",
                FOLDER + "/bundle/hv.app.jar", FOLDER + "/bundle/hv.shell.jar");
        List<String> command = new ArrayList<>(List.of(JAVA, "@" + FOLDER.resolve("conf").resolve(options), "-Dhv.dist=" + FOLDER, "-Dhv.home=" + home, "-cp", classPath, main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
