/** What devices on a PCI bus implement. */
@Export
@Version("1.0.0")
package hv.api.pci.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
