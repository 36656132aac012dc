/** How people write values, on command lines and in descriptions. Needs no framework: the start of the platform reads options with it. */
@Export
@Version("1.0.0")
package hv.shell.text;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
