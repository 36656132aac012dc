/**
 * Machines for GDB: a server of its remote serial protocol for each, and symbols of the kernel that runs in them.
 * <pre>
 *   gdb --TCP or Unix socket--> GdbServer --DebugSession--> machine
 * </pre>
 * Any thread. A machine that nobody is connected to runs as if there were no server.
 */
@Export
@Version("1.0.0")
package hv.gdb;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
