/** What an interpreter implements: the effects that the engine does not have itself. */
@Export
@Version("1.0.0")
package hv.api.interpreter.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
