package hv.api.memory;

/** What a lease is for. */
public enum Access {
    READ, WRITE, READ_WRITE;

    public boolean reads() {
        return this != WRITE;
    }

    public boolean writes() {
        return this != READ;
    }
}
