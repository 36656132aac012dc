/**
 * The guests that can be booted by name, disk images with their seeds, and the making of initial RAM file systems.
 * <pre>
 * name       String  lower-case word, e.g. "debian"
 * version    String  what the source calls it, e.g. "6.12.107-1"
 * kernel     Path    flat Image or ELF, uncompressed
 * initrd     Path    newc cpio, gzip
 * </pre>
 * A {@link hv.images.GuestSource} makes one guest; a {@link hv.images.GuestCatalog} offers all sources. Calls block (network, disk) and may
 * come from any thread; several processes may share one cache folder. Errors are {@link hv.images.ImageException}s with one line for the user.
 */
@Export
@Version("1.0.0")
package hv.images;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
