/**
 * PCI as devices see it: one bus, 32 devices of one function each.
 * <pre>
 * device  int   place on the bus                         0 .. 31
 * offset  int   of configuration space, aligned to width 0 .. 4095
 * </pre>
 * Source: PCI Local Bus Specification 3.0; PCI Express Base Specification 6.0, chapter 7.
 */
@Export
@Version("1.0.0")
package hv.api.pci;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
