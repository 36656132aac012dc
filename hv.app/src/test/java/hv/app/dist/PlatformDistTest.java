package hv.app.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.shell.protocol.Frames;
import hv.shell.protocol.Frames.Frame;
import hv.shell.protocol.Frames.Hello;
import hv.shell.protocol.Frames.Type;
import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as a user has it: processes of its own, a home of its own. Runs after packaging. */
@Timeout(180)
class PlatformDistTest {
    private static final Path DIST = Path.of("target/hv").toAbsolutePath();
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path temporary;
    private Path home;
    private Process platform;
    private Process typescript;
    private int number;

    private record Outcome(int status, String out, String err) {
    }

    @BeforeEach
    void chooseAHome() {
        home = temporary.resolve("home");
    }

    @AfterEach
    void endWhatRuns() throws InterruptedException {
        if (typescript != null) {
            typescript.destroyForcibly();
        }
        if (platform != null && platform.isAlive()) {
            platform.destroyForcibly();
            platform.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private ProcessBuilder java(String options, String main, String... arguments) throws IOException {
        String classPath = String.join(File.pathSeparator, DIST + "/lib/jline.jar", DIST + "/lib/org.apache.felix.framework.jar", DIST + "/lib/picocli.jar",
                DIST + "/bundle/hv.app.jar", DIST + "/bundle/hv.shell.jar");
        List<String> command = new ArrayList<>(List.of(JAVA, "@" + DIST.resolve("conf").resolve(options), "-Dhv.dist=" + DIST, "-Dhv.home=" + home, "-cp", classPath, main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(temporary.toFile()).redirectInput(Path.of("/dev/null").toFile());
    }

    private Outcome end(ProcessBuilder builder) throws Exception {
        Path out = temporary.resolve("out" + ++number);
        Path err = temporary.resolve("err" + number);
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(builder.command().getLast() + " did not end within 60 s: " + Files.readString(out) + Files.readString(err));
        }
        return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private Outcome shell(String command) throws Exception {
        return end(java("client.options", "hv.shell.client.ShellClient", "shell", command));
    }

    private Outcome run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        return end(java("jvm.options", "hv.app.launch.Main", all.toArray(String[]::new)));
    }

    private void start() throws Exception {
        Path log = temporary.resolve("platform.log");
        platform = java("jvm.options", "hv.app.launch.Main", "platform").redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(home.resolve("run/ready"))) {
            assertTrue(platform.isAlive() && System.nanoTime() < deadline, () -> "the platform did not start: " + text(log));
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String said(String command) throws Exception {
        Outcome outcome = talk("", command, List.of());
        assertEquals(0, outcome.status(), command + ": " + outcome.err());
        return outcome.out();
    }

    @Test
    void everyBundleIsActiveAndThePlatformStopsWhenAsked() throws Exception {
        start();
        String status = said("hv:status");
        assertFalse(status.contains("not active"), status);
        Outcome second = end(java("jvm.options", "hv.app.launch.Main", "platform"));
        assertEquals(75, second.status(), "never two on one home");
        assertTrue(second.err().contains("already runs on " + home), second.err());
        Outcome stop = end(java("client.options", "hv.shell.client.ShellClient", "stop"));
        assertEquals(0, stop.status(), stop.err());
        assertTrue(platform.waitFor(20, TimeUnit.SECONDS));
        assertFalse(Files.exists(home.resolve("run/shell.sock")) || Files.exists(home.resolve("run/ready")), "nothing is left behind");
        assertEquals(69, shell("hv:list").status());
    }

    @Test
    void gdbIsOfferedAndTakenBack() throws Exception {
        start();
        said("hv:create --guest tiny --memory 32M one");
        said("hv:start one");
        assertEquals("none: hv:gdb MACHINE opens one\n", said("hv:gdb"));
        Path socket = temporary.resolve("gdb.sock");
        assertTrue(said("hv:gdb --listen unix:" + socket + " one").contains("gdb-multiarch -ex 'target remote " + socket + "'"));
        assertTrue(Files.exists(socket));
        assertTrue(said("hv:gdb").contains("one"));
        for (String wrong : List.of("hv:gdb --listen nowhere one", "hv:gdb two", "hv:gdb --map x one", "hv:gdb --symbols s one", "hv:gdb --hold one")) {
            Outcome refused = shell(wrong);
            assertEquals(1, refused.status(), wrong);
            assertEquals(1, refused.err().lines().count(), wrong + ": " + refused.err());
        }
        said("hv:gdb --off one");
        assertFalse(Files.exists(socket));
        said("hv:destroy one");
    }

    @Test
    void machinesLiveOverGogoAndTheirDefinitionsSurviveARestart() throws Exception {
        start();
        said("hv:create --guest tiny --memory 32M one");
        assertTrue(said("hv:list").contains("CREATED"));
        said("hv:start one");
        assertTrue(said("hv:info one").contains("RUNNING"));
        said("hv:pause one");
        assertTrue(said("hv:info one").contains("PAUSED"));
        said("hv:resume one");
        assertTrue(said("hv:parts one").contains("uart0"));
        assertTrue(said("hv:exits one").contains("COUNT"));
        said("hv:save one saved.hv");
        said("hv:destroy one");
        assertTrue(said("hv:restore saved.hv").contains("one RUNNING"));
        said("hv:reset one");
        said("hv:stop --grace 20 one");
        assertTrue(said("hv:info one").contains("STOPPED"));
        Outcome twice = shell("hv:create --guest tiny one");
        assertEquals(1, twice.status());
        assertEquals(1, twice.err().lines().count(), twice.err());
        end(java("client.options", "hv.shell.client.ShellClient", "stop"));
        assertTrue(platform.waitFor(20, TimeUnit.SECONDS));
        start();
        assertTrue(said("hv:info one").contains("one CREATED"));
        said("hv:destroy one");
        assertEquals("no machines: hv:create makes one\n", said("hv:list"));
        try (Stream<Path> left = Files.list(home.resolve("machines"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void aJarInDeployReplacesAPartUnderARunningGuest() throws Exception {
        start();
        said("hv:create --guest tiny one");
        said("hv:start one");
        String before = said("hv:parts");
        Path jar = home.resolve("deploy/.scheduler.jar");
        repack(DIST.resolve("bundle/hv.scheduler.credit.jar"), jar);
        Files.move(jar, home.resolve("deploy/scheduler.jar"), StandardCopyOption.ATOMIC_MOVE);
        await("hv:deployments", "took over 1 part");
        assertFalse(before.equals(said("hv:parts")));
        assertTrue(said("hv:info one").contains("RUNNING"));
        Files.copy(DIST.resolve("bundle/hv.api.jar"), home.resolve("deploy/api.jar"));
        await("hv:deployments", "api.jar: refused: contains classes of hv.api");
        Files.delete(home.resolve("deploy/scheduler.jar"));
        String policy = before.lines().filter(line -> line.startsWith("policy")).findFirst().orElseThrow().split(" +")[3];
        await("hv:parts", policy);
        assertEquals("no faults\n", said("hv:health"));
    }

    @Test
    void theTutorialsCommandsPutAPolicyUnderARunningGuest() throws Exception {
        Path mvn = Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, "mvn")).filter(Files::isExecutable).findFirst().orElse(null);
        Assumptions.assumeTrue(mvn != null, "no mvn on the path");
        Path folder = temporary;
        int commands = 0;
        for (String line : Files.readAllLines(Path.of("../doc/writing-a-scheduler.md"))) {
            if (!line.startsWith("$ ")) {
                continue;
            }
            commands++;
            String command = line.substring(2).replace("$HV_HOME", home.toString());
            String[] words = command.split(" ");
            switch (words[0] + (words[0].equals("./hv") ? " " + words[1] : "")) {
                case "./hv start" -> start();
                case "./hv shell" -> said(command.substring("./hv shell ".length()));
                case "./hv new" -> assertEquals(0, end(java("client.options", "hv.app.launch.NewProject", words[2], words[3]).directory(folder.toFile())).status());
                case "cd" -> folder = folder.resolve(words[1]);
                case "mvn" -> {
                    // Offline: what the tree was built with is there.
                    Outcome built = end(new ProcessBuilder(mvn.toString(), "-q", "-B", "-o", words[1]).directory(folder.toFile()));
                    assertEquals(0, built.status(), built.out() + built.err());
                }
                case "cp" -> Files.copy(folder.resolve(words[1]), Path.of(words[2]));
                case "mv" -> {
                    Files.move(Path.of(words[1]), Path.of(words[2]), StandardCopyOption.ATOMIC_MOVE);
                    long from = System.nanoTime();
                    await("hv:scheduler", "fair-share   schedules");
                    System.out.println("a new policy scheduled after " + (System.nanoTime() - from) / 1_000_000 + " ms, as the shell tells");
                    assertTrue(said("hv:info one").contains("RUNNING"));
                }
                case "rm" -> {
                    Files.delete(Path.of(words[1]));
                    await("hv:scheduler", "credit       schedules");
                }
                default -> throw new AssertionError("the test does not know how to run: " + command);
            }
        }
        assertTrue(commands > 8, commands + " commands");
        assertTrue(said("hv:info one").contains("RUNNING"));
        assertEquals("no faults\n", said("hv:health"));
    }

    private void await(String command, String part) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String last = said(command);
        while (!last.contains(part)) {
            assertTrue(System.nanoTime() < deadline, last);
            last = said(command);
        }
    }

    /** The same bundle with one entry more, so that its content is another. */
    private static void repack(Path from, Path to) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from)); ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                in.transferTo(out);
            }
            out.putNextEntry(new ZipEntry("repacked.txt"));
        }
    }

