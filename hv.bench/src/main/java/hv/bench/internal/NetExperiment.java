package hv.bench.internal;

import hv.images.GuestImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * TCP between a Debian guest and the host, through a passt for each engine: how fast, and for how much of the host's CPU time. Engines take turns. The guest's
 * programs are busybox's dd and nc; the clock is the host's, from the first byte to the last.
 */
final class NetExperiment {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int MEMORY_MIB = 256;
    private static final String READY = "@net-%d";

    /** @param cpuSeconds of the engine's process, while the bytes flowed */
    record Transfer(double mebibytesPerSecond, double cpuSeconds) {
    }

    private final Settings settings;

    NetExperiment(Settings settings) {
        this.settings = settings;
    }

    /** How much each way: a few seconds of an interpreted guest. */
    int mebibytes() {
        return Math.max(8, 64 * settings.scale() / 10);
    }

    /** By direction and engine label. */
    Map<String, Map<String, List<Transfer>>> run(List<Engine> engines, GuestImage debian) throws BenchException, InterruptedException {
        Map<String, Map<String, List<Transfer>>> results = new LinkedHashMap<>();
        for (int run = 0; run < settings.runs(); run++) {
            List<Engine> turn = new ArrayList<>(engines);
            java.util.Collections.rotate(turn, run);
            for (Engine engine : turn) {
                settings.progress().accept(String.format(Locale.ROOT, "network of %s, %d MiB each way, run %d of %d", engine.label(), mebibytes(), run + 1, settings.runs()));
                Guest guest = new Guest(debian.kernel(), debian.initrd(), debian.defaultCommandLine(), MEMORY_MIB, 1, true);
                try (EngineProcess process = engine.launch(guest); ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                    long deadline = EngineProcess.deadline(settings.timeout());
                    process.await(Engine.FIRST, "built-in shell", deadline);
                    process.type(Engine.FIRST, "while ! ip route | grep -q ^default; do usleep 100000; done; set -- $(ip route | grep ^default); gw=$3; mkfifo /tmp/q; echo @net-$((20+22))");
                    process.await(Engine.FIRST, READY.formatted(42), deadline);
                    server.setSoTimeout(60_000);
                    add(results, "guest to host", engine, transfer(process, server, true));
                    add(results, "host to guest", engine, transfer(process, server, false));
                } catch (IOException e) {
                    throw new BenchException("network of " + engine.label() + ": " + e.getMessage(), e);
                }
            }
        }
        return results;
    }

    private static void add(Map<String, Map<String, List<Transfer>>> results, String direction, Engine engine, Transfer t) {
        results.computeIfAbsent(direction, _ -> new LinkedHashMap<>()).computeIfAbsent(engine.label(), _ -> new ArrayList<>()).add(t);
    }

    private Transfer transfer(EngineProcess process, ServerSocket server, boolean fromGuest) throws BenchException, IOException {
        long bytes = (long) mebibytes() << 20;
        process.type(Engine.FIRST, fromGuest ? "dd if=/dev/zero bs=64k count=" + 16 * mebibytes() + " 2>/dev/null | nc $gw " + server.getLocalPort()
                : "nc $gw " + server.getLocalPort() + " <>/tmp/q >/dev/null");
        byte[] buffer = new byte[BUFFER_BYTES];
        try (Socket s = server.accept()) {
            s.setSoTimeout(120_000);
            long moved = 0;
            long cpu = process.use().cpuNanos();
            long from = System.nanoTime();
            if (fromGuest) {
                // Until a guest has acknowledged a byte, passt of 2023 takes its SYN for unanswered, and resets the connection 24 s later.
                s.getOutputStream().write('\n');
                InputStream in = s.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    moved += n;
                }
            } else {
                OutputStream out = s.getOutputStream();
                for (; moved < bytes; moved += buffer.length) {
                    out.write(buffer);
                }
                s.shutdownOutput();
                // The guest closes when it has read all.
                while (s.getInputStream().read(buffer) >= 0) {
                    Thread.onSpinWait();
                }
            }
            double seconds = (System.nanoTime() - from) / 1e9;
            if (moved != bytes) {
                throw new BenchException("network, " + (fromGuest ? "from" : "to") + " the guest: " + moved + " bytes came of " + bytes);
            }
            return new Transfer(moved / seconds / (1 << 20), (process.use().cpuNanos() - cpu) / 1e9);
        }
    }
}
