package hv.app.launch;

import hv.api.machine.MachineSpec;
import hv.shell.text.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What {@code ./hv run} was told. Paths are relative to the folder the user was in. */
@Command(name = "hv run", sortOptions = false, usageHelpAutoWidth = true,
        description = "Boots a guest and attaches this terminal to its console. Ctrl-] leaves the console. Piped input is typed as the guest prompts; its end is the run's.")
public final class RunOptions {
    @Option(names = "--guest", paramLabel = "NAME", description = "guest of the catalog: debian (default) or tiny")
    public String guest;

    @Option(names = "--arch", paramLabel = "ISA", converter = Isa.class, description = "what the guest runs on: riscv64 (default, on any host), or x86-64 where an engine of the host runs it (KVM)")
    public Architecture arch = Architecture.RISCV64;

    @Option(names = "--image", paramLabel = "NAME|FILE[,bus=scsi]", description = "boot this disk image: debian, or a file; see ./hv image build --help")
    public String image;

    @Option(names = "--bios", paramLabel = "FILE", description = "start in this machine-mode firmware (flat or ELF), e.g. OpenSBI, which finds the kernel behind it; none: start the kernel itself in machine mode; without the option the platform is the firmware")
    public Path bios;

    @Option(names = "--kernel", paramLabel = "FILE", description = "boot this kernel instead: a RISC-V Image or ELF file, possibly gzipped; with --arch x86-64 a bzImage, or an ELF file with a PVH entry")
    public Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "initial RAM disk for it")
    public Path initrd;

    @Option(names = "--append", paramLabel = "TEXT", description = "kernel command line; with --guest, added to the guest's own")
    public String append;

    @Option(names = "--disk", paramLabel = "FILE[,ro][,bus=scsi]", description = "raw disk image; may be given several times")
    public List<String> disks = new ArrayList<>();

    @Option(names = "--net", paramLabel = "BACKEND[,KEY=VALUE...]", description = "network card: user (NAT through the program passt), stream or dgram (frames over a socket), with options, e.g. user,hostfwd=2222:22; may be given several times; default: none")
    public List<String> nics = new ArrayList<>();

    @Option(names = "--memory", paramLabel = "SIZE", converter = Size.class, description = "RAM, with K, M or G: a multiple of 2M, from 16M on (default: the guest's, else 512M)")
    public Long memoryBytes;

    @Option(names = "--cpus", paramLabel = "N", description = "virtual CPUs (default: 1)")
    public Integer cpus;

    @Option(names = "--engine", paramLabel = "NAME", description = "what runs the guest's code: riscv or kvm (default: the engine for the guest's architecture)")
    public String engine;

    @Option(names = "--scheduler", paramLabel = "POLICY", description = "who shares the host's CPUs out from now on: credit (usual), eevdf, priority, real-time, round-robin; hv:scheduler lists them")
    public String scheduler;

    @Option(names = "--script", paramLabel = "FILE", description = "feed the file's lines to the console, print what the guest prints, and end with it")
    public Path script;

    @Option(names = "--gdb", paramLabel = "ADDRESS", arity = "0..1", fallbackValue = "1234",
            description = "let gdb connect: PORT, HOST:PORT or unix:PATH (default: 1234 at the loopback)")
    public String gdb;

    @Option(names = "--gdb-wait", description = "hold the machine before its first instruction until gdb has come; implies --gdb")
    public boolean gdbWait;

    @Option(names = "--name", paramLabel = "NAME", description = "the machine's name (default: the guest's)")
    public String name;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of engine, board or scheduler, e.g. strict=true, weight=200, cap=50 (percent of a host CPU), reservation=4ms/20ms, affinity=0-1; may be given several times")
    public Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    public boolean help;

    /** Where relative paths begin. */
    public Path workingFolder = Path.of("").toAbsolutePath();

    /** What is wrong with arguments, in one line. */
    public static String firstLine(CommandLine.ParameterException e) {
        return e.getMessage().lines().findFirst().orElse("wrong usage");
    }

    /** Parses arguments. @throws CommandLine.ParameterException one line for people */
    public static RunOptions parse(List<String> arguments) {
        RunOptions options = new RunOptions();
        new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
        CommandLine usage = new CommandLine(options);
        if (options.image != null && (options.guest != null || options.kernel != null)) {
            throw new CommandLine.ParameterException(usage, "--image excludes --guest and --kernel: name one of them");
        }
        if (options.guest != null && options.kernel != null) {
            throw new CommandLine.ParameterException(usage, "--guest and --kernel exclude each other: name one of them");
        }
        if (options.image != null && options.arch != Architecture.RISCV64) {
            throw new CommandLine.ParameterException(usage, "--image boots disks for riscv64 alone: leave --arch out");
        }
        if (options.startsBare() && options.kernel == null) {
            throw new CommandLine.ParameterException(usage, "--bios none needs --kernel");
        }
        if (options.initrd != null && options.kernel == null && options.image == null) {
            throw new CommandLine.ParameterException(usage, "--initrd needs --kernel");
        }
        return options;
    }

    /** Whether the kernel is to start in machine mode. A file of that name is ./none. */
    public boolean startsBare() {
        return bios != null && bios.toString().equals(MachineSpec.NO_FIRMWARE);
    }

    /** The help text. */
    public static String usage() {
        return new CommandLine(new RunOptions()).getUsageMessage();
    }

    /** Names of architectures. */
    public static final class Isa implements ITypeConverter<Architecture> {
        @Override
        public Architecture convert(String text) {
            try {
                return Architecture.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Sizes such as 512M. */
    public static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return ByteSize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
