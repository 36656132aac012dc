package hv.api.machine;

/**
 * A network card as it is now. Frames and bytes are counted since the machine was made, from the guest's point of view.
 *
 * @param name        "nic0", "nic1", ... in the specification's order
 * @param mac         its address
 * @param backend     type of its backend
 * @param up          whether the guest sees a link
 * @param detail      why it is down, or what it is connected to
 * @param capture     file to which frames are written, or ""
 * @param lostCapture frames that a slow disk kept out of that file
 */
public record NicInfo(String name, String mac, String backend, boolean up, String detail, long sentFrames, long sentBytes, long receivedFrames,
        long receivedBytes, long dropped, String capture, long lostCapture) {
}
