package hv.gdb;

import org.osgi.annotation.versioning.ProviderType;

/** One machine's server. One debugger at a time; another that connects is sent away. */
@ProviderType
public interface GdbServer extends AutoCloseable {
    String machine();

    GdbAddress address();

    /** Whether a debugger is connected. */
    boolean isConnected();

    /** What became of the last connection, one line; empty if there was none. */
    String lastEnd();

    /** Sends a debugger away and opens no more connections. The machine goes on without stop points. */
    @Override
    void close();
}
