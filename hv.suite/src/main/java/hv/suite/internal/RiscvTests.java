package hv.suite.internal;

import hv.api.HvException;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.riscv.InstructionTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs of riscv-tests: each in a fresh machine, ended by HTIF. */
public final class RiscvTests {
    /** A program's name: its family, its environment (physical or virtual memory), and itself. */
    private static final Pattern NAME = Pattern.compile("(rv64([a-z0-9]+)|hypervisor(?:-svadu)?)-(p|v)-([A-Za-z0-9_-]+)");
    private static final long MEMORY_BYTES = 32 * MachineSpec.MIB;
    private static final int FILE_MAX_BYTES = 16 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Hypervisor hypervisor;
    private final Map<String, String> settings;
    private final PrintStream out;

    /** @param settings of every machine, as for {@code ./hv run --set} */
    public RiscvTests(Hypervisor hypervisor, Map<String, String> settings, PrintStream out) {
        this.hypervisor = hypervisor;
        this.settings = settings;
        this.out = out;
    }

    /** What became of a family's programs. */
    private static final class Sums {
        private int passed;
        private int failed;
        private int skipped;
    }

    /**
     * Runs those programs below {@code folder} whose names contain the pattern.
     *
     * @return whether at least one ran, and none failed
     * @throws SuiteException there is nothing to run
     */
    public boolean run(Path folder, Pattern only) throws SuiteException, InterruptedException {
        List<Path> programs = programs(folder, only);
        if (programs.isEmpty()) {
            throw new SuiteException("no programs of riscv-tests below " + folder + " (files such as isa/rv64ui-p-add)" + "; build the suite first, see --help");
        }
        Map<String, Sums> families = new TreeMap<>();
        for (Path program : programs) {
            Matcher name = NAME.matcher(program.getFileName().toString());
            name.matches();
            Sums sums = families.computeIfAbsent(name.group(1) + "-" + name.group(3), _ -> new Sums());
            String lacks = lacks(name.group(2));
            if (lacks != null) {
                sums.skipped++;
                out.println("skipped  " + name.group() + ": " + lacks);
                continue;
            }
            long from = System.nanoTime();
            String fault = outcome(program);
            out.printf(Locale.ROOT, "%s  %s  %.3f s%s%n", fault == null ? "passed " : "FAILED ", name.group(), (System.nanoTime() - from) / 1e9,
                fault == null ? "" : ": " + fault);
            if (fault == null) {
                sums.passed++;
            } else {
                sums.failed++;
            }
        }
        return sum(families);
    }

    private boolean sum(Map<String, Sums> families) {
        Sums all = new Sums();
        out.println();
        families.forEach((family, s) -> {
            out.printf(Locale.ROOT, "%-16s %3d passed, %d failed, %d skipped%n", family, s.passed, s.failed, s.skipped);
            all.passed += s.passed;
            all.failed += s.failed;
            all.skipped += s.skipped;
        });
        out.printf(Locale.ROOT, "%-16s %3d passed, %d failed, %d skipped%n", "all", all.passed, all.failed, all.skipped);
        return all.failed == 0 && all.passed > 0;
    }

    private static List<Path> programs(Path folder, Pattern only) throws SuiteException {
        try (Stream<Path> files = Files.walk(folder, 4)) {
            return files.filter(Files::isRegularFile).filter(f -> NAME.matcher(f.getFileName().toString()).matches())
                .filter(f -> only.matcher(f.getFileName().toString()).find()).filter(RiscvTests::isProgram).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new SuiteException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isProgram(Path file) {
        try (var in = Files.newInputStream(file)) {
            return ElfSymbols.isRiscv64(in.readNBytes(64));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What harts lack for a family, for people; null if it is to be run. */
    static String lacks(String family) {
        if (family == null) {
            return "harts have no hypervisor extension";
        }
        if (family.matches("[ms]i|u[imafdc]")) {
            return null;
        }
        String extension = family.substring(1);
        // The family of cache block operations is called after what its extensions have in common.
        boolean has = InstructionTable.get().extensions().stream().map(e -> e.toLowerCase(Locale.ROOT)).anyMatch(e -> e.startsWith(extension));
        return has ? null : "harts have no " + Character.toUpperCase(extension.charAt(0)) + extension.substring(1);
    }

    /** Null if it passed, else why not. */
    private String outcome(Path program) throws InterruptedException {
        try {
            if (Files.size(program) > FILE_MAX_BYTES) {
                return "the file has more than " + FILE_MAX_BYTES + " bytes";
            }
            long tohost = ElfSymbols.find(Files.readAllBytes(program), "tohost");
            if (tohost < 0) {
                return "the program has no symbol tohost";
            }
            MachineSpec spec = new MachineSpec("riscv-test", HtifBoardFactory.TYPE, MEMORY_BYTES, 1, program, null, null, "", List.of(), List.of(), settings)
                .withSetting(HtifBoardFactory.TOHOST, Long.toHexString(tohost));
            Machine machine = hypervisor.create(spec);
            try {
                machine.start();
                if (!machine.awaitEnd(LIMIT)) {
                    return "does not end within " + LIMIT.toSeconds() + " s";
                }
                return machine.state() == MachineState.STOPPED ? null : detail(machine.info().detail());
            } finally {
                hypervisor.destroy(machine.name());
            }
        } catch (IOException | HvException e) {
            return e.getMessage();
        }
    }

    /** The exit code of these programs is the number of the test in them that failed; those in virtual memory add what trapped. */
    private static String detail(String detail) {
        return detail.startsWith("htif: exit ") ? "test " + detail.substring("htif: exit ".length()) : detail;
    }
}
