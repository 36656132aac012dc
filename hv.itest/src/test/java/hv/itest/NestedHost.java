package hv.itest;

import hv.api.machine.Hypervisor;
import hv.api.machine.MachineSpec;
import hv.images.GuestImage;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.InitramfsBuilder;
import hv.images.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A host with /dev/kvm where there is none: QEMU's emulated AMD CPU with SVM and nested paging, with the catalog's Debian for x86-64 as the host's system. To
 * its initial RAM disk an archive is appended: a Java runtime (jlink), the C library of this host, the distribution, and classes of tests. Its first process
 * loads KVM and runs one of the programs below.
 */
final class NestedHost {
    /** Last line of a program that passed. */
    static final String PASSED = "nested: passed";
    private static final String QEMU = "qemu-system-x86_64";
    private static final String MODULES = "java.se,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs";
    private static final int JLINK_SECONDS = 180;
    private static final long BEGUN = System.nanoTime();
    private final Path folder;
    private final GuestImage debian;
    private Path initrd;

    /** Skips the test by name where something lacks. */
    NestedHost(Path folder) {
        this.folder = folder;
        Assumptions.assumeTrue(HostProgram.find(QEMU).isPresent(), "needs " + QEMU + " (qemu-system-x86)");
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "needs a Java runtime for x86-64");
        Assumptions.assumeTrue(Files.isExecutable(tool("jlink")), "needs a JDK with jlink");
        Distribution.assumeBuilt();
        try {
            debian = new Images(ImageSettings.fromEnvironment()).get("debian-x86-64", Progress.NONE);
        } catch (ImageException e) {
            throw new org.opentest4j.TestAbortedException("needs the Debian guest for x86-64: " + e.getMessage());
        }
    }

    private static Path tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    /** @return what the nested host printed: the program's lines among the kernels' */
    List<String> run(int seconds, Class<?> program, String... arguments) throws Exception {
        if (initrd == null) {
            initrd = build();
        }
        Path log = folder.resolve(program.getSimpleName() + ".log");
        Process qemu = new ProcessBuilder(QEMU, "-machine", "q35", "-accel", "tcg", "-cpu", "EPYC,+svm,+npt", "-m", "2560", "-nographic", "-no-reboot", "-nic", "none",
                "-kernel", debian.kernel().toString(), "-initrd", initrd.toString(),
                "-append", "console=ttyS0 quiet loglevel=3 rdinit=/nested/init main=" + program.getName() + " arguments=" + String.join(",", arguments))
                .redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).redirectOutput(log.toFile()).start();
        try {
            boolean ended = qemu.waitFor(seconds, TimeUnit.SECONDS);
            List<String> lines = Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
            if (!ended) {
                throw new AssertionError("the nested host did not end within " + seconds + " s; it printed:\n" + tail(lines));
            }
            return lines;
        } finally {
            qemu.destroyForcibly();
        }
    }

    static String tail(List<String> lines) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 100), lines.size()));
    }

    private Path build() throws Exception {
        InitramfsBuilder root = new InitramfsBuilder();
        try (var in = NestedHost.class.getResourceAsStream("/hv/itest/nested/init")) {
            root.file("nested/init", 0755, in.readAllBytes());
        }
        add(root, "nested/jre", runtime());
        for (Path library : libraries()) {
            root.file((library.getFileName().toString().startsWith("ld-") ? "lib64/" : "nested/lib/") + library.getFileName(), 0755, library);
        }
        // As in the source tree, so that tests find their way there.
        add(root, "nested/hv.app/target/hv/bundle", Path.of("../hv.app/target/hv/bundle"));
        add(root, "nested/hv.api/target/classes", Path.of("../hv.api/target/classes"));
        for (String classes : List.of("../hv.engine.kvm/target/test-classes", "../hv.testkit/target/classes", "target/test-classes")) {
            add(root, "nested/hv.itest/target/test-classes", Path.of(classes));
        }
        for (Path jar : testLibraries()) {
            root.file("nested/hv.itest/lib/" + jar.getFileName(), 0644, jar);
        }
        root.file("nested/guest/kernel", 0644, debian.kernel());
        root.file("nested/guest/initrd", 0644, debian.initrd());
        root.file("nested/guest/commandline", 0644, debian.defaultCommandLine());
        Path out = folder.resolve("nested.initrd");
        try (OutputStream to = Files.newOutputStream(out)) {
            long size = Files.copy(debian.initrd(), to);
            // The kernel looks for the next archive at a multiple of 4.
            to.write(new byte[(int) (-size & 3)]);
            root.writeCpio(to);
        }
        return out;
    }

    private static void add(InitramfsBuilder root, String at, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path f : files.filter(Files::isRegularFile).toList()) {
                root.file(at + "/" + folder.relativize(f), Files.isExecutable(f) ? 0755 : 0644, f);
            }
        }
    }

    private Path runtime() throws Exception {
        Path jre = folder.resolve("jre");
        Process jlink = new ProcessBuilder(tool("jlink").toString(), "--add-modules", MODULES, "--strip-debug", "--no-man-pages", "--no-header-files", "--generate-cds-archive",
                "--output", jre.toString()).redirectErrorStream(true).redirectOutput(folder.resolve("jlink.log").toFile()).start();
        if (!jlink.waitFor(JLINK_SECONDS, TimeUnit.SECONDS) || jlink.exitValue() != 0) {
            throw new AssertionError("jlink failed: " + Files.readString(folder.resolve("jlink.log")));
        }
        return jre;
    }

    /** The C library's files, which this process has mapped. */
    private static List<Path> libraries() throws IOException {
        TreeSet<Path> out = new TreeSet<>();
        try (BufferedReader maps = Files.newBufferedReader(Path.of("/proc/self/maps"))) {
            for (String line = maps.readLine(); line != null; line = maps.readLine()) {
                int at = line.indexOf('/');
                if (at > 0 && line.contains(".so") && !line.contains(System.getProperty("java.home")) && !line.contains("(deleted)")) {
                    out.add(Path.of(line.substring(at)));
                }
            }
        }
        return List.copyOf(out);
    }

    /** JUnit and Felix, as this process has them. */
    private static List<Path> testLibraries() throws Exception {
        List<Path> out = new ArrayList<>();
        for (String c : List.of("org.junit.jupiter.api.Test", "org.junit.jupiter.engine.JupiterTestEngine", "org.junit.platform.commons.JUnitException",
                "org.junit.platform.engine.TestEngine", "org.junit.platform.launcher.Launcher", "org.opentest4j.AssertionFailedError", "org.osgi.framework.launch.FrameworkFactory",
                "org.osgi.service.component.ComponentContext")) {
            out.add(Path.of(Class.forName(c).getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        return out;
    }

    /** In the nested host: a machine with the Debian that was put there. */
    static MachineSpec spec(String name, int vcpus) throws IOException {
        Path guest = Path.of("/nested/guest");
        return MachineSpec.named(name, guest.resolve("kernel")).withBoard("x86-virt").withInitrd(guest.resolve("initrd")).withMemory(256 * MachineSpec.MIB).withVcpus(vcpus)
                .withCommandLine(Files.readString(guest.resolve("commandline")) + " quiet");
    }

    /** In the nested host: a line for the report. */
    static void say(String what) {
        System.out.printf("nested: %.1f s: %s%n", (System.nanoTime() - BEGUN) / 1e9, what);
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** In the nested host: nothing has failed but by slowness, which is the emulated CPU's: a policy's call may take longer than it is given there. */
    static void checkHealth(Hypervisor hypervisor) {
        List<String> faults = hypervisor.health().stream().filter(f -> !f.contains("did not return within")).toList();
        check(faults.isEmpty(), "no faults: " + faults);
    }

    /** In the nested host: runs a program, and says whether it passed; threads that it left do not hold the end up. */
    public static void main(String[] arguments) {
        try {
            Class.forName(arguments[0]).getDeclaredMethod("main", String[].class).invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
            System.out.println(PASSED);
        } catch (ReflectiveOperationException e) {
            (e instanceof InvocationTargetException thrown ? thrown.getCause() : e).printStackTrace(System.out);
        }
        System.exit(0);
    }
}
