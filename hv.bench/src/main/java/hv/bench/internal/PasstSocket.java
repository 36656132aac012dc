package hv.bench.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A passt for an engine that starts none itself: it serves one client, and ends with it. */
final class PasstSocket {
    static final String PROGRAM = "passt";
    private static final long SECONDS = 60;
    /** Linux's Unix sockets, proc(5): number, references, protocol, flags, type, state, inode, path. */
    private static final Path SOCKETS = Path.of("/proc/net/unix");
    private static final int FLAGS = 3;
    private static final int PATH = 7;
    /** Of {@code include/linux/net.h}: {@code __SO_ACCEPTCON}. */
    private static final String LISTENS = "00010000";

    private PasstSocket() {
    }

    /** Whether a socket of that path is among them, and listens. */
    static boolean isListening(List<String> sockets, Path path) {
        return sockets.stream().map(line -> line.strip().split(" +", PATH + 1)).anyMatch(f -> f.length > PATH && f[FLAGS].equals(LISTENS) && f[PATH].equals(path.toString()));
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
            // It is bound first, and listens later: who connects in between is refused. A connection to try it would be the one that it serves.
            while (!isListening(Files.readAllLines(SOCKETS), socket)) {
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
