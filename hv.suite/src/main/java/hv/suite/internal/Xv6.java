package hv.suite.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.DiskSpec;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** xv6-riscv: boots as on QEMU's virt machine with {@code -bios none}, and runs its own user tests at its own shell. */
public final class Xv6 {
    private static final long MEMORY_BYTES = 128 * MachineSpec.MIB;
    private static final Duration BOOT = Duration.ofSeconds(60);

    private final Hypervisor hypervisor;
    private final Map<String, String> settings;
    private final PrintStream out;
    private final StringBuilder printed = new StringBuilder();

    /** @param settings of the machine, as for {@code ./hv run --set} */
    public Xv6(Hypervisor hypervisor, Map<String, String> settings, PrintStream out) {
        this.hypervisor = hypervisor;
        this.settings = settings;
        this.out = out;
    }

    /**
     * @param folder  where it was built
     * @param command for its shell
     * @return whether it ended with what the tests print when all is well
     * @throws HvException there is nothing to run, or the machine cannot be made
     */
    public boolean run(Path folder, int cpus, String command, Duration limit) throws HvException, InterruptedException {
        Path kernel = built(folder, "kernel/kernel");
        Path image = built(folder, "fs.img");
        Path disk = null;
        try {
            // The tests write to it; the user's own stays as it was built.
            disk = Files.copy(image, Files.createTempFile("hv-xv6-", ".img"), StandardCopyOption.REPLACE_EXISTING);
            MachineSpec spec = new MachineSpec("xv6", "riscv-virt", MEMORY_BYTES, cpus, null, kernel, null, "", List.of(DiskSpec.raw(disk)), List.of(), settings)
                .withKernelAsFirmware();
            Machine machine = hypervisor.create(spec);
            try {
                boolean passed = play(machine, cpus, command, limit);
                out.println();
                out.println(passed ? "xv6: all tests passed" : "xv6: FAILED; its machine is " + machine.state().name().toLowerCase(java.util.Locale.ROOT)
                    + (machine.info().detail().isEmpty() ? "" : ": " + machine.info().detail()));
                return passed;
            } finally {
                hypervisor.destroy(machine.name());
            }
        } catch (IOException e) {
            throw new SuiteException("cannot copy " + image + ": " + e.getMessage(), e);
        } finally {
            if (disk != null) {
                disk.toFile().delete();
            }
        }
    }

    private static Path built(Path folder, String name) throws SuiteException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new SuiteException(file + ": no such file; build xv6-riscv first, see --help");
        }
        return file;
    }

    private boolean play(Machine machine, int cpus, String command, Duration limit) throws HvException, InterruptedException {
        try (Console.Session console = machine.console().attach()) {
            machine.start();
            String notFound = "exec " + command.split(" ", 2)[0] + " failed";
            if (!await(console, BOOT, notFound, "init: starting sh", "$ ")) {
                out.println("xv6 does not come to its shell within " + BOOT.toSeconds() + " s");
                return false;
            }
            for (int hart = 1; hart < cpus; hart++) {
                if (printed.indexOf("hart " + hart + " starting") < 0) {
                    out.println("hart " + hart + " did not start");
                    return false;
                }
            }
            byte[] line = (command + "\n").getBytes(StandardCharsets.UTF_8);
            console.write(line, 0, line.length);
            return await(console, limit, notFound, "ALL TESTS PASSED");
        }
    }

    /** Prints what comes until all of the texts did, in their order; false if xv6 ends, panics, finds no such program, says that a test failed, or the time is over. */
    private boolean await(Console.Session console, Duration limit, String notFound, String... texts) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        byte[] chunk = new byte[4096];
        int from = printed.length();
        int k = 0;
        for (;;) {
            int at = printed.indexOf(texts[k], from);
            if (at >= 0) {
                from = at + texts[k].length();
                if (++k == texts.length) {
                    return true;
                }
                continue;
            }
            int panic = printed.indexOf("panic:");
            if (panic >= 0 && printed.indexOf("\n", panic) >= 0 || printed.indexOf("SOME TESTS FAILED") >= 0 || printed.indexOf(notFound) >= 0) {
                return false;
            }
            long left = end - System.nanoTime();
            int n = left <= 0 ? -1 : console.read(chunk, 0, chunk.length, left);
            if (n <= 0) {
                return false;
            }
            String text = new String(chunk, 0, n, StandardCharsets.UTF_8);
            printed.append(text);
            out.print(text);
            out.flush();
        }
    }
}
