package hv.images;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Makes disk images that boot by themselves. Any thread; blocks while it fetches and builds, which is minutes. An interrupt ends it and leaves nothing half. */
@ProviderType
public interface DiskBuilder {
    /** The distributions it can make a disk of, sorted. */
    List<String> names();

    /**
     * Makes a disk image, or copies the one that was made of the same recipe before.
     *
     * @param distribution one of {@link #names}
     * @param output       the disk's file; what is there is replaced when the new one is whole
     * @param update       whether to look for newer packages where the recipe was made before
     * @throws ImageException with a line for the user; {@code output} is as before
     */
    DiskImage build(String distribution, DiskRecipe recipe, Path output, boolean update, Progress progress) throws ImageException;
}
