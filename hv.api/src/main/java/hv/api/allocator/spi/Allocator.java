package hv.api.allocator.spi;

import hv.api.state.Stateful;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The only writer of who has what. Called on any thread, several at once; must not block long; {@link #decide} on the path of an exit.
 * Its state is the grants: they survive its replacement.
 */
@ConsumerType
public interface Allocator extends Stateful, AutoCloseable {
    Decision decide(ResourceRequest request);

    /** A fact reported after the event: so much RAM of a machine is resident. */
    void touched(String machine, long ramBytes);

    /** One account per admitted machine. */
    List<Account> accounts();

    /** The host changed: CPUs joined or left the pool, limits were set anew. Grants stay. */
    void hostChanged(HostResources host);

    @Override
    void close();
}
