package hv.api.state;

/**
 * Which part of a machine, and in which format it puts its state down.
 *
 * @param path place in the machine, unique there: "cpu/0", "uart0", "virtio/1/model"; 1 .. 128 characters of [a-z0-9./:-]
 * @param tag  format of the state
 */
public record PartId(String path, StateTag tag) {
    public PartId {
        if (!path.matches("[a-z0-9./:-]{1,128}")) {
            throw new IllegalArgumentException("part path " + path);
        }
    }
}
