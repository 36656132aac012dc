package hv.bench.internal;

/**
 * A figure that was promised, and what was measured.
 *
 * @param atMost {@code wanted} is an upper bound; else a lower one
 */
record Target(String name, double measured, double wanted, boolean atMost, String unit) {
    boolean met() {
        return atMost ? measured <= wanted : measured >= wanted;
    }
}
