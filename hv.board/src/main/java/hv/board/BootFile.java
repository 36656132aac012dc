package hv.board;

import hv.api.SpecException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A firmware, a kernel or an initrd in a file. It is read anew at each start and reset, so that nothing of it stays in the host's memory.
 *
 * @param role "firmware", "kernel" or "initrd", for messages
 */
public record BootFile(String role, Path path) {
    /** Longest piece read at once: a bound on the direct buffer the JDK may take for it. */
    private static final int PIECE_BYTES = 1 << 20;

    @Override
    public String toString() {
        return role + " " + path;
    }

    /** At least 1. @throws SpecException it is not there, cannot be read, is not a file, or is empty */
    public long lenBytes() throws SpecException {
        try (FileChannel channel = open()) {
            long lenBytes = channel.size();
            if (lenBytes == 0) {
                throw new SpecException(role + " " + path + ": the file is empty; name another, or none");
            }
            return lenBytes;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** All of it. @throws SpecException it cannot be read, or is longer than {@code maxBytes} */
    public MemorySegment read(Arena arena, long maxBytes) throws SpecException {
        try (FileChannel channel = open()) {
            long lenBytes = channel.size();
            if (lenBytes > maxBytes) {
                throw new SpecException(role + " " + path + ": has " + lenBytes + " bytes, more than the " + maxBytes
                        + " that can fit; give the machine more RAM or another file");
            }
            MemorySegment out = arena.allocate(lenBytes);
            fill(channel, out);
            return out.asReadOnly();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Reads exactly {@code into.byteSize()} bytes. @throws SpecException it cannot be read, or has another length by now */
    public void readInto(MemorySegment into) throws SpecException {
        try (FileChannel channel = open()) {
            if (channel.size() != into.byteSize()) {
                throw changed();
            }
            fill(channel, into);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** What to say when it is not what it was. */
    public SpecException changed() {
        return new SpecException(role + " " + path + ": was changed since the machine was set up with it; start the machine again");
    }

    private void fill(FileChannel channel, MemorySegment into) throws IOException, SpecException {
        for (long at = 0; at < into.byteSize();) {
            ByteBuffer piece = into.asSlice(at, Math.min(PIECE_BYTES, into.byteSize() - at)).asByteBuffer();
            int n = channel.read(piece, at);
            if (n < 0) {
                throw changed();
            }
            at += n;
        }
    }

    private FileChannel open() throws IOException, SpecException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // A pipe would hold us up for ever.
            throw new SpecException(role + " " + path + ": is " + (Files.isDirectory(path) ? "a directory" : "a device or pipe")
                    + "; name a file");
        }
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    private SpecException unreadable(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> new SpecException(role + " " + path + ": no such file; check the path", missing);
            case AccessDeniedException denied -> new SpecException(role + " " + path + ": no permission to read it; change its owner or mode",
                    denied);
            default -> new SpecException(role + " " + path + ": cannot be read (" + String.valueOf(e.getMessage()).replace('\n', ' ') + ")", e);
        };
    }
}
