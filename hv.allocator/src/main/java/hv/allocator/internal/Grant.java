package hv.allocator.internal;

import hv.api.allocator.spi.Account;

/** What one machine was granted, and uses of it. Guarded by its {@link Ledger}. */
final class Grant {
    static final int MAX_VCPUS = 64;
    static final long MAX_RAM_BYTES = 1L << 44;
    final long ramBytes;
    final int vcpus;
    private long touchedBytes;
    /** Bit n: vCPU n is started. A set, not a count, so that a repeated start or stop is no other than one. */
    private long started;

    Grant(long ramBytes, int vcpus) {
        this(ramBytes, vcpus, 0, 0);
    }

    Grant(long ramBytes, int vcpus, long touchedBytes, long started) {
        this.ramBytes = ramBytes;
        this.vcpus = vcpus;
        this.touchedBytes = touchedBytes;
        this.started = started;
    }

    static boolean fits(long ramBytes, int vcpus) {
        return ramBytes >= 1 && ramBytes <= MAX_RAM_BYTES && vcpus >= 1 && vcpus <= MAX_VCPUS;
    }

    /** Whether no bit is set of a vCPU that the machine has not. */
    static boolean startedFits(long started, int vcpus) {
        return vcpus == MAX_VCPUS || started >>> vcpus == 0;
    }

    boolean has(int vcpu) {
        return vcpu >= 0 && vcpu < vcpus;
    }

    void start(int vcpu) {
        started |= 1L << vcpu;
    }

    void stop(int vcpu) {
        started &= ~(1L << vcpu);
    }

    void touched(long bytes) {
        touchedBytes = Math.max(0, bytes);
    }

    long touchedBytes() {
        return touchedBytes;
    }

    long started() {
        return started;
    }

    Account account(String machine) {
        return new Account(machine, ramBytes, touchedBytes, vcpus, Long.bitCount(started));
    }
}
