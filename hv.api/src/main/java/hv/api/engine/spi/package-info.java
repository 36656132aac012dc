/**
 * What an engine implements: it runs guest code until something leaves the guest.
 * <pre>
 *   created -> asleep --wake--> running --(run | kick | request)*--> sleep --> asleep --> close
 * </pre>
 */
@Export
@Version("1.0.0")
package hv.api.engine.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
