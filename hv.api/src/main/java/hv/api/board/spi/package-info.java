/** What a board implements: address map, boot protocol, kernel loader, device tree or ACPI, interrupt wiring. */
@Export
@Version("1.0.0")
package hv.api.board.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
