package hv.shell.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Writes to a channel from threads that may be interrupted. An interrupted thread that writes to a socket closes it (see
 * {@link java.nio.channels.InterruptibleChannel}); here Ctrl-C interrupts commands while they print, and the client must stay. So a thread of its own writes.
 */
record UninterruptedChannel(WritableByteChannel channel) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
        FutureTask<Integer> write = new FutureTask<>(() -> channel.write(bytes));
        Thread.ofVirtual().start(write);
        boolean wasInterrupted = false;
        try {
            while (true) {
                try {
                    return write.get();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
