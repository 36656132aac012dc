package hv.api.state;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A part that can be put to sleep, saved, restored and woken. No default methods: a part that cannot be saved cannot be written.
 * The host calls these one at a time, never concurrently with any other call of the part.
 */
@ConsumerType
public interface Stateful {
    /** The thing modelled and its format; constant over the life of the instance. */
    PartId id();

    /**
     * running -> asleep: nothing changes by itself afterwards. Called again while asleep it does nothing.
     *
     * @throws NotAsleepException work is in flight: the part is still running and nothing changed; the host tries again until the deadline
     */
    void sleep(Deadline by) throws NotAsleepException;

    /** Asleep only. Writes the model's state, not the implementation's; no side effects; at most {@link StateImage#MAX_BYTES}. */
    void save(StateWriter out);

    /**
     * Asleep only. The input is hostile: check every length and range before anything is changed.
     *
     * @throws StateException the state was refused; the part is unchanged and usable
     */
    void restore(StateReader in) throws StateException;

    /** asleep -> running; cannot fail: re-arms timers, re-asserts interrupt levels, drops caches. Also undoes a sleep. */
    void wake();
}
