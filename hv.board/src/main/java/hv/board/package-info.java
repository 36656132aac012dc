/**
 * What boards of every ISA share: reading and unpacking the images that a guest boots from ({@link BootFile}, {@link Gzip}, {@link ElfKernel}, all bounded: files
 * are hostile), and giving virtio devices their places ({@link VirtioDevices}). All of it is immutable or stateless; any thread.
 */
@Export
@Version("1.0.0")
package hv.board;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
