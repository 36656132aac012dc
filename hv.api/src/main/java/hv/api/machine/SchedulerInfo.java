package hv.api.machine;

import hv.api.part.Origin;

/**
 * A scheduling policy that is offered.
 *
 * @param type        its name, e.g. "credit"
 * @param inForce     it schedules now
 * @param ejected     it was ejected for a fault; see {@link Hypervisor#health}
 * @param ranking     where the user has chosen none the highest schedules
 * @param description for people
 */
public record SchedulerInfo(String type, boolean inForce, boolean ejected, int ranking, Origin origin, String description) {
}
