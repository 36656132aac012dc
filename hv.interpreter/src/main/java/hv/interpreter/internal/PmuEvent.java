package hv.interpreter.internal;

/**
 * Events of SBI 2.0, chapter 11, that are counted here. Those of the firmware that are missing (misaligned and failed accesses, illegal
 * instructions, fences of a hypervisor) never reach this firmware: the engine serves them, or they trap straight to the guest.
 */
final class PmuEvent {
    // Table 34: hardware general events.
    static final int HW_CPU_CYCLES = 1;
    static final int HW_INSTRUCTIONS = 2;

    /** Event type of firmware events, in bits 16 to 19 of an event index. */
    static final int TYPE_FIRMWARE = 15;
    static final int TYPE_SHIFT = 16;

    // Table 40: firmware events.
    static final int SET_TIMER = 5;
    static final int IPI_SENT = 6;
    static final int IPI_RECEIVED = 7;
    static final int FENCE_I_SENT = 8;
    static final int FENCE_I_RECEIVED = 9;
    static final int SFENCE_VMA_SENT = 10;
    static final int SFENCE_VMA_RECEIVED = 11;
    static final int SFENCE_VMA_ASID_SENT = 12;
    static final int SFENCE_VMA_ASID_RECEIVED = 13;
    static final int FIRST_COUNTED = SET_TIMER;
    static final int LAST_COUNTED = SFENCE_VMA_ASID_RECEIVED;

    private PmuEvent() {
    }

    static boolean isFirmware(int event) {
        return event >>> TYPE_SHIFT == TYPE_FIRMWARE && (event & 0xffff) >= FIRST_COUNTED && (event & 0xffff) <= LAST_COUNTED;
    }
}
