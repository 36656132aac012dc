/**
 * Machines and the platform that runs them: what shells, programs and tests call.
 * <pre>
 *            create            start                pause
 *   (spec) ---------> CREATED -------> RUNNING <-------------> PAUSED
 *                        ^                |         resume        |
 *                        |   start        | stop, power-off       | stop
 *                     STOPPED <-----------+-----------------------+
 *                        |                +--> FAILED (one line says why)
 *                        +--> destroy
 * </pre>
 */
@Export
@Version("1.1.0")
package hv.api.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