    @Test
    void aScriptIsTypedAndWhatTheGuestPrintsIsPrinted() throws Exception {
        Path script = Files.writeString(temporary.resolve("script"), "echo good morning\nsum 1000\npoweroff\n");
        Outcome outcome = run("--guest", "tiny", "--script", script.toString());
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("\ngood morning"), outcome.out());
        assertEquals("", outcome.err());
        Path without = Files.writeString(temporary.resolve("without"), "echo no power-off\n");
        Outcome stopped = run("--guest", "tiny", "--script", without.toString());
        assertEquals(0, stopped.status(), stopped.err());
        assertTrue(stopped.err().contains("stopping tiny"), stopped.err());
    }

    @Test
    void pipedInputWaitsForTheGuestAndItsEndIsTheEnd() throws Exception {
        Path input = Files.writeString(temporary.resolve("input"), "echo good morning\necho and good night\n");
        Outcome outcome = end(java("jvm.options", "hv.app.launch.Main", "run", "--guest", "tiny").redirectInput(input.toFile()));
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().contains("\ngood morning") && outcome.out().contains("\nand good night"), outcome.out());
        assertTrue(outcome.err().contains("stopping tiny"), outcome.err());
        start();
        Outcome client = end(java("client.options", "hv.shell.client.ShellClient", "run", "--guest", "tiny").redirectInput(input.toFile()));
        assertEquals(0, client.status(), client.err());
        assertTrue(client.out().contains("\nand good night") && client.out().contains("stopping tiny"), client.out());
    }

    /** A session from within this process, on a terminal of the given type, "" for none: waits for each text and types what follows it. @return all that the terminal was sent, and the status */
    private Outcome talk(String type, String command, List<String> arguments, String... seenAndTyped) throws Exception {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(home.resolve("run/shell.sock")))) {
            Frames frames = new Frames(channel, channel);
            frames.hello(new Hello(type, 80, 24, temporary.toString(), command, arguments));
            StringBuilder out = new StringBuilder();
            int from = 0;
            int step = 0;
            for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
                if (frame.type() == Type.EXIT) {
                    assertEquals(seenAndTyped.length, step, "ended early: " + out + Frames.exit(frame.payload()));
                    return new Outcome(Frames.exit(frame.payload()).status(), out.toString(), Frames.exit(frame.payload()).message());
                }
                out.append(new String(frame.payload(), StandardCharsets.UTF_8));
                if (step < seenAndTyped.length && out.indexOf(seenAndTyped[step], from) >= 0) {
                    from = out.length();
                    frames.write(Type.INPUT, seenAndTyped[step + 1].getBytes(StandardCharsets.UTF_8));
                    step += 2;
                }
            }
            throw new IOException("no exit status; it said " + out);
        }
    }

    @Test
    void whoLeavesTheShellOrAConsoleLeavesThePlatformRunning() throws Exception {
        start();
        assertEquals(0, talk("xterm", "", List.of(), "hv> ", "exit 0\r").status());
        assertEquals(3, shell("exit 3").status());
        Outcome run = talk("xterm", "hv:run $arg1 $arg2 $arg3 $arg4", List.of("--guest", "tiny", "--name", "t2"), "tiny> ", "\u001d");
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("tiny> \r\nhv: t2 goes on"), run.out());
        Outcome console = talk("xterm", "hv:console t2", List.of(), "Ctrl-] leaves it", "\r", "tiny> ", "\u001d");
        assertEquals(0, console.status(), console.err());
        assertTrue(said("hv:stop t2").contains("asking t2 to power off"));
        assertFalse(said("hv:status").contains("not active"));
    }

    @Test
    void oneCommandOnATerminalHasTheTerminal() throws Exception {
        Path script = Path.of("/usr/bin/script");
        Assumptions.assumeTrue(Files.isExecutable(script), "needs util-linux's script for a terminal of its own");
        start();
        said("hv:create --guest tiny one");
        said("hv:start one");
        String client = java("client.options", "hv.shell.client.ShellClient", "shell", "'hv:console one'").command().stream().collect(Collectors.joining(" "));
        Path out = temporary.resolve("typescript");
        Process process = new ProcessBuilder(script.toString(), "-qfec", client + "; stty -a | grep -q ' -icanon' || echo restored", "/dev/null")
                .redirectErrorStream(true).redirectOutput(out.toFile()).start();
        typescript = process;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!text(out).contains("Ctrl-] leaves it")) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> text(out));
            LockSupport.parkNanos(20_000_000);
        }
        process.getOutputStream().write(0x1d);
        process.getOutputStream().flush();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), () -> text(out));
        assertTrue(text(out).contains("restored") && !text(out).contains("^]"), text(out));
    }

    @Test
    @Tag("full")
    void aRunInTheForegroundLeavesDefinedMachinesOut() throws Exception {
        Path machines = Files.createDirectories(home.resolve("machines"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(machines.resolve("kept.yaml"), "no description");
        Path script = Files.writeString(temporary.resolve("script"), "poweroff\n");
        assertEquals(0, run("--guest", "tiny", "--script", script.toString()).status());
        assertFalse(text(home.resolve("log/run.log")).contains("kept.yaml"), "it was not even read");
        start();
        assertTrue(text(temporary.resolve("platform.log")).contains("kept.yaml"));
    }

    @Test
    void badInputGetsOneLineAndItsStatus() throws Exception {
        Path random = temporary.resolve("random");
        byte[] noise = new byte[100_000];
        new Random(5).nextBytes(noise);
        Files.write(random, noise);
        refused(new String[][] {{"65", "--kernel", random.toString()}, {"64", "--guest", "tiny", "--memory", "17M"}});
    }

    @Test
    @Tag("full")
    void eachBadInputGetsOneLineAndItsStatus() throws Exception {
        Path empty = Files.createFile(temporary.resolve("empty"));
        refused(new String[][] {
            {"65", "--kernel", "nowhere"}, {"65", "--kernel", temporary.toString()}, {"65", "--kernel", empty.toString()},
            {"65", "--guest", "beos"}, {"65", "--guest", "tiny", "--disk", "nowhere.img"}, {"65", "--guest", "tiny", "--script", "nowhere"},
            {"64", "--guest", "tiny", "--memory", "lots"}, {"64", "--frobnicate"}, {"64", "--guest", "tiny", "--name", "../x"},
        });
    }

    private void refused(String[][] wrong) throws Exception {
        for (String[] arguments : wrong) {
            Outcome outcome = run(java.util.Arrays.copyOfRange(arguments, 1, arguments.length));
            assertEquals(Integer.parseInt(arguments[0]), outcome.status(), String.join(" ", arguments) + ": " + outcome.err());
            assertEquals(1, outcome.err().lines().count(), outcome.err());
            assertTrue(outcome.err().startsWith("hv: "), outcome.err());
        }
    }

    @Test
    void aTermSignalStopsTheGuestAndLeavesNothing() throws Exception {
        Path out = temporary.resolve("out");
        Process process = java("jvm.options", "hv.app.launch.Main", "run", "--guest", "tiny").redirectErrorStream(true).redirectOutput(out.toFile()).start();
        platform = process;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!text(out).contains("tiny> ")) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> text(out));
            LockSupport.parkNanos(20_000_000);
        }
        process.destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(143, process.exitValue());
        assertTrue(text(out).contains("hv: stopping tiny"), text(out));
        assertFalse(Files.exists(home.resolve("run/ready")) || Files.exists(home.resolve("run/shell.sock")), "nothing is left behind");
    }
}
