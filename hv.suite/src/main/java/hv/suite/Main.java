package hv.suite;

import hv.api.HvException;
import hv.machine.Platform;
import hv.suite.internal.RiscvTests;
import hv.suite.internal.Xv6;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./hv suite}. Exit status: 0 all passed, 1 something failed, 64 wrong usage, 69 there is nothing to run. */
@Command(name = "hv suite", usageHelpAutoWidth = true, synopsisSubcommandLabel = "SUITE",
        description = "Runs other people's test suites, which you build yourself, on machines of the platform.",
        footer = {"", "Each suite has its own help: ./hv suite riscv-tests --help"})
public final class Main implements Runnable {
    private static final int FAILED = 1;
    private static final int USAGE = 64;
    private static final int NOTHING_TO_RUN = 69;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.setParameterExceptionHandler((e, _) -> {
            System.err.println("hv: " + e.getMessage() + " (./hv suite --help shows what there is)");
            return USAGE;
        });
        System.exit(line.execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a suite: riscv-tests or xv6");
    }

    private interface Suite {
        boolean run(Platform platform, PrintStream out) throws HvException, InterruptedException;
    }

    private static int on(CommandSpec spec, Path folder, Suite suite) throws InterruptedException {
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(spec.commandLine(), folder + " is no folder: name the one where you built the suite");
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (Platform platform = Platform.embedded()) {
            return suite.run(platform, out) ? 0 : FAILED;
        } catch (HvException e) {
            System.err.println("hv: " + e.getMessage());
            return NOTHING_TO_RUN;
        }
    }

    @Command(name = "riscv-tests", sortOptions = false, usageHelpAutoWidth = true,
            description = "The instruction tests of riscv-tests (RV64; in physical and in virtual memory), each in a machine of its own. Those of extensions that harts "
                + "do not have are skipped by name.",
            footer = {"", "What to get: the repository riscv-software-src/riscv-tests with its submodule env (riscv/riscv-test-env), and a GCC for riscv64, such as Debian's "
                + "gcc-riscv64-linux-gnu. It is usually built by running make in the folder isa, with RISCV_PREFIX set to the compiler's prefix (riscv64-linux-gnu-), and -k where "
                + "the compiler does not know all extensions. A compiler for Linux makes position-independent code, which those in virtual memory are not: add -fno-pie -no-pie to "
                + "RISCV_GCC_OPTS. DIR is the repository, or its folder isa."})
    int riscvTests(
            @Parameters(paramLabel = "DIR", description = "where the suite was built") Path folder,
            @Option(names = "--only", paramLabel = "REGEX", defaultValue = "", description = "run programs whose names contain this, e.g. rv64mi or -v-add") String only,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the machines, e.g. strict=true") Map<String, String> settings,
            @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help") boolean shown) throws InterruptedException {
        Pattern pattern;
        try {
            pattern = Pattern.compile(only);
        } catch (PatternSyntaxException e) {
            throw new ParameterException(spec.commandLine(), "--only " + only + ": " + e.getDescription());
        }
        return on(spec, folder, (platform, out) -> new RiscvTests(platform.hypervisor(), all(settings), out).run(folder, pattern));
    }

    @Command(name = "xv6", sortOptions = false, usageHelpAutoWidth = true,
            description = "xv6-riscv in machine mode on several harts, with its disk; at its shell it runs usertests.",
            footer = {"", "What to get: the repository mit-pdos/xv6-riscv, and a GCC for riscv64, such as Debian's gcc-riscv64-linux-gnu. It is usually built by running make for the "
                + "targets kernel/kernel and fs.img. DIR is the repository; its fs.img is copied, not written to."})
    int xv6(
            @Parameters(paramLabel = "DIR", description = "where xv6-riscv was built") Path folder,
            @Option(names = "--cpus", paramLabel = "N", defaultValue = "3", description = "harts (default: ${DEFAULT-VALUE})") int cpus,
            @Option(names = "--command", paramLabel = "LINE", defaultValue = "usertests -q", description = "what to run (default: ${DEFAULT-VALUE})") String command,
            @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "1800", description = "for it to end (default: ${DEFAULT-VALUE})") int seconds,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the machine, e.g. strict=true") Map<String, String> settings,
            @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help") boolean shown) throws InterruptedException {
        if (cpus < 1 || cpus > 8 || seconds < 1) {
            throw new ParameterException(spec.commandLine(), "--cpus takes 1 to 8, --timeout at least 1");
        }
        return on(spec, folder, (platform, out) -> new Xv6(platform.hypervisor(), all(settings), out).run(folder, cpus, command, Duration.ofSeconds(seconds)));
    }

    private static Map<String, String> all(Map<String, String> settings) {
        return settings == null ? Map.of() : new LinkedHashMap<>(settings);
    }
}
