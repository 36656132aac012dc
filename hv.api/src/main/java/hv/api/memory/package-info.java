/**
 * Guest-physical memory as devices and engines see it.
 * <pre>
 * gpa    long    guest-physical byte address, unsigned    0 .. 2^56-1
 * len    int     bytes                                    1 .. 2^30
 * page   int     index of a 4096-byte page of RAM         0 = lowest page of the lowest RAM region
 * dirty  long[]  one bit per page, bit 0 = lowest page
 * </pre>
 * Little-endian. Implemented by the host; plugins only call it.
 */
@Export
@Version("1.0.0")
package hv.api.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
