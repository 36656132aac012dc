package hv.images.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.DiskSpec;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.images.ImageException;
import hv.images.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.stream.Collectors;

/** The guest that makes a disk: runs it to its end, tells of its progress by what it prints, and keeps all of that in a log. Used by one thread. */
final class DiskGuest {
    private static final String MARK = "hv-build: ";
    private static final long MEMORY_BYTES = 512 * MachineSpec.MIB;
    /** Without a line for this long the guest hangs: the longest package takes a tenth of it on a busy host. */
    private static final long SILENCE_NANOS = Duration.ofMinutes(15).toNanos();
    private static final int MAX_LINE_BYTES = 4096;
    private static final long MAX_LOG_BYTES = 16 << 20;
    private static final int TOLD_LINES = 3;

    private final Hypervisor hypervisor;
    private final Path log;
    private final int packages;
    private final Progress progress;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private long loggedBytes;
    private String phase = "starting the guest that makes the disk";
    private int configured;
    private String end;

    /** @param packages how many are to be configured */
    DiskGuest(Hypervisor hypervisor, Path log, int packages, Progress progress) {
        this.hypervisor = hypervisor;
        this.log = log;
        this.packages = packages;
        this.progress = progress;
    }

    void run(Path kernel, Path initrd, Path disk, Path archive) throws ImageException, IOException {
        progress.report(phase, 0, -1);
        Set<String> taken = hypervisor.machines().stream().map(Machine::name).collect(Collectors.toSet());
        String name = "image-build";
        for (int n = 2; taken.contains(name); n++) {
            name = "image-build-" + n;
        }
        MachineSpec spec = MachineSpec.named(name, kernel).withInitrd(initrd).withMemory(MEMORY_BYTES).withCommandLine("console=ttyS0 quiet cryptomgr.notests")
                .withDisk(DiskSpec.raw(disk)).withDisk(new DiskSpec(archive, "raw", true, DiskSpec.VIRTIO));
        try {
            Machine machine = hypervisor.create(spec);
            try {
                watch(machine);
            } finally {
                hypervisor.destroy(machine.name());
            }
        } catch (HvException e) {
            throw new ImageException("the guest that makes the disk cannot run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("the making of the disk was interrupted; nothing is left of it", e);
        }
        if (!"done".equals(end)) {
            throw new ImageException("the disk cannot be made: " + (end == null ? "its guest ended while " + phase : end.replaceFirst("^failed: ", ""))
                    + " (" + String.join(" | ", last) + "); all it printed is in " + log);
        }
    }

    private void watch(Machine machine) throws HvException, InterruptedException, IOException {
        byte[] bytes = new byte[8192];
        try (Console.Session session = machine.console().attach(); OutputStream out = Files.newOutputStream(log)) {
            machine.start();
            while (end == null) {
                int n = session.read(bytes, 0, bytes.length, SILENCE_NANOS);
                if (n < 0) {
                    break;
                }
                if (n == 0) {
                    end = "failed: its guest printed nothing for " + Duration.ofNanos(SILENCE_NANOS).toMinutes() + " minutes while " + phase;
                    return;
                }
                if (loggedBytes < MAX_LOG_BYTES) {
                    out.write(bytes, 0, n);
                    loggedBytes += n;
                }
                for (int i = 0; i < n; i++) {
                    take(bytes[i]);
                }
            }
            // The disk is whole when the guest has written all and powered off.
            if ("done".equals(end) && (!machine.awaitEnd(Duration.ofMinutes(2)) || machine.state() != MachineState.STOPPED)) {
                end = "failed: its guest did not power off";
            }
            if (machine.state() == MachineState.FAILED) {
                end = "failed: " + machine.info().detail();
            }
        }
    }

    private void take(byte b) {
        if (b != '\n') {
            if (b != '\r' && line.size() < MAX_LINE_BYTES) {
                line.write(b);
            }
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8).replaceAll("[^\\x20-\\x7e]", "?");
        line.reset();
        if (text.startsWith(MARK + "phase ")) {
            phase = text.substring((MARK + "phase ").length());
            progress.report(phase, 0, -1);
        } else if (text.startsWith(MARK)) {
            end = text.substring(MARK.length());
        } else if (!text.isBlank()) {
            last.add(text);
            if (last.size() > TOLD_LINES) {
                last.remove();
            }
            if (text.startsWith("Setting up ")) {
                progress.report(phase, Math.min(++configured, packages), packages);
            }
        }
    }
}
