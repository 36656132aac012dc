/** What an allocator implements: the accounting of CPU, memory, storage and network for all machines. Nobody else grants or takes. */
@Export
@Version("1.0.0")
package hv.api.allocator.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
