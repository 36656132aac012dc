/**
 * Bare machines around an engine, and two of them in lock step. ISA-neutral: what is of an ISA comes through {@link hv.testkit.engine.GuestCode}.
 * One thread unless said otherwise.
 */
@Export
@Version("1.0.0")
package hv.testkit.engine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
