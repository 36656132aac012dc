/**
 * What scheduling policies have in common, so that one is left with its idea: {@link hv.runqueue.QueuePolicy} keeps the vCPUs, a queue of the runnable
 * ones, caps, affinities, who runs where, and the saved form; a policy says in which order they run, for how long, and who preempts whom.
 * <pre>
 * slot    int    place of a vCPU in the tables   0 .. capacity-1; given back when the vCPU goes
 * order   long   place in the queue              the least runs first; a policy's own unit
 * tokens  long   nanoseconds that may be run now under a cap
 * </pre>
 * Not synchronized: the host calls a policy by one thread at a time. Nothing is allocated but when a table grows.
 */
@Export
@Version("1.0.0")
package hv.runqueue;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
