/**
 * A debugger's view of a machine: it is held, looked at, changed, and let go on, one vCPU at a time or all of them.
 * <pre>
 *   Machine.debug() -> running --event | interrupt--> held --resume--> running ... close -> as if there had been no debugger
 *
 *   va     long   guest-virtual address, in the translation that the vCPU is in now     64 bits, unsigned
 *   gpa    long   guest-physical byte address, unsigned                                 0 .. 2^56-1
 *   vcpu   int    index of the vCPU                                                     0 .. vcpuCount-1
 * </pre>
 * While a machine is held none of its vCPUs executes an instruction and its clock stands; its state, for everybody else, stays what it was.
 * Parts can be replaced and the machine can be saved meanwhile; stop points belong to the session: a new engine gets them, a saved machine does not.
 */
@Export
@Version("1.0.0")
package hv.api.debug;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
