package hv.api.machine;

/**
 * A setting that can be changed while a machine runs.
 *
 * @param name    for the whole machine ("weight"), or for one vCPU ("vcpu0.weight")
 * @param value   in force
 * @param allowed for people: which values there are
 */
public record SettingInfo(String name, String value, String allowed) {
}
