package hv.board;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Addresses of network cards that were given none: the same for the same machine and place, in QEMU's range of locally administered ones. */
final class CardAddress {
    private CardAddress() {
    }

    /** @param index place among the machine's cards */
    static String of(String machine, int index) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((machine + "/" + index).getBytes(StandardCharsets.UTF_8));
            return String.format("52:54:00:%02x:%02x:%02x", hash[0] & 0xff, hash[1] & 0xff, hash[2] & 0xff);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
