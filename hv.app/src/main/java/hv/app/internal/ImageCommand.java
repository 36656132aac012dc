package hv.app.internal;

import hv.app.launch.ExitStatus;
import hv.app.launch.ImageOptions;
import hv.images.DiskBuilder;
import hv.images.DiskImage;
import hv.images.DiskRecipe;
import hv.images.ImageException;
import hv.images.Seed;
import hv.images.SeedDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One {@code ./hv image}. Used by one thread. */
final class ImageCommand {
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final DiskBuilder builder;
    private final ImageFolder images;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    ImageCommand(DiskBuilder builder, ImageFolder images, PrintStream out, PrintStream err, boolean terminal) {
        this.builder = builder;
        this.images = images;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    int run(ImageOptions options) {
        try {
            switch (options) {
                case ImageOptions.Help help -> out.print(help.text());
                case ImageOptions.Build build -> build(build);
                case ImageOptions.Seed seed -> seed(seed);
            }
            return ExitStatus.OK;
        } catch (IllegalArgumentException e) {
            say(e.getMessage());
            return ExitStatus.USAGE;
        } catch (IOException e) {
            say(e.getMessage());
            return ExitStatus.BAD_INPUT;
        } catch (ImageException e) {
            say(e.getMessage());
            return ExitStatus.UNAVAILABLE;
        }
    }

    private void build(ImageOptions.Build options) throws ImageException {
        if (!builder.names().contains(options.distribution)) {
            throw new IllegalArgumentException("there is no image " + options.distribution.replaceAll("[^ -~]", "?") + ": there is " + String.join(", ", builder.names()));
        }
        DiskRecipe recipe = new DiskRecipe(options.sizeBytes == null ? DiskRecipe.DEFAULT_BYTES : options.sizeBytes,
                options.hostname == null ? DiskRecipe.DEFAULT_HOSTNAME : options.hostname, options.packages);
        Path output = options.output == null ? images.file(options.distribution) : options.workingFolder.resolve(options.output).normalize();
        images.refuseInUse(output);
        ProgressLine progress = new ProgressLine(err, terminal);
        long begunNanos = System.nanoTime();
        DiskImage image;
        try {
            image = builder.build(options.distribution, recipe, output, options.update, progress::at);
        } finally {
            progress.end();
        }
        say(image.file() + " is made (" + (System.nanoTime() - begunNanos) / 1_000_000_000L + " s); boot it with ./hv run --image "
                + (options.output == null ? options.distribution : options.output));
    }

    private void seed(ImageOptions.Seed options) throws IOException {
        List<String> keys = new ArrayList<>();
        for (Path file : options.keys) {
            text(options.workingFolder.resolve(file), "key").lines().filter(line -> !line.isBlank() && !line.startsWith("# ")).forEach(keys::add);
        }
        Optional<String> script = options.script == null ? Optional.empty() : Optional.of(text(options.workingFolder.resolve(options.script), "script"));
        Seed seed = new Seed(options.user, keys, Optional.ofNullable(options.hostname), script);
        Path output = options.workingFolder.resolve(options.output).normalize();
        try {
            SeedDisk.write(seed, output);
        } catch (IOException e) {
            throw new IOException("cannot write the seed " + output + ": " + reason(e), e);
        }
        say(output + " is made" + (keys.isEmpty() ? "; without --key nobody logs in over SSH" : "") + "; give it to a machine as --disk " + options.output + ",ro");
    }

    private static String text(Path file, String what) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IllegalArgumentException(what + " " + file + " is longer than " + (MAX_FILE_BYTES >> 20) + " MiB");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(what + " " + file + " is no text (UTF-8)", e);
        } catch (IOException e) {
            throw new IOException(what + " " + file + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file or folder" : e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private void say(String line) {
        err.println("hv: " + line);
        err.flush();
    }
}
