package hv.app.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script, with made-up JDKs in a made-up home. */
class StartScriptTest {
    @TempDir
    Path temporary;
    private Path script;
    private final Map<String, String> environment = new HashMap<>();

    private record Outcome(int status, String out, String err) {
    }

    @BeforeEach
    void layOutATree() throws IOException {
        Path root = Files.createDirectories(temporary.resolve("tree with blank"));
        script = root.resolve("hv");
        Files.copy(Path.of("..", "hv"), script);
        script.toFile().setExecutable(true);
        Files.copy(Path.of("..", "pom.xml"), root.resolve("pom.xml"));
        Path home = Files.createDirectories(temporary.resolve("home"));
        environment.put("HOME", home.toString());
        environment.put("HV_HOME", home.resolve("hv").toString());
        environment.put("HV_JDK_DIRS", temporary.resolve("jvm").toString());
        environment.put("PATH", pathWithoutJava());
    }

    /** The host's tools, but neither java nor mvn. */
    private String pathWithoutJava() throws IOException {
        Path tools = Files.createDirectories(temporary.resolve("tools"));
        for (String tool : List.of("bash", "env", "sed", "head", "dirname", "readlink", "uname", "cat", "grep", "find", "awk", "mkdir", "touch", "rm", "tee", "flock", "cp", "mv", "sleep",
                "chmod", "ps", "mkfifo")) {
            for (String folder : List.of("/bin", "/usr/bin")) {
                Path real = Path.of(folder, tool);
                if (Files.exists(real) && !Files.exists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), real.toRealPath());
                }
            }
        }
        return tools.toString();
    }

    /** A java that says it is of this version. */
    private Path java(Path jdk, String version, boolean withCompiler) throws IOException {
        Path bin = Files.createDirectories(jdk.resolve("bin"));
        program(bin.resolve("java"), "echo '    java.specification.version = " + version + "' >&2\necho 'openjdk version \"" + version + ".0.1\"' >&2\n");
        if (withCompiler) {
            program(bin.resolve("javac"), "");
        }
        return bin.resolve("java");
    }

    private static void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome hv(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Path out = temporary.resolve("out");
        Path err = temporary.resolve("err");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("./hv " + List.of(arguments) + " did not end within 60 s");
        }
        return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private void assertFinds(Path java) throws Exception {
        Outcome outcome = hv("version");
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("(" + java.toRealPath() + ")") || outcome.out().contains("(" + java + ")"), outcome.out());
    }

    private void assertFails(int status, String... parts) throws Exception {
        Outcome outcome = hv("version");
        assertEquals(status, outcome.status(), outcome.out() + outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        for (String part : parts) {
            assertTrue(outcome.err().contains(part), outcome.err());
        }
    }

    @Test
    void aNewerJdkIsFoundThoughTheDefaultIsOlder() throws Exception {
        Path old = java(temporary.resolve("old"), "17", true);
        environment.put("PATH", old.getParent() + ":" + environment.get("PATH"));
        environment.put("JAVA_HOME", temporary.resolve("old").toString());
        java(temporary.resolve("jvm/jdk-21"), "21", true);
        assertFinds(java(temporary.resolve("jvm/temurin-25-jdk"), "25", true));
    }

    @Test
    void javaHomeComesBeforeTheOthers() throws Exception {
        java(temporary.resolve("jvm/jdk-25"), "25", true);
        Path own = java(temporary.resolve("own jdk"), "26", true);
        environment.put("JAVA_HOME", temporary.resolve("own jdk").toString());
        assertFinds(own);
    }

    @Test
    void hvJavaIsTakenAtItsWord() throws Exception {
        java(temporary.resolve("jvm/jdk-25"), "25", true);
        environment.put("HV_JAVA", java(temporary.resolve("mine"), "25", false).toString());
        assertFinds(temporary.resolve("mine/bin/java"));
        environment.put("HV_JAVA", java(temporary.resolve("older"), "21", true).toString());
        assertFails(69, "HV_JAVA names", "Java 21", "JDK 25");
        environment.put("HV_JAVA", temporary.resolve("nowhere/java").toString());
        assertFails(69, "is no program");
    }

    @Test
    void aMacsLayoutIsKnown() throws Exception {
        assertFinds(java(temporary.resolve("jvm/temurin-25.jdk/Contents/Home"), "25", true));
    }

    @Test
    void homesOfVersionManagersAreLookedInto() throws Exception {
        environment.remove("HV_JDK_DIRS");
        Outcome elsewhere = hv("version");
        org.junit.jupiter.api.Assumptions.assumeFalse(elsewhere.status() == 0, "this machine has a JDK 25 in a system folder, which comes first");
        assertFinds(java(temporary.resolve("home/.sdkman/candidates/java/25-tem"), "25", true));
    }

    @Test
    void whereThereIsNoneWhatWasFoundAndWhatToDoIsSaid() throws Exception {
        assertFails(69, "needs a JDK 25", "found no java at all", "Install one");
        java(temporary.resolve("jvm/jdk-17"), "17", true);
        java(temporary.resolve("jvm/jre-25"), "25", false);
        assertFails(69, "jdk-17/bin/java (Java 17)", "jre-25/bin/java (Java 25, without a compiler)");
    }

    @Test
    void aBrokenJavaIsPassedOver() throws Exception {
        program(Files.createDirectories(temporary.resolve("jvm/a-broken/bin")).resolve("java"), "exit 3\n");
        program(Files.createDirectories(temporary.resolve("jvm/b-old/bin")).resolve("java"), "echo '    java.specification.version = 1.8' >&2\n");
        assertFinds(java(temporary.resolve("jvm/c"), "25", true));
    }

    @Test
    void aMissingMavenIsSaid() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        org.junit.jupiter.api.Assumptions.assumeFalse(Files.exists(Path.of("/usr/share/maven/bin/mvn")) || Files.exists(Path.of("/opt/maven/bin/mvn"))
                || Files.exists(Path.of("/usr/local/bin/mvn")) || Files.exists(Path.of("/opt/homebrew/bin/mvn")), "this machine has Maven in a system folder");
        Outcome outcome = hv("build");
        assertEquals(69, outcome.status(), outcome.err());
        assertTrue(outcome.err().contains("needs Maven"), outcome.err());
    }

    @Test
    void aWrongHvMvnIsSaid() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        environment.put("HV_MVN", temporary.resolve("nowhere").toString());
        Outcome outcome = hv("build");
        assertEquals(69, outcome.status());
        assertTrue(outcome.err().contains("HV_MVN names"), outcome.err());
    }

    @Test
    void aFailedBuildShowsItsErrorsAndNamesTheLog() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        Path mvn = temporary.resolve("mvn");
        program(mvn, "echo '[INFO] noise'\necho '[ERROR] /a/B.java:[3,4] cannot find symbol'\necho '[ERROR] To see the full stack trace'\nexit 1\n");
        environment.put("HV_MVN", mvn.toString());
        Outcome outcome = hv("build");
        assertEquals(70, outcome.status());
        assertTrue(outcome.err().contains("cannot find symbol"), outcome.err());
        assertTrue(outcome.err().contains("target/build.log"), outcome.err());
        assertFalse(outcome.err().contains("noise") || outcome.err().contains("full stack trace"), outcome.err());
        assertFalse(Files.exists(script.resolveSibling("dist")), "nothing is left behind");
    }

    @Test
    void onlyWhatHasChangedIsBuilt() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        Path mvn = temporary.resolve("mvn");
        program(mvn, "echo run >> '" + temporary.resolve("runs") + "'\nmkdir -p hv.app/target/hv\n");
        environment.put("HV_MVN", mvn.toString());
        Files.createDirectories(script.resolveSibling("hv.app").resolve("src/main/java"));
        assertEquals(0, hv("build").status());
        assertEquals(0, hv("build").status());
        assertEquals(1, Files.readAllLines(temporary.resolve("runs")).size(), "the second build found nothing to do");
        Files.writeString(script.resolveSibling("hv.app").resolve("src/main/java/New.java"), "class New { }");
        assertEquals(0, hv("build").status());
        Files.delete(script.resolveSibling("hv.app").resolve("src/main/java/New.java"));
        assertEquals(0, hv("build").status());
        assertEquals(3, Files.readAllLines(temporary.resolve("runs")).size(), "a file that came and one that went");
    }

    @Test
    void testsAreSummedOverAllReports() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        Path mvn = temporary.resolve("mvn");
        program(mvn, """
                mkdir -p hv.a/target/surefire-reports hv.b/target/test-reports/it hv.app/target/hv
                echo '<?xml version="1.0"?>
                <testsuite name="a" time="1.5" tests="7" errors="1" skipped="2" failures="1">' > hv.a/target/surefire-reports/TEST-a.xml
                echo '<testsuite errors="0" failures="0" name="tests=9" skipped="0" tests="3" time="0">' > hv.b/target/test-reports/it/TEST-b.xml
                exit ${FAKE_STATUS:-0}
                """);
        environment.put("HV_MVN", mvn.toString());
        Outcome failed = hv("test");
        assertEquals("6 passed, 2 failed, 2 skipped\n", failed.out());
        assertEquals(1, failed.status());
    }

    @Test
    void aRunWithoutAnyTestIsNoSuccess() throws Exception {
        java(temporary.resolve("jvm/jdk"), "25", true);
        Path mvn = temporary.resolve("mvn");
        program(mvn, "mkdir -p hv.app/target/hv\n");
        environment.put("HV_MVN", mvn.toString());
        Outcome outcome = hv("test");
        assertEquals("0 passed, 0 failed, 0 skipped\n", outcome.out());
        assertEquals(1, outcome.status());
    }

    @Test
    void wrongUsageIsSaidWithStatus64() throws Exception {
        for (String[] wrong : new String[][] {{"flourish"}, {"start", "x"}, {"stop", "x"}, {"status", "x"}, {"build", "x"}, {"test", "--quick"}}) {
            Outcome outcome = hv(wrong);
            assertEquals(64, outcome.status(), String.join(" ", wrong));
            assertEquals(1, outcome.err().lines().count(), outcome.err());
        }
        Outcome bare = hv();
        assertEquals(64, bare.status());
        assertTrue(bare.err().contains("usage: ./hv COMMAND"));
    }

    @Test
    void helpNeedsNothing() throws Exception {
        Outcome outcome = hv("help");
        assertEquals(0, outcome.status());
        for (String command : List.of("run", "image", "start", "stop", "status", "shell", "build", "test", "bench", "suite", "version")) {
            assertTrue(outcome.out().contains("\n  " + command + " "), command);
        }
    }

    @Test
    void withoutAPlatformTheClientsSaySo() throws Exception {
        assertEquals(69, hv("shell", "hv:list").status());
        assertEquals(0, hv("stop").status());
        Outcome status = hv("status");
        assertEquals(3, status.status());
        assertTrue(status.out().startsWith("not running"), status.out());
    }

    @Test
    void aSignalEndsABuildWithAllItStarted() throws Exception {
        java(temporary.resolve("jvm/jdk-25"), "25", true);
        Path pid = temporary.resolve("pid");
        Path mvn = temporary.resolve("mvn");
        program(mvn, "sleep 120 &\necho $! >'" + pid + ".part'; mv '" + pid + ".part' '" + pid + "'\nwait\n");
        environment.put("HV_MVN", mvn.toString());
        Path err = temporary.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "build");
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(err.toFile()).start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!Files.exists(pid)) {
                assertTrue(process.isAlive() && System.nanoTime() < deadline, Files.readString(err));
                Thread.onSpinWait();
            }
            process.destroy();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        assertEquals(143, process.exitValue());
        assertTrue(Files.readString(err).endsWith("hv: interrupted\n"), Files.readString(err));
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(left -> left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        try (Stream<Path> left = Files.list(script.resolveSibling("target"))) {
            assertEquals(List.of("build.log"), left.map(f -> f.getFileName().toString()).filter(name -> !name.equals("build.lock")).toList());
        }
    }

    @Test
    void aJavaThatDoesNotRunIsQuoted() throws Exception {
        Path bin = Files.createDirectories(temporary.resolve("jvm/jdk-25/bin"));
        program(bin.resolve("java"), "echo 'Error occurred during initialization of VM' >&2; echo 'no room' >&2; exit 1\n");
        assertFails(69, "does not run: Error occurred during initialization of VM no room");
    }
}
