/** Definitions of machines that outlive the platform's process. */
@Export
@Version("1.0.0")
package hv.shell.definitions;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
