package hv.app.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder in which a platform keeps its state: {@code HV_HOME}, else {@code ~/.local/state/hv}. Mode 0700. At most one platform
 * holds it at a time, by a lock of the operating system on the file {@code lock}, which also tells its process id; the lock goes when the process goes,
 * however it ends.
 */
public final class Home implements AutoCloseable {
    /** sockaddr_un of the system with the shortest (macOS, 104 with the NUL; Linux has 108). */
    private static final int MAX_SOCKET_PATH_BYTES = 103;
    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private Home(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes the folder where it lacks, and takes it. */
    public static Home take(Path folder) throws LaunchException {
        if (folder.resolve("run/shell.sock").toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            throw new LaunchException(ExitStatus.UNAVAILABLE, "the state folder's name " + folder + " is too long for the socket in it: set HV_HOME to a folder whose path has at most "
                    + (MAX_SOCKET_PATH_BYTES - "/run/shell.sock".length()) + " bytes");
        }
        FileChannel channel = null;
        try {
            prepare(folder);
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                String holder = holder(channel);
                channel.close();
                throw new LaunchException(ExitStatus.BUSY, "a platform already runs on " + folder + " (process " + holder + "): use ./hv shell, or stop it with ./hv stop");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new Home(folder, channel, lock);
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw new LaunchException(ExitStatus.UNAVAILABLE, "cannot use the state folder " + folder + ": " + reason(e) + "; set HV_HOME to a folder of yours", e);
        }
    }

    private static void prepare(Path folder) throws IOException, LaunchException {
        Path parent = folder.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new LaunchException(ExitStatus.UNAVAILABLE, "the state folder " + folder + " is a file: set HV_HOME to a folder of yours", e);
            }
            PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
            if (!PosixFilePermissions.toString(view.readAttributes().permissions()).endsWith("------")) {
                view.setPermissions(PosixFilePermissions.fromString("rwx------"));
            }
        }
        for (String name : new String[] {"run", "log", "deploy", "machines"}) {
            Path sub = folder.resolve(name);
            if (!Files.isDirectory(sub)) {
                Files.createDirectory(sub, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    private static void closeQuietly(FileChannel channel, IOException cause) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        channel.truncate(0);
        lock.release();
        channel.close();
    }
}
