package hv.bench.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** A passt for an engine that starts none itself: it serves one client, and ends with it. */
final class PasstSocket {
    static final String PROGRAM = "passt";
    private static final long SECONDS = 10;

    private PasstSocket() {
    }

    /** Starts one, and says where it listens. */
    static Path open() throws BenchException {
        try {
            // Started by root it drops to nobody, who must be able to bind.
            Path folder = Files.createTempDirectory("hv-bench-net-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path socket = folder.resolve("socket");
            Process passt = new ProcessBuilder(PROGRAM, "--foreground", "--one-off", "--quiet", "--socket", socket.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(passt::destroyForcibly));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (!Files.exists(socket)) {
                if (passt.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                    throw new BenchException(PROGRAM + " does not start");
                }
            }
            socket.toFile().deleteOnExit();
            folder.toFile().deleteOnExit();
            return socket;
        } catch (IOException e) {
            throw new BenchException(PROGRAM + " does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(PROGRAM + " was interrupted", e);
        }
    }
}
