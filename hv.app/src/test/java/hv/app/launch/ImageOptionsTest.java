package hv.app.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ImageOptionsTest {
    private static final Path FOLDER = Path.of("/somewhere");

    private static ImageOptions parse(String... arguments) {
        return ImageOptions.parse(List.of(arguments), FOLDER);
    }

    @Test
    void everyOptionIsTaken() {
        ImageOptions.Build build = assertInstanceOf(ImageOptions.Build.class, parse("build", "debian", "-o", "x", "--size", "8G", "--hostname", "h", "--packages", "gcc,libc6-dev", "--update"));
        assertEquals("debian", build.distribution);
        assertEquals(Path.of("x"), build.output);
        assertEquals(8L << 30, build.sizeBytes);
        assertEquals("h", build.hostname);
        assertEquals(List.of("gcc", "libc6-dev"), build.packages);
        assertTrue(build.update);
        assertEquals(FOLDER, build.workingFolder);
        ImageOptions.Seed seed = assertInstanceOf(ImageOptions.Seed.class, parse("seed", "--user", "me", "--key", "a.pub", "--key", "b.pub", "--hostname", "h", "--script", "s"));
        assertEquals("me", seed.user);
        assertEquals(List.of(Path.of("a.pub"), Path.of("b.pub")), seed.keys);
        assertEquals("h", seed.hostname);
        assertEquals(Path.of("s"), seed.script);
        assertEquals(Path.of("seed.img"), seed.output);
        assertEquals(FOLDER, seed.workingFolder);
    }

    @Test
    void helpIsThatOfWhatIsAskedFor() {
        assertTrue(assertInstanceOf(ImageOptions.Help.class, parse("--help")).text().contains("seed"));
        assertTrue(assertInstanceOf(ImageOptions.Help.class, parse("build", "-h")).text().contains("--packages"));
        assertTrue(assertInstanceOf(ImageOptions.Help.class, parse("seed", "--help")).text().contains("--key"));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        for (String[] wrong : new String[][] {{}, {"burn"}, {"build", "debian", "more"}, {"build", "--size", "much"}, {"build", "--key", "k"}, {"seed", "--size", "1G"}}) {
            assertThrows(CommandLine.ParameterException.class, () -> parse(wrong), String.join(" ", wrong));
        }
    }
}
