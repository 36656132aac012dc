package hv.api.block.spi;

import hv.api.state.Handles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;

/**
 * An open disk image on its way from one backend to another. It is part of the contract, not of a bundle, since the two may come from bundles
 * that share no other class.
 *
 * @param path     absolute
 * @param channel  open for reading, and for writing unless read-only
 * @param lock     held on the file: one opener at a time
 * @param readOnly opened for reading only
 */
public record OpenFile(Path path, FileChannel channel, FileLock lock, boolean readOnly) implements Handles {
    @Override
    public String claim() {
        return "file:" + path;
    }

    /** Closes the file and gives up the lock. */
    @Override
    public void close() {
        try {
            try (channel) {
                if (lock.isValid()) {
                    lock.release();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + path, e);
        }
    }
}
