/** Guest-physical memory: RAM, page attributes, leases, dirty log. Made by the machine, used by engines. */
@Export
@Version("1.0.0")
package hv.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
