package hv.images;

import hv.images.internal.QemuTree;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code qemu-system-riscv64} of this host for comparisons: found, or fetched from Debian. Any thread; {@link #fetch} blocks for minutes.
 *
 * @param program what to start; it may be a script that starts the real one in its place
 * @param version as it says itself, for example "10.0.2"
 */
public record HostQemu(Path program, String version) {
    private static final Pattern VERSION = Pattern.compile("QEMU emulator version ([0-9]+(?:\\.[0-9]+)*)");
    private static final int SECONDS = 20;

    /** That program. @throws ImageException it does not run; says why */
    public static HostQemu of(Path program) throws ImageException {
        try {
            Process p = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
            p.getOutputStream().close();
            String said = new String(p.getInputStream().readNBytes(4000), StandardCharsets.UTF_8);
            Matcher m = VERSION.matcher(said);
            if (!p.waitFor(SECONDS, TimeUnit.SECONDS) || !m.find()) {
                p.destroyForcibly();
                throw new ImageException(program + " is no QEMU that runs: " + said.lines().findFirst().orElse("it says nothing"));
            }
            return new HostQemu(program, m.group(1));
        } catch (IOException e) {
            throw new ImageException(program + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted while " + program + " said its version", e);
        }
    }

    /** The first number of the version. */
    public int major() {
        return Integer.parseInt(version.split("\\.")[0]);
    }

    /**
     * What the variable {@code HV_QEMU} names, of whatever version; else the first of at least that version: what was fetched, then what the search path has.
     *
     * @throws ImageException {@code HV_QEMU} names one that does not run
     */
    public static Optional<HostQemu> find(int major, ImageSettings settings) throws ImageException {
        return find(major, settings, System::getenv);
    }

    static Optional<HostQemu> find(int major, ImageSettings settings, UnaryOperator<String> environment) throws ImageException {
        String named = environment.apply("HV_QEMU");
        if (named != null && !named.isBlank()) {
            return Optional.of(of(Path.of(named.strip())));
        }
        List<Path> candidates = new ArrayList<>(List.of(QemuTree.launcher(settings)));
        String path = environment.apply("PATH");
        for (String folder : (path == null ? "" : path).split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                candidates.add(Path.of(folder, "qemu-system-riscv64"));
            }
        }
        for (Path p : candidates) {
            if (Files.isRegularFile(p) && Files.isExecutable(p)) {
                HostQemu q = of(p);
                if (q.major() >= major) {
                    return Optional.of(q);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * {@link #find}, or else Debian's, with all libraries that it needs down to the C library, unpacked into the cache: nothing is installed, and the
     * host's own libraries are not used. Of the suite and its backports it is the newest of exactly that first number, so that comparisons stay the same.
     *
     * @throws ImageException none is found, and none can be fetched; says why
     */
    public static HostQemu fetch(int major, ImageSettings settings, Progress progress) throws ImageException {
        Optional<HostQemu> found = find(major, settings);
        if (found.isPresent()) {
            return found.get();
        }
        HostQemu fetched = of(QemuTree.fetch(major, settings, progress));
        if (fetched.major() < major) {
            throw new ImageException("the mirror's QEMU is " + fetched.version() + ", and " + major + " is asked for: name one by HV_QEMU");
        }
        return fetched;
    }
}
