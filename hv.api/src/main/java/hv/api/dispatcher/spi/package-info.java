/** What a dispatcher implements. */
@Export
@Version("1.0.0")
package hv.api.dispatcher.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
