package hv.app.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code ./hv image} was told. Paths are relative to the folder the user was in. */
public sealed interface ImageOptions {
    /** {@code --help}, of {@code image} or of what it does. */
    record Help(String text) implements ImageOptions { }

    /** {@code image build}. */
    @Command(name = "build", sortOptions = false, usageHelpAutoWidth = true,
            description = {"Makes a disk image that boots to a login: packages from the signed archive, configured in a guest. The same options again copy the image that was made.",
                "Boot it with ./hv run --image; ./hv image seed gives it an account and a key."})
    final class Build implements ImageOptions {
        @Parameters(paramLabel = "DISTRIBUTION", arity = "0..1", description = "what to make a disk of: debian (default)")
        public String distribution = "debian";

        @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "the disk's file (default: debian.img in HV_HOME/images, which ./hv run --image debian boots)")
        public Path output;

        @Option(names = "--size", paramLabel = "SIZE", converter = RunOptions.Size.class, description = "of the disk, with M or G, from 512M on; unused room costs nothing (default: 4G)")
        public Long sizeBytes;

        @Option(names = "--hostname", paramLabel = "NAME", description = "name of the machine (default: debian)")
        public String hostname;

        @Option(names = "--packages", paramLabel = "A,B,...", split = ",", description = "Debian packages beside those of every image; recommended ones are not added")
        public List<String> packages = new ArrayList<>();

        @Option(names = "--update", description = "look for newer packages, though these options were built before")
        public boolean update;

        @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
        boolean help;

        /** Where relative paths begin. */
        public Path workingFolder = Path.of("").toAbsolutePath();
    }

    /** {@code image seed}. */
    @Command(name = "seed", sortOptions = false, usageHelpAutoWidth = true,
            description = {"Makes a small disk that tells an image, at its first boot, its account, key, host name and script (cloud-init's NoCloud).",
                "Give it to the machine as one more disk: ./hv run --image debian --disk seed.img,ro"})
    final class Seed implements ImageOptions {
        @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "the seed's file (default: seed.img)")
        public Path output = Path.of("seed.img");

        @Option(names = "--user", paramLabel = "NAME", description = "account with the right to become root by sudo (default: debian)")
        public String user = hv.images.Seed.DEFAULT_USER;

        @Option(names = "--key", paramLabel = "FILE", description = "OpenSSH public keys that log in, for example ~/.ssh/id_ed25519.pub; may be given several times")
        public List<Path> keys = new ArrayList<>();

        @Option(names = "--hostname", paramLabel = "NAME", description = "name of the machine (default: as it is)")
        public String hostname;

        @Option(names = "--script", paramLabel = "FILE", description = "run once as root when the network is there; begins with #!")
        public Path script;

        @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
        boolean help;

        /** Where relative paths begin. */
        public Path workingFolder = Path.of("").toAbsolutePath();
    }

    /** The command above both. */
    @Command(name = "hv image", usageHelpAutoWidth = true, description = "Disk images that boot by themselves. image build --help and image seed --help tell the options.")
    final class Top {
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
        boolean help;
    }

    /** Parses arguments. @param workingFolder where relative paths begin @throws CommandLine.ParameterException one line for people */
    static ImageOptions parse(List<String> arguments, Path workingFolder) {
        CommandLine top = new CommandLine(new Top()).addSubcommand(new Build()).addSubcommand(new Seed());
        CommandLine.ParseResult result = top.parseArgs(arguments.toArray(String[]::new));
        CommandLine.ParseResult sub = result.subcommand();
        if (result.isUsageHelpRequested() || sub != null && sub.isUsageHelpRequested()) {
            return new Help((sub == null ? top : sub.commandSpec().commandLine()).getUsageMessage());
        }
        switch (sub == null ? null : sub.commandSpec().userObject()) {
            case Build build -> {
                build.workingFolder = workingFolder;
                return build;
            }
            case Seed seed -> {
                seed.workingFolder = workingFolder;
                return seed;
            }
            case null, default -> throw new CommandLine.ParameterException(top, "say build or seed");
        }
    }
}
