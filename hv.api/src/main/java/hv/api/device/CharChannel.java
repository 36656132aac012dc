package hv.api.device;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A device's end of a byte channel to the world (the machine's console, a socket). Both directions are bounded; nothing is ever lost:
 * what is not taken must be offered again. Any thread; never blocks.
 */
@ProviderType
public interface CharChannel {
    /** Offers bytes to the world; returns how many were taken, 0 .. lenBytes. */
    int write(byte[] bytes, int offset, int lenBytes);

    /** Takes bytes from the world; returns how many, 0 if there are none. */
    int read(byte[] bytes, int offset, int lenBytes);

    /** Called in the device's I/O context whenever input has arrived, output has room again, or the size has changed. One listener; replaces the last; null for none. */
    void onEvent(Runnable listener);

    /** Size of the terminal at the other end; 0 while unknown. */
    int columns();

    int rows();
}
