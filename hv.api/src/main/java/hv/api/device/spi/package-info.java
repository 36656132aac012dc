/**
 * What devices implement. A device model is semantics only; the transport has its queues, the backend its bytes.
 * <pre>
 *   create -> asleep --wake--> running --sleep--> asleep --save/restore--> ... --> close
 * </pre>
 */
@Export
@Version("1.0.0")
package hv.api.device.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
