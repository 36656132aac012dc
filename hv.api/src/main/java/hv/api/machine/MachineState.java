package hv.api.machine;

/** Where a machine is in its life. */
public enum MachineState {
    CREATED, RUNNING, PAUSED, STOPPED, FAILED
}
