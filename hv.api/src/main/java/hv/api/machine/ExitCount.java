package hv.api.machine;

import hv.api.vcpu.Route;

/**
 * How many exits of a kind went where, and what their handling cost.
 *
 * @param kind       label of the exit, e.g. "mmio-read"
 * @param route      where they went
 * @param count      how many since the machine was created
 * @param totalNanos host time in their handling
 */
public record ExitCount(String kind, Route route, long count, long totalNanos) {
}
