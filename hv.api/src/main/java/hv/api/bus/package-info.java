/**
 * The wiring between vCPUs and devices: what a vCPU touches between two safepoints is one immutable {@link hv.api.bus.Wiring}.
 */
@Export
@Version("1.0.0")
package hv.api.bus;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
