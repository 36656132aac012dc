package hv.images.internal;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The cache folder of the Debian guests. Reading needs no lock: a guest's folder appears whole, by a rename, and never changes. Writing needs {@link CacheLock}.
 * <pre>
 * CACHE/lock                                    who may write
 * CACHE/debian/accepted.properties              date of the last accepted index, per suite and architecture
 * CACHE/debian/pool/SHA256.deb                  packages, verified
 * CACHE/debian/guests/VERSION-HASH/kernel       flat Image, ELF or bzImage
 *                                 /initrd.gz
 *                                 /guest.properties  what it was made of; sizes of both files
 * CACHE/debian/current, current-amd64           folder of the guest that is given where no version is asked for, for each architecture
 * CACHE/debian/tmp/                             of the writer; emptied by the next one
 * </pre>
 */
final class GuestStore {
    private static final long MAX_PROPERTIES_BYTES = 1 << 16;

    /**
     * A guest that was made.
     *
     * @param whole whether its files are there; if not it can be made again of its selection
     */
    record Made(Path folder, Selection selection, String recipe, boolean whole) {
        /** Whether it is what a making by this recipe would give. */
        boolean good(String wantedRecipe) {
            return whole && recipe.equals(wantedRecipe);
        }

        Path kernel() {
            return folder.resolve("kernel");
        }

        Path initrd() {
            return folder.resolve("initrd.gz");
        }
    }

    private final Path root;
    private final DebianPort port;

    /** The guest of a disk's architecture. */
    GuestStore(Path cacheDir) {
        this(cacheDir, DebianPort.RISCV64);
    }

    /** @param port whose guests are found; all share one pool */
    GuestStore(Path cacheDir, DebianPort port) {
        root = cacheDir.resolve("debian");
        this.port = port;
    }

    Path tmp() {
        return root.resolve("tmp");
    }

    Path pool(String sha256) {
        return root.resolve("pool").resolve(sha256 + ".deb");
    }

    /** The current guest, or where a version is asked for the newest made guest of that version. */
    Optional<Made> find(Optional<String> pin) throws IOException {
        if (pin.isEmpty()) {
            Path current = root.resolve(port.current());
            if (!Files.isRegularFile(current) || Files.size(current) > 1000) {
                return Optional.empty();
            }
            String folder = Files.readString(current).strip();
            return folder.matches("[0-9A-Za-z.+_~-]+") && !folder.startsWith(".") ? load(root.resolve("guests").resolve(folder)) : Optional.empty();
        }
        TreeMap<Instant, Made> found = new TreeMap<>();
        for (Path folder : folders(root.resolve("guests"))) {
            Optional<Made> made = load(folder);
            if (made.isPresent() && made.get().selection().matches(pin) && port.kernelPackage().matcher(made.get().selection().kernel().name()).matches()) {
                found.put(Files.getLastModifiedTime(folder).toInstant(), made.get());
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.lastEntry().getValue());
    }

    /** The guest in a folder; empty where the folder does not say what it was made of. */
    Optional<Made> load(Path folder) throws IOException {
        Properties properties = read(folder.resolve("guest.properties"));
        Optional<Selection> selection = Selection.load(properties);
        if (selection.isEmpty()) {
            return Optional.empty();
        }
        boolean whole = has(folder.resolve("kernel"), properties.getProperty("kernel.bytes"))
                && has(folder.resolve("initrd.gz"), properties.getProperty("initrd.bytes"));
        return Optional.of(new Made(folder, selection.get(), properties.getProperty("recipe", ""), whole));
    }

    private static boolean has(Path file, String bytes) throws IOException {
        return Files.isRegularFile(file) && Long.toString(Files.size(file)).equals(bytes);
    }

    Path folder(Selection selection, String recipe) {
        return root.resolve("guests").resolve(selection.folder(recipe));
    }

    /** Makes {@code files}, complete in {@link #tmp()}, the guest's folder. */
    Made publish(Path files, Selection selection, String recipe) throws IOException {
        Properties properties = new Properties();
        selection.store(properties);
        properties.setProperty("recipe", recipe);
        properties.setProperty("kernel.bytes", Long.toString(Files.size(files.resolve("kernel"))));
        properties.setProperty("initrd.bytes", Long.toString(Files.size(files.resolve("initrd.gz"))));
        write(files.resolve("guest.properties"), properties);
        for (String name : List.of("kernel", "initrd.gz")) {
            try (FileChannel channel = FileChannel.open(files.resolve(name), StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
        Path folder = folder(selection, recipe);
        Files.createDirectories(folder.getParent());
        // What stands there is not whole, or it had been taken.
        deleteTree(folder);
        Files.move(files, folder, StandardCopyOption.ATOMIC_MOVE);
        return new Made(folder, selection, recipe, true);
    }

    void setCurrent(Made made) throws IOException {
        replace(root.resolve(port.current()), (made.folder().getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Dates of the newest indexes that were accepted. */
    Path acceptedFile() {
        return root.resolve("accepted.properties");
    }

    Optional<Instant> accepted(String of) throws IOException {
        String text = read(acceptedFile()).getProperty(of);
        try {
            return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            throw new IOException(acceptedFile() + " has '" + text + "' for a date; delete that file to accept any index again", e);
        }
    }

    void accept(String of, Instant date) throws IOException {
        Path file = acceptedFile();
        Properties properties = read(file);
        properties.setProperty(of, date.toString());
        write(file, properties);
    }

    /** Deletes what a writer that died left behind. */
    void sweep() throws IOException {
        deleteTree(tmp());
        for (Path file : folders(root.resolve("pool"))) {
            if (file.toString().endsWith(".part")) {
                Files.delete(file);
            }
        }
        Files.createDirectories(tmp());
    }

    void clear() throws IOException {
        deleteTree(tmp());
    }

    private static List<Path> folders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return new ArrayList<>();
        }
        try (Stream<Path> listed = Files.list(parent)) {
            return listed.sorted().toList();
        }
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try {
            if (Files.isRegularFile(file) && Files.size(file) <= MAX_PROPERTIES_BYTES) {
                try (Reader in = Files.newBufferedReader(file)) {
                    properties.load(in);
                }
            }
        } catch (NoSuchFileException e) {
            return new Properties();   // gone between the two looks
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged (" + e.getMessage() + "); delete it", e);
        }
        return properties;
    }

    private void write(Path file, Properties properties) throws IOException {
        // Not Properties.store: it writes the time of day.
        StringBuilder text = new StringBuilder();
        new TreeMap<>(properties).forEach((key, value) -> text.append(key).append('=').append(value.toString().replace("\\", "\\\\")).append('\n'));
        replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void replace(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createDirectories(tmp());
        Path part = tmp().resolve(file.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Follows no link. */
    static void deleteTree(Path top) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
