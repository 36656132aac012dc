/** Every native call to the host, through the FFM API. Linux on x86-64, aarch64 and riscv64; where a call is missing, what it is for is done without, and said. */
@Export
@Version("1.0.0")
package hv.host;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
