package hv.images.internal;

import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fetches files over HTTP into the cache: bounded in size and in silence, checked, and visible under their name only when whole. What fails leaves nothing.
 * One thread at a time.
 */
final class Download implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final long TICK_MILLIS = 200;

    /** The server has no such file: another address may do. */
    static final class NotThere extends Exception {
        private static final long serialVersionUID = 1L;

        NotThere(String message) {
            super(message);
        }
    }

    /** HTTP/1.1: asked for an upgrade to 2 over plain HTTP, as the client would, some mirrors and proxies answer with an error. */
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NORMAL).build();
    private final Duration stall;

    /** {@code stall}: how long nothing may arrive. */
    Download(Duration stall) {
        this.stall = stall;
    }

    /** Fetches a file of unknown hash and at most {@code maxBytes}. */
    void fetch(String what, URI from, Path to, long maxBytes, Progress progress) throws ImageException, NotThere {
        fetch(what, from, to, maxBytes, null, progress);
    }

    /** Fetches a file that must have the given size and hash. */
    void fetch(String what, URI from, Path to, ReleaseIndex.FileHash expected, Progress progress) throws ImageException, NotThere {
        fetch(what, from, to, expected.sizeBytes(), expected, progress);
    }

    private void fetch(String what, URI from, Path to, long maxBytes, ReleaseIndex.FileHash expected, Progress progress) throws ImageException, NotThere {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try {
            Files.createDirectories(to.getParent());
            long status;
            String sha256;
            long size;
            try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                Sink sink = new Sink(file, maxBytes);
                status = receive(what, from, sink, expected == null ? -1 : expected.sizeBytes(), progress);
                if (status == 404 || status == 410) {
                    throw new NotThere(from + " is not there (HTTP " + status + ")");
                }
                if (status != 200) {
                    throw new ImageException("cannot fetch " + from + ": the server answered HTTP " + status + "; try again or set another mirror");
                }
                file.force(true);
                sha256 = HexFormat.of().formatHex(sink.digest.digest());
                size = sink.doneBytes.get();
            }
            if (expected != null && size != expected.sizeBytes()) {
                throw new ImageException(from + " is truncated: " + size + " of " + expected.sizeBytes() + " bytes came; try again or set another mirror");
            }
            if (expected != null && !sha256.equals(expected.sha256())) {
                throw new ImageException(from + " was tampered with: its SHA-256 is " + sha256 + ", the signed index says " + expected.sha256() + "; use another mirror");
            }
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ImageException("cannot store " + to + ": " + reason(e), e);
        } finally {
            deleteQuietly(part);
        }
    }

    private long receive(String what, URI from, Sink sink, long totalBytes, Progress progress) throws ImageException {
        HttpRequest request = HttpRequest.newBuilder(from).header("User-Agent", "hv").GET().build();
        CompletableFuture<HttpResponse<Integer>> answer = client.sendAsync(request,
                info -> info.statusCode() == 200 ? sink : new NoBody());
        long seen = -1;
        long since = System.nanoTime();
        try {
            while (true) {
                long done = sink.doneBytes.get();
                if (done != seen) {
                    seen = done;
                    since = System.nanoTime();
                    progress.report(what, done, totalBytes);
                } else if (System.nanoTime() - since > stall.toNanos()) {
                    throw new ImageException("cannot fetch " + from + ": nothing came for " + stall.toMillis() + " ms; try again or set another mirror");
                }
                try {
                    long status = answer.get(TICK_MILLIS, TimeUnit.MILLISECONDS).statusCode();
                    progress.report(what, sink.doneBytes.get(), totalBytes);
                    return status;
                } catch (TimeoutException e) {
                    continue;   // not an error: a tick, to look at the progress
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("fetching " + from + " was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotStored) {
                throw new ImageException("cannot store " + from + ": " + reason(e.getCause().getCause()) + " after " + sink.doneBytes.get() + " bytes; make room or set "
                        + ImageSettings.CACHE + " to another folder", e);
            }
            String told = sink.doneBytes.get() > 0 && !(e.getCause() instanceof TooLong) ? "the transfer broke after " + sink.doneBytes.get() + " bytes: " : "";
            throw new ImageException("cannot fetch " + from + ": " + told + reason(e.getCause()) + "; try again or set another mirror", e);
        } finally {
            answer.cancel(true);
            sink.cancel();
        }
    }

    /** The reason in words: the exceptions of the network often have no message. */
    static String reason(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            switch (t) {
                case java.net.UnknownHostException u -> {
                    return "the host's name is not known";
                }
                case java.nio.channels.UnresolvedAddressException u -> {
                    return "the host's name is not known";
                }
                case java.net.http.HttpTimeoutException u -> {
                    return "the server does not answer";
                }
                case java.nio.file.AccessDeniedException u -> {
                    return "permission denied";
                }
                default -> { }
            }
        }
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName().replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT)
                : message.lines().findFirst().orElse(message);
    }

    private static void deleteQuietly(Path file) throws ImageException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new ImageException("cannot delete " + file + ": " + reason(e), e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(long maxBytes) {
            super("it is longer than the " + maxBytes + " bytes expected");
        }
    }

    /** The fault is this host's, not the server's. */
    private static final class NotStored extends IOException {
        private static final long serialVersionUID = 1L;

        NotStored(IOException cause) {
            super(cause);
        }
    }

    /** An answer without a file: its body is not taken. */
    private static final class NoBody implements HttpResponse.BodySubscriber<Integer> {
        @Override
        public CompletionStage<Integer> getBody() {
            return CompletableFuture.completedFuture(0);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            // cancelled: what still comes is dropped
        }

        @Override
        public void onError(Throwable throwable) {
            // nobody waits for the body
        }

        @Override
        public void onComplete() {
            // nobody waits for the body
        }
    }

    /** Writes and hashes what arrives, on the client's threads, one call at a time. */
    private static final class Sink implements HttpResponse.BodySubscriber<Integer> {
        final MessageDigest digest = Sha256.digest();
        final AtomicLong doneBytes = new AtomicLong();
        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private final FileChannel file;
        private final long maxBytes;
        private volatile Flow.Subscription subscription;

        Sink(FileChannel file, long maxBytes) {
            this.file = file;
            this.maxBytes = maxBytes;
        }

        @Override
        public CompletionStage<Integer> getBody() {
            return end;
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            try {
                for (ByteBuffer buffer : buffers) {
                    int length = buffer.remaining();
                    if (doneBytes.get() + length > maxBytes) {
                        throw new TooLong(maxBytes);
                    }
                    digest.update(buffer.duplicate());
                    store(buffer);
                    doneBytes.addAndGet(length);
                }
            } catch (IOException e) {
                cancel();
                end.completeExceptionally(e);
            }
        }

        private void store(ByteBuffer buffer) throws NotStored {
            try {
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
            } catch (IOException e) {
                throw new NotStored(e);
            }
        }

        @Override
        public void onError(Throwable throwable) {
            end.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            end.complete(0);
        }

        void cancel() {
            Flow.Subscription s = subscription;
            if (s != null) {
                s.cancel();
            }
        }
    }
}
