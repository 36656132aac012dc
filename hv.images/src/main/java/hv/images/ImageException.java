package hv.images;

/** A guest could not be had. The message is one line: what went wrong, where, and what to do. Nothing half-made is left in the cache. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
