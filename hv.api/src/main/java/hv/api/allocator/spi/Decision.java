package hv.api.allocator.spi;

/** The allocator's answer. */
public sealed interface Decision {
    /** Granted, and accounted. */
    record Granted() implements Decision {
        public static final Granted GRANTED = new Granted();
    }

    /** Refused; nothing was accounted. @param arithmetic the sum that shows why, for people */
    record Refused(String arithmetic) implements Decision {
    }
}
