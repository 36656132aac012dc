/** RISC-V: what an IMSIC implements for the harts that it is a part of, beside being a device. */
@Export
@Version("1.0.0")
package hv.api.riscv.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
