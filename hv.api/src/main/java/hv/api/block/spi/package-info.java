/**
 * Where a disk's bytes come from and go to.
 * <pre>
 *   offset    long   bytes from the disk's start, a multiple of 512
 *   buffer    MemorySegment, its size the transfer's, a multiple of 512, at most 1 MiB
 * </pre>
 */
@Export
@Version("1.0.0")
package hv.api.block.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
