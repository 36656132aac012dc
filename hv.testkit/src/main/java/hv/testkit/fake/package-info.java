/**
 * Fakes for tests of devices, transports, models and backends: a host whose time, memory, interrupts and console are plain fields that the
 * test reads and sets, and a driver that writes rings as a guest would, rightly or wrongly. One thread.
 */
@Export
@Version("1.0.0")
package hv.testkit.fake;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
