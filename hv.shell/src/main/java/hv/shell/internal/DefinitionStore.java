package hv.shell.internal;

import hv.api.HvException;
import hv.api.machine.MachineSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The definitions of machines in a folder, one file {@code NAME.yaml} each. A file is written under another name, forced to the disk, and renamed: it is there whole
 * or not at all. Any thread.
 */
final class DefinitionStore {
    private static final String SUFFIX = ".yaml";

    private final Path folder;

    DefinitionStore(Path folder) {
        this.folder = folder;
    }

    /** Every definition, by name. */
    synchronized List<Path> files() throws HvException {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            entries.forEach(files::add);
        } catch (IOException e) {
            throw new HvException("cannot read the definitions in " + folder + ": " + e.getMessage(), e);
        }
        files.sort(null);
        return files;
    }

    synchronized void put(MachineSpec spec) throws HvException {
        Path file = folder.resolve(spec.name() + SUFFIX);
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "." + spec.name(), ".part");
            try {
                Files.writeString(part, MachineDescription.format(spec), StandardCharsets.UTF_8);
                try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new HvException("cannot keep the definition " + file + ": " + e.getMessage() + "; is the disk full?", e);
        }
    }

    synchronized void remove(String name) throws HvException {
        Path file = folder.resolve(name + SUFFIX);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new HvException("cannot delete the definition " + file + ": " + e.getMessage(), e);
        }
    }
}
