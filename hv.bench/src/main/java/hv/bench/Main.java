package hv.bench;

import hv.bench.internal.Bench;
import hv.bench.internal.BenchException;
import hv.bench.internal.Settings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./hv bench}. Exit status: 0 measured, 1 a check value is wrong or a measurement failed, 64 wrong usage, 69 nothing could be measured here. */
@Command(name = "hv bench", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures the platform, and a QEMU beside it, on the same guest. That QEMU is the one that the variable HV_QEMU names, else the one that was "
                + "fetched into the cache, else the installed one; the report says which.",
        footer = {"", "Names: @|bold suite|@ (all programs of guest-bench), or one of its programs; @|bold intloop|@ (guest instructions a second); "
                + "@|bold boot|@, @|bold alloc|@, @|bold rss|@, @|bold idle|@, @|bold clock|@, @|bold smp|@ (how two harts scale), @|bold net|@ (TCP through passt), "
                + "@|bold decisions|@ (what a scheduling policy takes), @|bold shares|@ (whether weights and caps are met). Without names: all."})
public final class Main implements Callable<Integer> {
    private static final int USAGE = 64;

    @Parameters(paramLabel = "NAME", description = "what to measure")
    private final List<String> names = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "N", description = "runs of each engine, in alternating order; medians count (default: ${DEFAULT-VALUE})")
    private int runs = 3;

    @Option(names = "--bscale", paramLabel = "PERCENT", description = "work of the programs, in percent of guest-bench's (default: ${DEFAULT-VALUE})")
    private int scale = 10;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "of one run of one engine (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds = 900;

    @Option(names = "--fetch-qemu", description = "where no QEMU 10 or later is found, fetch Debian's into the cache (some 90 packages; nothing is installed)")
    private boolean fetchQemu;

    @Option(names = "--json", paramLabel = "FILE", description = "write the report to this file, too")
    private Path json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.setParameterExceptionHandler((e, _) -> {
            System.err.println("hv: " + e.getMessage() + " (./hv bench --help shows the options)");
            return USAGE;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        check("--runs", runs, 1, 100);
        check("--bscale", scale, 1, 10_000);
        check("--timeout", timeoutSeconds, 1, 86_400);
        for (String name : names) {
            if (!Bench.names().contains(name)) {
                throw new ParameterException(spec.commandLine(), "there is no benchmark " + name + ": use " + String.join(", ", Bench.names()));
            }
        }
        if (json != null && (Files.isDirectory(json) || !Files.isDirectory(json.toAbsolutePath().getParent()))) {
            throw new ParameterException(spec.commandLine(), "--json " + json + ": name a file in a folder that exists");
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Settings settings = new Settings(runs, scale, Duration.ofSeconds(timeoutSeconds), fetchQemu, line -> System.err.println("hv: " + line));
        try {
            return Bench.run(settings, names, Optional.ofNullable(json), out);
        } catch (BenchException e) {
            System.err.println("hv: " + e.getMessage());
            return 1;
        }
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(spec.commandLine(), option + " " + value + ": use " + least + " to " + most);
        }
    }
}
