/** RISC-V: register numbers and the canonical state of a hart, one format for every engine. */
@Export
@Version("1.0.0")
package hv.api.riscv;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
