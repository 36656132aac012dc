package hv.app.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.Guests;
import hv.api.machine.MachineSpec;
import hv.app.launch.Architecture;
import hv.guest.tiny.TinyGuest;
import hv.images.DiskImage;
import hv.images.GuestCatalog;
import hv.images.GuestImage;
import hv.images.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The guests of the catalog, and the tiny guest, which needs no catalog and no network. */
@Component(service = Guests.class)
public final class CatalogGuests implements Guests {
    static final String TINY = "tiny";
    private static final long TINY_MEMORY_BYTES = 64 * MachineSpec.MIB;

    private final GuestCatalog catalog;
    private final Path home;

    @Activate
    public CatalogGuests(BundleContext context, @Reference GuestCatalog catalog) {
        this(Path.of(context.getProperty("hv.home")), catalog);
    }

    CatalogGuests(Path home, GuestCatalog catalog) {
        this.home = home;
        this.catalog = catalog;
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>(catalog.names());
        names.add(TINY);
        names.sort(null);
        return names;
    }

    @Override
    public MachineSpec spec(String guest, String machineName, Progress progress) throws HvException {
        if (guest.equals(TINY)) {
            return MachineSpec.named(machineName, tinyImage()).withMemory(TINY_MEMORY_BYTES);
        }
        if (!catalog.names().contains(guest)) {
            throw new SpecException("no guest named \"" + guest + "\": there are " + String.join(", ", names()));
        }
        try {
            GuestImage image = catalog.get(guest, progress::at);
            return MachineSpec.named(machineName, image.kernel()).withBoard(Architecture.of(image.isa()).board()).withInitrd(image.initrd()).withCommandLine(image.defaultCommandLine());
        } catch (ImageException e) {
            throw new HvException(e.getMessage(), e);
        }
    }

    @Override
    public MachineSpec ofImage(String text, Path workingFolder, String machineName) throws HvException {
        int comma = text.indexOf(',');
        String name = comma < 0 ? text : text.substring(0, comma);
        boolean named = name.matches("[A-Za-z0-9][A-Za-z0-9_-]*");
        DiskSpec disk = DiskSpec.parse(workingFolder, named ? ImageFolder.file(home, name) + text.substring(name.length()) : text);
        DiskImage image = DiskImage.of(disk.file());
        for (Path file : new Path[] {image.file(), image.kernel(), image.initrd()}) {
            if (!Files.isRegularFile(file)) {
                throw new SpecException("image " + name + ": no file " + file + "; make it with ./hv image build debian" + (named && name.equals("debian") ? "" : " --output " + image.file()));
            }
        }
        return MachineSpec.named(machineName, image.kernel()).withInitrd(image.initrd()).withCommandLine(image.defaultCommandLine()).withDisk(disk);
    }

    /** The image as a file; written anew where it differs, whole or not at all. */
    private Path tinyImage() throws HvException {
        byte[] image = TinyGuest.image();
        Path folder = home.resolve("guests");
        Path file = folder.resolve("tiny.image");
        try {
            if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), image)) {
                return file;
            }
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "tiny", ".part");
            try {
                Files.write(part, image);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        } catch (IOException e) {
            throw new HvException("cannot write the tiny guest's image " + file + ": " + e.getMessage() + "; is the disk full?", e);
        }
    }
}
