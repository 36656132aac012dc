package hv.snapshot.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an error of the file system means, for people. */
final class FileErrors {
    private FileErrors() {
    }

    static String reason(IOException e) {
        return switch (e) {
            case ClosedByInterruptException _ -> "cancelled";
            case NoSuchFileException _ -> "no such file or folder";
            case AccessDeniedException _ -> "no permission";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
