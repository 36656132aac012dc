/**
 * How a part puts its state down and picks it up again: the same calls serve snapshot, suspend, clone, migration and hot replacement.
 * <pre>
 *                     sleep()                 save()
 *   running ----------------------> asleep ----------> (state image, at most 1 MiB)
 *      ^       NotAsleepException      |  ^
 *      |       (still running)         |  | restore()   StateException: unchanged and usable
 *      +-------------------------------+--+
 *                     wake()
 * </pre>
 * Plugins implement {@link hv.api.state.Stateful}; the host implements the streams.
 */
@Export
@Version("1.0.0")
package hv.api.state;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
