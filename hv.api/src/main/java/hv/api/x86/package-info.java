/** x86-64: register numbers, one format for every engine. */
@Export
@Version("1.0.0")
package hv.api.x86;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
