package hv.api.net.spi;

import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ProviderType;

/** What a network backend gets from the host. Any thread. */
@ProviderType
public interface NetContext {
    /** Runs work that blocks on host threads. */
    Executor offload();

    /** One line for people on what has happened to the connection: into the log and the platform's health. */
    void report(String line);
}
