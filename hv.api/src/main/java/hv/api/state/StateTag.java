package hv.api.state;

/**
 * The format of a part's state. Parts whose tags are equal can take over from each other.
 *
 * @param name    the thing modelled ("virtio-blk"), never a Java class; 1 .. 64 characters of [a-z0-9.-]
 * @param version format version, at least 1
 */
public record StateTag(String name, int version) {
    public StateTag {
        if (!name.matches("[a-z0-9.-]{1,64}") || version < 1) {
            throw new IllegalArgumentException("state tag " + name + "/" + version);
        }
    }

    @Override
    public String toString() {
        return name + "/" + version;
    }
}
