/** The platform without a framework: what hv's own component and embedding programs start. */
@Export
@Version("1.0.0")
package hv.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
