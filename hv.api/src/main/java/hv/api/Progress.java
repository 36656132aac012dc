package hv.api;

/** Told of long work. Called from the working thread; must not block or throw. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (what, done, total) -> { };

    /**
     * @param what what is being done, a short noun phrase
     * @param done units done, 0 .. total
     * @param total units in all, or -1 while unknown
     */
    void at(String what, long done, long total);
}
