package hv.api.scheduler.spi;

/** Why a vCPU came back from a host CPU. */
public enum TurnEnd {
    /** It waits for something. */
    BLOCKED,
    /** It gave the host CPU up before its slice was over, and wants to go on later. */
    YIELDED,
    /** Its slice was over, or it was preempted; it wants to go on. */
    EXPIRED
}
