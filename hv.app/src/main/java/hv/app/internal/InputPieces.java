package hv.app.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Input in pieces, each a line with its end, or what has come of one for now; at most 64 KiB. A daemon thread reads it as it comes, up to 1,024 pieces ahead; then
 * whoever writes it waits. One reader and one that takes.
 */
final class InputPieces {
    private static final int CHUNK_BYTES = 8192;
    private static final int MAX_PIECE_BYTES = 1 << 16;
    private static final int MAX_WAITING = 1024;

    /**
     * A piece.
     *
     * @param alone nothing waited when it came: whoever writes the input may have waited for what the guest said
     */
    record Piece(byte[] bytes, boolean alone) {
    }

    private final BlockingQueue<Piece> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final InputStream in;
    private volatile boolean ended;
    private volatile boolean began;

    private InputPieces(InputStream in) {
        this.in = in;
    }

    /** Begins to read. The thread ends with the input, or with the first that nobody takes once it is interrupted. */
    static InputPieces of(InputStream in) {
        InputPieces pieces = new InputPieces(in);
        Thread.ofPlatform().daemon().name("hv-console-input").start(pieces::readAll);
        return pieces;
    }

    /** The oldest piece, null if none waits. It waits on. */
    Piece peek() {
        return waiting.peek();
    }

    /** Takes the oldest piece, null if none waits. */
    Piece poll() {
        return waiting.poll();
    }

    /** Whether the input had anything, and all of it was taken. */
    boolean isUsedUp() {
        return ended && began && waiting.isEmpty();
    }

    private void readAll() {
        byte[] chunk = new byte[CHUNK_BYTES];
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    piece.write(chunk[i]);
                    if (chunk[i] == '\n' || piece.size() == MAX_PIECE_BYTES) {
                        give(piece);
                    }
                }
                if (in.available() == 0) {
                    give(piece);
                }
            }
            give(piece);
        } catch (IOException e) {
            // The writer has gone in the middle: for the guest that is the end of the input.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }

    private void give(ByteArrayOutputStream piece) throws InterruptedException {
        if (piece.size() > 0) {
            waiting.put(new Piece(piece.toByteArray(), waiting.isEmpty()));
            piece.reset();
            began = true;
        }
    }
}
