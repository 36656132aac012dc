package hv.bench.internal;

import com.sun.management.ThreadMXBean;
import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.machine.Platform;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * The process in which machines of ours are measured: an embedding program. Its arguments are those of a {@link Guest}, and whether it is to record
 * allocations; it starts the machine {@link Engine#FIRST}, and more on demand. It ends with its input, or when the first machine ends.
 */
public final class MachineHost {
    /** Threads that run vCPUs, as hv.machine names them. */
    private static final String SLOT_THREADS = "hv-cpu-";
    private static final int MAX_LINE_BYTES = 1 << 16;
    private static final long SAMPLE_MILLIS = 100;

    private final Platform platform;
    private final Guest guest;
    private final boolean recordsAllocations;
    private final PrintStream out;
    private final Map<String, Console.Session> sessions = new ConcurrentHashMap<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private Recording recording;

    private MachineHost(Platform platform, Guest guest, boolean recordsAllocations, PrintStream out) {
        this.platform = platform;
        this.guest = guest;
        this.recordsAllocations = recordsAllocations;
        this.out = out;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.ISO_8859_1);
        Guest guest = new Guest(Path.of(args[0]), Path.of(args[1]), args[2], Integer.parseInt(args[3]), Integer.parseInt(args[5]), Boolean.parseBoolean(args[6]));
        int status = 0;
        try (Platform platform = Platform.embedded()) {
            MachineHost host = new MachineHost(platform, guest, Boolean.parseBoolean(args[4]), out);
            host.start(Engine.FIRST);
            host.serve();
        } catch (HvException e) {
            out.println("hv: " + e.getMessage());
            status = 1;
        }
        out.flush();
        System.exit(status);
    }

    private void serve() throws IOException, InterruptedException, HvException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "start" -> start(words[1]);
                    case "count" -> say(Wire.counters(words[1], counters(platform.hypervisor().machine(words[1]))));
                    case "type" -> {
                        byte[] typed = (words[2] + "\n").getBytes(StandardCharsets.UTF_8);
                        sessions.get(words[1]).write(typed, 0, typed.length);
                    }
                    default -> throw new IllegalStateException("no such command: " + line);
                }
            }
        }
    }

    private void start(String name) throws HvException {
        MachineSpec spec = MachineSpec.named(name, guest.kernel()).withInitrd(guest.initrd())
                .withCommandLine(guest.commandLine()).withMemory(guest.memoryMib() * MachineSpec.MIB).withVcpus(guest.vcpus());
        Machine machine = platform.hypervisor().create(guest.network() ? spec.withNic(NicSpec.parse("user")) : spec);
        Console.Session session = machine.console().attach();
        sessions.put(name, session);
        Thread.ofPlatform().name("hv-bench-" + name).daemon().start(() -> follow(machine, session));
        machine.start();
    }

    private void follow(Machine machine, Console.Session session) {
        try {
            if (recordsAllocations) {
                record(machine);
            }
            byte[] chunk = new byte[4096];
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int n = session.read(chunk, 0, chunk.length, Long.MAX_VALUE / 4); n >= 0; n = session.read(chunk, 0, chunk.length, Long.MAX_VALUE / 4)) {
                for (int i = 0; i < n; i++) {
                    if (chunk[i] == '\n' || line.size() == MAX_LINE_BYTES) {
                        tell(machine, line.toString(StandardCharsets.ISO_8859_1));
                        line.reset();
                    } else if (chunk[i] != '\r') {
                        line.write(chunk[i]);
                    }
                }
            }
            say("hv: machine " + machine.name() + " is " + machine.state());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            say("hv: allocations cannot be recorded: " + e);
        }
        if (machine.name().equals(Engine.FIRST)) {
            out.flush();
            System.exit(0);
        }
    }

    private void tell(Machine machine, String text) throws IOException {
        boolean ofLoop = text.contains(Program.INTEGER_LOOP) && text.contains("@");
        if (ofLoop) {
            say(Wire.counters(machine.name(), counters(machine)));
        }
        if (recordsAllocations && text.contains("ALL-DONE")) {
            tellAllocations();
        }
        say(Wire.line(machine.name(), text));
    }

    private synchronized void say(String line) {
        out.println(line);
        out.flush();
    }

    private Counters counters(Machine machine) {
        MachineInfo info = machine.info();
        long allocated = 0;
        for (long id : threads.getAllThreadIds()) {
            ThreadInfo thread = threads.getThreadInfo(id);
            if (thread != null && thread.getThreadName().startsWith(SLOT_THREADS)) {
                allocated += Math.max(0, threads.getThreadAllocatedBytes(id));
            }
        }
        return new Counters(now(), info.instructions(), info.touchedBytes(), allocated, memory.getHeapMemoryUsage().getCommitted(),
                memory.getNonHeapMemoryUsage().getCommitted());
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** From here on: every allocation that the flight recorder sees, and counters ten times a second. */
    private void record(Machine machine) throws IOException {
        recording = new Recording();
        recording.setMaxSize(64 << 20);
        recording.enable("jdk.ObjectAllocationSample").with("throttle", "10000/s").withStackTrace();
        recording.enable("jdk.ObjectAllocationInNewTLAB").withStackTrace();
        recording.enable("jdk.ObjectAllocationOutsideTLAB").withStackTrace();
        recording.start();
        Thread.ofPlatform().name("hv-bench-sampler").daemon().start(() -> {
            try {
                for (;;) {
                    TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
                    say(Wire.counters(machine.name(), counters(machine)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void tellAllocations() throws IOException {
        Path file = Files.createTempFile("hv-bench", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            try (RecordingFile events = new RecordingFile(file)) {
                while (events.hasMoreEvents()) {
                    RecordedEvent e = events.readEvent();
                    // The two events on TLABs see every new TLAB; the sample sees the same once more.
                    boolean tlab = e.hasField("allocationSize");
                    if (tlab && e.getThread() != null && e.getThread().getJavaName() != null && e.getThread().getJavaName().startsWith(SLOT_THREADS)) {
                        Instant at = e.getStartTime();
                        say(Wire.allocated(at.getEpochSecond() * 1_000_000_000L + at.getNano(), e.getLong("allocationSize"), site(e)));
                    }
                }
            }
        } finally {
            recording.close();
            Files.deleteIfExists(file);
        }
        say(Wire.recorded());
    }

    private static String site(RecordedEvent e) {
        String type = e.getClass("objectClass") == null ? "?" : e.getClass("objectClass").getName();
        if (e.getStackTrace() == null || e.getStackTrace().getFrames().isEmpty()) {
            return type;
        }
        RecordedFrame top = e.getStackTrace().getFrames().getFirst();
        return type + " in " + top.getMethod().getType().getName() + "." + top.getMethod().getName() + ":" + top.getLineNumber();
    }
}
