package hv.api.machine;

import hv.api.HvException;
import hv.api.Progress;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Guests that can be booted by name. An OSGi service. Any thread; blocks while images are fetched and made. */
@ProviderType
public interface Guests {
    /** The names, sorted. */
    List<String> names();

    /**
     * What a machine for the guest is to be: its images, which are fetched and made first where they are not there yet, its memory and its command line.
     *
     * @param guest       name of the guest
     * @param machineName name of the machine
     * @throws HvException no such guest, or its images cannot be had
     */
    MachineSpec spec(String guest, String machineName, Progress progress) throws HvException;

    /**
     * What a machine with a disk image that was made here is to be: the image as its first disk, booted by the kernel beside it.
     *
     * @param image         {@code NAME} of the platform's images or {@code FILE}, perhaps with what {@link DiskSpec#parse} takes: {@code debian,bus=scsi}
     * @param workingFolder where a relative file begins
     * @param machineName   name of the machine
     * @throws HvException no such image; the message says how to make it
     */
    MachineSpec ofImage(String image, Path workingFolder, String machineName) throws HvException;
}
