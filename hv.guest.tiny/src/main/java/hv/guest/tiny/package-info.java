/**
 * A small guest kernel for RISC-V.
 * <pre>
 * image    byte[]   a flat Image (magic RSC\x05), about 20 KiB, for RAM at 0x8000_0000; needs 16 MiB of RAM
 * console  bytes    UART 16550 at 0x1000_0000; prompt "tiny> "; lines end with CR, LF or both
 * </pre>
 * Any thread.
 */
@Export
@Version("1.0.0")
package hv.guest.tiny;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
