package hv.api.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a machine is to be. Immutable; made with {@link #named}.
 *
 * @param name        1 .. 64 characters of [A-Za-z0-9._-], begins with a letter or digit
 * @param board       board type, "riscv-virt"
 * @param memoryBytes guest RAM, a multiple of 2 MiB, at least 16 MiB
 * @param vcpus       1 .. 64; the board and the engine may allow less
 * @param kernel      absolute path of a flat Image or an ELF file, possibly gzipped
 * @param initrd      absolute path, or null
 * @param commandLine of the kernel, at most 2047 bytes of UTF-8, no NUL
 * @param disks       virtio block devices, in order
 * @param settings    of engine, board and scheduler: "engine" (factory type), "strict" = "true", "mmu" = "sv39", "weight" = "100", ...
 */
public record MachineSpec(String name, String board, long memoryBytes, int vcpus, Path kernel, Path initrd, String commandLine,
        List<DiskSpec> disks, Map<String, String> settings) {
    public static final long MIB = 1L << 20;

    /** Checks shapes that hold for every board. @throws IllegalArgumentException with one line for people */
    public MachineSpec {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException("machine name \"" + name + "\": use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit");
        }
        if (memoryBytes < 16 * MIB || memoryBytes % (2 * MIB) != 0 || memoryBytes > 1L << 44) {
            throw new IllegalArgumentException("memory of " + memoryBytes + " bytes: use a multiple of 2 MiB from 16 MiB to 16 TiB");
        }
        if (vcpus < 1 || vcpus > 64) {
            throw new IllegalArgumentException(vcpus + " vCPUs: use 1 to 64");
        }
        if (kernel == null) {
            throw new IllegalArgumentException("machine " + name + " has no kernel: name one");
        }
        if (commandLine.indexOf('\0') >= 0 || commandLine.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 2047) {
            throw new IllegalArgumentException("kernel command line: at most 2047 bytes, no NUL");
        }
        kernel = kernel.toAbsolutePath().normalize();
        initrd = initrd == null ? null : initrd.toAbsolutePath().normalize();
        disks = List.copyOf(disks);
        settings = Map.copyOf(settings);
    }

    /** 512 MiB, one vCPU, the RISC-V board. */
    public static MachineSpec named(String name, Path kernel) {
        return new MachineSpec(name, "riscv-virt", 512 * MIB, 1, kernel, null, "", List.of(), Map.of());
    }

    public MachineSpec withMemory(long bytes) {
        return new MachineSpec(name, board, bytes, vcpus, kernel, initrd, commandLine, disks, settings);
    }

    public MachineSpec withVcpus(int n) {
        return new MachineSpec(name, board, memoryBytes, n, kernel, initrd, commandLine, disks, settings);
    }

    public MachineSpec withInitrd(Path file) {
        return new MachineSpec(name, board, memoryBytes, vcpus, kernel, file, commandLine, disks, settings);
    }

    public MachineSpec withCommandLine(String line) {
        return new MachineSpec(name, board, memoryBytes, vcpus, kernel, initrd, line, disks, settings);
    }

    public MachineSpec withDisk(DiskSpec disk) {
        List<DiskSpec> more = new java.util.ArrayList<>(disks);
        more.add(disk);
        return new MachineSpec(name, board, memoryBytes, vcpus, kernel, initrd, commandLine, more, settings);
    }

    public MachineSpec withSetting(String key, String value) {
        Map<String, String> more = new java.util.HashMap<>(settings);
        more.put(key, value);
        return new MachineSpec(name, board, memoryBytes, vcpus, kernel, initrd, commandLine, disks, more);
    }

    public String setting(String key, String otherwise) {
        return settings.getOrDefault(key, otherwise);
    }
}
