/**
 * What a scheduling policy implements: events in, decisions out. The run loop is the host's.
 * <pre>
 *   add --> (blocked) --ready--> (runnable) --pick--> (running) --ran(BLOCKED | YIELDED | EXPIRED)--> ... --> remove
 * </pre>
 * A vCPU is named by a key, an int that the host never uses twice in its life. Calls come from host threads, one at a time, with no host lock
 * held but the policy's own; a call must return within a millisecond. A policy that throws, hangs or picks what is not runnable is ejected, and
 * another takes over. Affinity is a rule, the rest of a share is a policy's matter.
 */
@Export
@Version("2.0.0")
package hv.api.scheduler.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
