/**
 * What a machine is made of: parts, who made them, and the factories that plugins offer.
 * <p>Factories are services (registered as {@link hv.api.part.PartFactory}) and have no state; instances belong to a machine or the host and are never services.
 */
@Export
@Version("1.0.0")
package hv.api.part;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
