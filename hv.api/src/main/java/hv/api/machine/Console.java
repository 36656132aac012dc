package hv.api.machine;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A machine's console: UART and virtio console of the guest at one end, at most 8 sessions at the other. What the guest printed while nobody was
 * attached is kept, up to 1 MiB, and shown to the first that attaches.
 */
@ProviderType
public interface Console {
    /** Attaches. @throws hv.api.HvException too many sessions */
    Session attach() throws hv.api.HvException;

    /** One that is attached. Thread-safe. */
    @ProviderType
    interface Session extends AutoCloseable {
        /**
         * Waits for output.
         *
         * @return bytes read, at least 1; 0 if the time has passed; -1 once the machine was destroyed, or is stopped and all output was read
         */
        int read(byte[] into, int offset, int lenBytes, long timeoutNanos) throws InterruptedException;

        /** Gives input to the guest; waits while its buffer is full. */
        void write(byte[] bytes, int offset, int lenBytes) throws InterruptedException;

        /** Tells the guest the terminal's size. */
        void resize(int columns, int rows);

        @Override
        void close();
    }
}
