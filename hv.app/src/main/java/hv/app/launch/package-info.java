/**
 * Starts the platform's framework from a distribution folder; lives on the class path, and the framework exports this package so that the
 * bundles can answer it.
 * <pre>
 *   dist/lib      class path: framework, terminal, command line; their packages are exported by the framework
 *   dist/bundle   every bundle, installed and started in the order of their names
 *   dist/conf     flags of the JVM, properties of the framework
 *   HV_HOME       the user's state, mode 0700: lock, socket, log, definitions, deploy/
 * </pre>
 */
@Export
@Version("1.0.0")
package hv.app.launch;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
