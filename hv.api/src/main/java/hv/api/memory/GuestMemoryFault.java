package hv.api.memory;

/** The guest gave a device an address that is not RAM. A guest's fault: the device answers as its specification says. */
public final class GuestMemoryFault extends Exception {
    private static final long serialVersionUID = 1L;
    private final long gpa;

    public GuestMemoryFault(long gpa, long lenBytes) {
        super("no RAM at " + Long.toHexString(gpa) + "+" + lenBytes, null, false, false);
        this.gpa = gpa;
    }

    public long gpa() {
        return gpa;
    }
}
