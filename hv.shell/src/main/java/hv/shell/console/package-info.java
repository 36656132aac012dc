/** A terminal at a machine's console: raw mode, the escape key, sizes. Blocks the calling thread while attached. */
@Export
@Version("1.0.0")
package hv.shell.console;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
