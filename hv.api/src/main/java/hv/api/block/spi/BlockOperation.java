package hv.api.block.spi;

import java.lang.foreign.MemorySegment;

/**
 * One operation on a disk. Made by the model, completed once by the backend.
 *
 * @param kind       what to do
 * @param offset     first byte, 0 for FLUSH
 * @param lenBytes   bytes concerned, 0 for FLUSH; for READ and WRITE the buffer's size
 * @param buffer     where bytes go to or come from; null unless READ or WRITE. The backend's until completion
 * @param completion called once, on any thread
 */
public record BlockOperation(Kind kind, long offset, long lenBytes, MemorySegment buffer, Completion completion) {
    /** What is to be done. FLUSH: all writes completed before it was submitted are on stable storage. */
    public enum Kind { READ, WRITE, FLUSH, DISCARD, WRITE_ZEROES }

    /** Told of the end. */
    @FunctionalInterface
    public interface Completion {
        /** @param error null if it succeeded, else one line for people; the guest sees an I/O error */
        void done(String error);
    }
}
