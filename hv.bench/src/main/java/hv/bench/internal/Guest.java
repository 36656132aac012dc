package hv.bench.internal;

import java.nio.file.Path;

/** What an engine boots, on the board named virt. */
record Guest(Path kernel, Path initrd, String commandLine, int memoryMib, int vcpus) {
}
