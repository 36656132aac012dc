/** Guest time: nanoseconds of the machine's own monotonic clock, which stands still while the machine is paused or saved. */
@Export
@Version("1.0.0")
package hv.api.time;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
