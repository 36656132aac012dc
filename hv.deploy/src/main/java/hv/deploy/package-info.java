/** What became of the jars in the deploy folder. */
@Export
@Version("1.0.0")
package hv.deploy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
