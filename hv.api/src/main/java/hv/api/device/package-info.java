/** What the host gives to devices: lines, timers, contexts, entropy, console channels. Plugins only call it. */
@Export
@Version("1.0.0")
package hv.api.device;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
