package hv.bench.internal;

import java.nio.file.Path;

/**
 * What an engine boots, on the board named virt.
 *
 * @param network with a card behind a passt
 */
record Guest(Path kernel, Path initrd, String commandLine, int memoryMib, int vcpus, boolean network) {
    Guest(Path kernel, Path initrd, String commandLine, int memoryMib, int vcpus) {
        this(kernel, initrd, commandLine, memoryMib, vcpus, false);
    }
}
