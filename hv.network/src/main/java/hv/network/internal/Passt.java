package hv.network.internal;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The program passt (https://passt.top), which gives one guest the host's own network without privileges. It serves one client and ends with it
 * ({@code --one-off}), so none outlives the platform, however that ends; its socket is in a folder of its own, which is gone once it is connected to. Quiet: what it says goes to a file that nobody bounds.
 */
final class Passt {
    static final String PROGRAM = "passt";
    private static final long START_MILLIS = 10_000;
    private static final long STEP_MILLIS = 5;

    private Passt() {
    }

    /** A connection to a passt that was started for it. */
    record Running(ProcessHandle process, SocketChannel channel) {
    }

    /** Where the program is, or null. */
    static Path find(String searchPath) {
        for (String folder : searchPath.split(":")) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, PROGRAM);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file.toAbsolutePath();
            }
        }
        return null;
    }

    /** Starts it and connects. @param stop asked often: give up @throws IOException one line for people: what it said */
    static Running start(Path program, List<String> options, BooleanSupplier stop) throws IOException {
        Path folder = folder();
        Path socket = folder.resolve("socket");
        Path said = folder.resolve("said");
        Process process = null;
        SocketChannel channel = null;
        try {
            List<String> command = new ArrayList<>(List.of(program.toString(), "--foreground", "--one-off", "--quiet", "--stderr", "--socket", socket.toString()));
            command.addAll(options);
            process = new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectErrorStream(true).redirectOutput(said.toFile()).start();
            process.getOutputStream().close();
            channel = connect(process, socket, said, stop);
            return new Running(process.toHandle(), channel);
        } finally {
            if (channel == null && process != null) {
                process.destroyForcibly();
            }
            for (Path p : List.of(socket, said, folder)) {
                Files.deleteIfExists(p);
            }
        }
    }

    private static SocketChannel connect(Process process, Path socket, Path said, BooleanSupplier stop) throws IOException {
        long end = System.nanoTime() + START_MILLIS * 1_000_000L;
        for (;;) {
            if (Files.exists(socket)) {
                try {
                    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
                } catch (java.net.ConnectException e) {
                    // Bound, and not listening yet.
                    if (System.nanoTime() > end) {
                        throw e;
                    }
                }
            }
            try {
                if (process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException(PROGRAM + " does not start: " + lastLine(said));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(PROGRAM + " was interrupted while it started", e);
            }
            if (stop.getAsBoolean() || System.nanoTime() > end) {
                throw new IOException(PROGRAM + " does not answer");
            }
        }
    }

    /** A folder for the user that passt becomes: one that is started by root drops to nobody. */
    private static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("hv-net-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (isRoot()) {
            Files.setOwner(folder, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
        return folder;
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private static String lastLine(Path said) throws IOException {
        List<String> lines = new String(Files.readAllBytes(said), StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank() && !l.contains("to syslog")).toList();
        return lines.isEmpty() ? "it says nothing" : lines.subList(Math.max(0, lines.size() - 2), lines.size()).stream().map(String::strip).collect(Collectors.joining("; "));
    }
}
