package hv.api.net.spi;

import hv.api.state.Handles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.util.List;

/**
 * A network backend's connection on its way from one backend to another. It is part of the contract, not of a bundle, since the two may come from
 * bundles that share no other class.
 *
 * @param claim     what was opened, e.g. "stream:unix:/run/a.sock"
 * @param channels  open ones, in the order that the type of backend knows; a place may be null. Blocking mode and registrations are the taker's to set
 * @param processes that serve the connection and are to end with it
 * @param received  bytes that have arrived and were not received yet, at most 1 MiB
 * @param taken     bytes that were taken and have not left yet, at most 1 MiB
 */
public record OpenConnection(String claim, List<Channel> channels, List<ProcessHandle> processes, byte[] received, byte[] taken) implements Handles {
    /** Ends the connection. */
    @Override
    public void close() {
        IOException failed = null;
        for (Channel c : channels) {
            try {
                if (c != null) {
                    c.close();
                }
            } catch (IOException e) {
                failed = e;
            }
        }
        processes.forEach(ProcessHandle::destroy);
        if (failed != null) {
            throw new UncheckedIOException("closing " + claim, failed);
        }
    }
}
