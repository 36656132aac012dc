package hv.api.part;

/** Kinds of parts. The order in which parts sleep and are restored comes from their kind, never from a list's order. */
public enum PartKind {
    /** Host scope: decides which vCPU runs where and for how long. */
    POLICY(true, true),
    /** Host scope: accounts and grants resources. */
    ALLOCATOR(true, true),
    /** Runs guest code. */
    ENGINE(false, true),
    DISPATCHER(false, true),
    INTERPRETER(false, true),
    /** Address map, boot protocol; consulted when a machine is made and reset. */
    BOARD(false, false),
    /** Takes device lines and interrupts vCPUs. */
    INTERRUPT_CONTROLLER(false, true),
    /** A device with registers of its own. */
    DEVICE(false, true),
    /** Owns queues and doorbells, and carries a model. */
    TRANSPORT(false, true),
    /** The semantics of a virtio device. */
    VIRTIO_MODEL(false, true),
    /** Where a disk's bytes come from and go to. */
    BLOCK_BACKEND(false, true),
    /** Where a network card's frames come from and go to. */
    NET_BACKEND(false, true);

    private final boolean host;
    private final boolean replaceable;

    PartKind(boolean host, boolean replaceable) {
        this.host = host;
        this.replaceable = replaceable;
    }

    public boolean isHostScope() {
        return host;
    }

    public boolean isReplaceable() {
        return replaceable;
    }
}
