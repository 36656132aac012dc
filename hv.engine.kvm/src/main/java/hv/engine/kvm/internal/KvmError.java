package hv.engine.kvm.internal;

/** KVM refused what it takes from every caller that is right: withdrawn by the host, out of memory, or a fault of ours. One line. */
final class KvmError extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    KvmError(String what, int result) {
        super("KVM refused to " + what + ", errno " + -result);
    }

    /** @throws KvmError if the result is one */
    static int check(String what, int result) {
        if (result < 0) {
            throw new KvmError(what, result);
        }
        return result;
    }
}
