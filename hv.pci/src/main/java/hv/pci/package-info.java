/**
 * What every PCI function needs: {@link ConfigSpace} with its BARs and capabilities, {@link MsiX}. Source: PCI Local Bus Specification 3.0, chapter 6 and
 * 6.8.2; PCI Express Base Specification 6.0, 7.5 and 7.7.2.
 */
@Export
@Version("1.0.0")
package hv.pci;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
