package hv.api.part;

import hv.api.state.StateTag;

/**
 * A part as it is now.
 *
 * @param path         place in its machine, or on the host
 * @param type         type of the factory that made it
 * @param origin       bundle that made it
 * @param tag          format of its state
 * @param generation   how many instances have served in this place, 1 for the first
 * @param health       "ok", or one line on what is wrong with it
 */
public record PartInfo(String path, PartKind kind, String type, Origin origin, StateTag tag, long generation, String health) {
}
