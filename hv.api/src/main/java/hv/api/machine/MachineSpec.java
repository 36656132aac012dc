package hv.api.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a machine is to be. Immutable; made with {@link #named}.
 *
 * @param name        1 .. 64 characters of [A-Za-z0-9._-], begins with a letter or digit
 * @param board       board type, "riscv-virt" or "x86-virt"
 * @param memoryBytes guest RAM, a multiple of 2 MiB, at least 16 MiB
 * @param vcpus       1 .. 64; the board and the engine may allow less
 * @param firmware    absolute path of machine-mode firmware (flat binary or ELF), or null: the platform is the firmware itself
 * @param kernel      absolute path of a kernel in a format of the board (flat Image, bzImage, ELF file), possibly gzipped; may be null with a firmware
 * @param initrd      absolute path, or null
 * @param commandLine of the kernel, at most 2047 bytes of UTF-8, no NUL
 * @param disks       in order
 * @param nics        network cards, in order
 * @param settings    of engine, board and scheduler: "engine" (factory type), "strict" = "true", "mmu" = "sv39", "weight" = "100", ...; see {@link hv.api.part.PartFactory#settings}
 */
public record MachineSpec(String name, String board, long memoryBytes, int vcpus, Path firmware, Path kernel, Path initrd,
        String commandLine, List<DiskSpec> disks, List<NicSpec> nics, Map<String, String> settings) {
    public static final long MIB = 1L << 20;
    /** Given for a firmware where the user names it: none, and the kernel in its place. */
    public static final String NO_FIRMWARE = "none";

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
        if (kernel == null && firmware == null) {
            throw new IllegalArgumentException("machine " + name + " has neither kernel nor firmware: name one");
        }
        if (commandLine.indexOf('\0') >= 0 || commandLine.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 2047) {
            throw new IllegalArgumentException("kernel command line: at most 2047 bytes, no NUL");
        }
        firmware = absolute(firmware);
        kernel = absolute(kernel);
        initrd = absolute(initrd);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        settings = Map.copyOf(settings);
    }

    private static Path absolute(Path file) {
        return file == null ? null : file.toAbsolutePath().normalize();
    }

    /** 512 MiB, one vCPU, the RISC-V board. */
    public static MachineSpec named(String name, Path kernel) {
        return new MachineSpec(name, "riscv-virt", 512 * MIB, 1, null, kernel, null, "", List.of(), List.of(), Map.of());
    }

    /** 512 MiB, one vCPU, the RISC-V board, started in its firmware. */
    public static MachineSpec ofFirmware(String name, Path firmware) {
        return new MachineSpec(name, "riscv-virt", 512 * MIB, 1, firmware, null, null, "", List.of(), List.of(), Map.of());
    }

    public MachineSpec withBoard(String type) {
        return new MachineSpec(name, type, memoryBytes, vcpus, firmware, kernel, initrd, commandLine, disks, nics, settings);
    }

    public MachineSpec withMemory(long bytes) {
        return new MachineSpec(name, board, bytes, vcpus, firmware, kernel, initrd, commandLine, disks, nics, settings);
    }

    public MachineSpec withVcpus(int n) {
        return new MachineSpec(name, board, memoryBytes, n, firmware, kernel, initrd, commandLine, disks, nics, settings);
    }

    public MachineSpec withFirmware(Path file) {
        return new MachineSpec(name, board, memoryBytes, vcpus, file, kernel, initrd, commandLine, disks, nics, settings);
    }

    /** The kernel is entered in the firmware's place and mode, as kernels for bare machines want it. */
    public MachineSpec withKernelAsFirmware() {
        if (kernel == null) {
            throw new IllegalArgumentException("machine " + name + " has no kernel that could start in the firmware's place: name one");
        }
        return new MachineSpec(name, board, memoryBytes, vcpus, kernel, null, initrd, commandLine, disks, nics, settings);
    }

    public MachineSpec withKernel(Path file) {
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, file, initrd, commandLine, disks, nics, settings);
    }

    public MachineSpec withInitrd(Path file) {
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, file, commandLine, disks, nics, settings);
    }

    public MachineSpec withCommandLine(String line) {
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, initrd, line, disks, nics, settings);
    }

    public MachineSpec withDisk(DiskSpec disk) {
        List<DiskSpec> more = new java.util.ArrayList<>(disks);
        more.add(disk);
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, initrd, commandLine, more, nics, settings);
    }

    public MachineSpec withNic(NicSpec nic) {
        List<NicSpec> more = new java.util.ArrayList<>(nics);
        more.add(nic);
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, initrd, commandLine, disks, more, settings);
    }

    public MachineSpec withSetting(String key, String value) {
        Map<String, String> more = new java.util.HashMap<>(settings);
        more.put(key, value);
        return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, initrd, commandLine, disks, nics, more);
    }

    public String setting(String key, String otherwise) {
        return settings.getOrDefault(key, otherwise);
    }
}
