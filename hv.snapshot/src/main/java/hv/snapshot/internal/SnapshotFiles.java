package hv.snapshot.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.SpecException;
import hv.api.machine.Machine;
import hv.snapshot.SavedMachine;
import hv.snapshot.Snapshots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/**
 * Snapshots as files. Written under a hidden name in the same folder, forced to the disk, then renamed: the name stands for a whole snapshot or,
 * as before, for the older one. What was begun is deleted on failure, and when the JVM is told to end meanwhile.
 */
@Component
public final class SnapshotFiles implements Snapshots {
    private static final Set<StandardOpenOption> NEW_FILE = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    @Override
    public void save(Machine machine, Path file, Progress progress) throws HvException {
        Path target = file.toAbsolutePath().normalize();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new SpecException("cannot write " + target + ": there is no folder " + folder);
        }
        checkReplaceable(target);
        Path begun = folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + ".part");
        Thread cleaner = new Thread(() -> delete(begun), "delete " + begun);
        try {
            Runtime.getRuntime().addShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            throw new HvException("machine " + machine.name() + " is not saved: the platform is shutting down", e);
        }
        try {
            write(machine, begun, target, progress);
            Files.move(begun, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel dir = FileChannel.open(folder, StandardOpenOption.READ)) {
                dir.force(true);
            }
        } catch (IOException e) {
            throw new HvException("cannot write " + target + ": " + FileErrors.reason(e), e);
        } finally {
            delete(begun);
            remove(cleaner);
        }
    }

    /** A typing error must not cost somebody another file. */
    private static void checkReplaceable(Path target) throws HvException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel in = FileChannel.open(target, StandardOpenOption.READ)) {
                ByteBuffer magic = ByteBuffer.allocate(SnapshotLayout.MAGIC.length);
                while (magic.hasRemaining() && in.read(magic) >= 0) {
                    // Until all is there.
                }
                if (Arrays.equals(magic.array(), SnapshotLayout.MAGIC)) {
                    return;
                }
            } catch (IOException e) {
                throw new HvException("cannot write " + target + ": " + FileErrors.reason(e), e);
            }
        }
        throw new SpecException("cannot write " + target + ": it exists and is no snapshot; choose another name");
    }

    private static void write(Machine machine, Path begun, Path target, Progress progress) throws IOException, HvException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        try (FileChannel out = FileChannel.open(begun, NEW_FILE, ownerOnly)) {
            try (SnapshotWriter writer = new SnapshotWriter(target, out, progress)) {
                machine.save(writer);
                writer.finish();
            }
            out.force(true);
        }
    }

    private static void delete(Path begun) {
        try {
            Files.deleteIfExists(begun);
        } catch (IOException e) {
            // Told with the path, since it is the one thing that may be left behind; the error that led here is thrown beside.
            System.getLogger(SnapshotFiles.class.getName()).log(System.Logger.Level.WARNING, "cannot delete " + begun + ": " + FileErrors.reason(e));
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook runs: it deletes nothing that is finished, since that has another name.
            System.getLogger(SnapshotFiles.class.getName()).log(System.Logger.Level.DEBUG, "ended while shutting down", e);
        }
    }

    @Override
    public SavedMachine open(Path file) throws HvException {
        Path source = file.toAbsolutePath().normalize();
        try {
            if (Files.exists(source) && !Files.isRegularFile(source)) {
                throw new SpecException("cannot read " + source + ": it is not a file");
            }
            return SnapshotReader.open(source, FileChannel.open(source, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new HvException("cannot read " + source + ": " + FileErrors.reason(e), e);
        }
    }
}
