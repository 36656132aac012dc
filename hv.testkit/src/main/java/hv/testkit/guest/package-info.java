/**
 * A guest and its vCPUs without an engine, for parts that handle exits: everything they do to it is recorded. One thread.
 */
@Export
@Version("1.0.0")
package hv.testkit.guest;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
