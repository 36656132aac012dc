package hv.shell.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.machine.Hypervisor;
import hv.api.machine.MachineSpec;
import hv.shell.definitions.Definitions;
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
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The definitions of machines in a folder, one file {@code NAME.yaml} each. A file is written under another name, forced to the disk, and renamed: it is there whole
 * or not at all. Any thread.
 */
@Component(service = Definitions.class)
public final class DefinitionStore implements Definitions {
    private static final String SUFFIX = ".yaml";

    private final Path folder;

    @Activate
    public DefinitionStore(BundleContext context) {
        this(Path.of(context.getProperty("hv.home"), "machines"));
    }

    DefinitionStore(Path folder) {
        this.folder = folder;
    }

    /** Every definition, by name. */
    private synchronized List<Path> files() throws HvException {
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

    @Override
    public synchronized void put(MachineSpec spec) throws HvException {
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

    @Override
    public synchronized boolean has(String name) {
        return Files.exists(folder.resolve(name + SUFFIX));
    }

    @Override
    public synchronized void remove(String name) throws HvException {
        Path file = folder.resolve(name + SUFFIX);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new HvException("cannot delete the definition " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<String> makeAll(Hypervisor hypervisor) {
        List<String> failures = new ArrayList<>();
        try {
            for (Path file : files()) {
                try {
                    MachineSpec spec = MachineDescription.read(file).spec(null, null, Progress.NONE);
                    if (hypervisor.machines().stream().noneMatch(machine -> machine.name().equals(spec.name()))) {
                        hypervisor.create(spec);
                    }
                } catch (HvException e) {
                    failures.add("the machine defined in " + file + " cannot be made: " + e.getMessage());
                }
            }
        } catch (HvException e) {
            failures.add(e.getMessage());
        }
        return failures;
    }
}
