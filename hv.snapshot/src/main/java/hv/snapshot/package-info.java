/**
 * Whole machines as files: saved by one process, restored by another. Knows no device.
 * <pre>
 *   Machine --save(MachineSink)--> file          file --open--> SavedMachine --Hypervisor.restore--> Machine
 * </pre>
 * Any thread; a call blocks until the file is on stable storage.
 */
@Export
@Version("1.0.0")
package hv.snapshot;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
