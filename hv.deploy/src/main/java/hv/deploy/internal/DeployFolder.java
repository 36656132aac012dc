package hv.deploy.internal;

import hv.api.machine.Hypervisor;
import hv.deploy.Deployments;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Watches the folder deploy/ of the state folder. A jar counts once its size and time have stood still for two looks, 100 ms apart; names that begin with a dot do not
 * count. The operating system wakes the one thread, so that an idle folder costs nothing.
 */
@Component(service = Deployments.class, immediate = true)
public final class DeployFolder implements Deployments {
    private static final long LOOK_MILLIS = 100;
    private static final long RETRY_MILLIS = 1000;
    private static final long MAX_JAR_BYTES = 256L << 20;

    /** What a file looked like. */
    private record Look(long lenBytes, FileTime changed, Object fileKey) {
    }

    private final Path folder;
    private final SideBySide bundles;
    private final Consumer<String> log;
    private final WatchService watch;
    private final Thread thread;
    private final Map<String, Look> seen = new HashMap<>();
    private final Map<String, Look> handled = new HashMap<>();
    /** Bundles whose file is gone and that are still needed, with the file's name. */
    private final Map<Long, String> leaving = new HashMap<>();
    private final Map<String, Deployment> present = new TreeMap<>();

    @Activate
    public DeployFolder(BundleContext context, @Reference Hypervisor hypervisor) throws IOException {
        this(Path.of(context.getProperty("hv.home"), "deploy"), new SideBySide(context, Takeover.by(hypervisor)), line -> System.out.println("hv: deploy: " + line));
    }

    DeployFolder(Path folder, SideBySide bundles, Consumer<String> log) throws IOException {
        this.folder = folder;
        this.bundles = bundles;
        this.log = log;
        Files.createDirectories(folder);
        watch = folder.getFileSystem().newWatchService();
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
        thread = Thread.ofPlatform().daemon().name("hv-deploy").start(this::watch);
    }

    @Override
    public synchronized List<Deployment> deployments() {
        return List.copyOf(present.values());
    }

    private void watch() {
        try {
            boolean settled = look();
            while (true) {
                WatchKey key = settled && leaving.isEmpty() ? watch.take() : watch.poll(settled ? RETRY_MILLIS : LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                    if (settled) {
                        Thread.sleep(LOOK_MILLIS / 10);
                    }
                }
                settled = look();
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // the component was deactivated
        }
    }

    /** Looks once. @return whether nothing is changing any more */
    boolean look() throws InterruptedException {
        Map<String, Look> now = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".")) {
                    lookAt(entry).ifPresent(look -> now.put(name, look));
                }
            }
        } catch (IOException e) {
            log.accept("cannot read " + folder + ": " + e.getMessage());
            return true;
        }
        boolean settled = true;
        for (Map.Entry<String, Look> entry : now.entrySet()) {
            String name = entry.getKey();
            Look look = entry.getValue();
            if (look.equals(handled.get(name))) {
                continue;
            }
            if (look.equals(seen.get(name))) {
                handled.put(name, look);
                deploy(name);
            } else {
                settled = false;
            }
        }
        Set<String> gone = new HashSet<>(handled.keySet());
        gone.removeAll(now.keySet());
        gone.forEach(this::withdraw);
        retryLeaving();
        seen.clear();
        seen.putAll(now);
        return settled;
    }

    private static Optional<Look> lookAt(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile() ? Optional.of(new Look(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey())) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void deploy(String name) {
        Deployment before;
        synchronized (this) {
            before = present.get(name);
        }
        long bundleId = -1;
        String outcome;
        try {
            SideBySide.Installed installed = bundles.install(read(name));
            bundleId = installed.bundleId();
            outcome = installed.summary();
            log.accept(name + ": " + outcome);
        } catch (DeployException e) {
            outcome = "refused: " + e.getMessage();
            log.accept(name + " is refused: it " + e.getMessage());
            if (before != null && before.bundleId() >= 0) {
                outcome += "; what the file held before stays";
                bundleId = before.bundleId();
            }
        }
        if (before != null && before.bundleId() >= 0 && before.bundleId() != bundleId) {
            leaving.put(before.bundleId(), name);
        }
        leaving.remove(bundleId);
        synchronized (this) {
            present.put(name, new Deployment(name, bundleId, outcome));
        }
    }

    private byte[] read(String name) throws DeployException {
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_JAR_BYTES) {
                throw new DeployException("is longer than " + (MAX_JAR_BYTES >> 20) + " MiB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DeployException("cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private void withdraw(String name) {
        handled.remove(name);
        Deployment gone;
        boolean elsewhere;
        synchronized (this) {
            gone = present.remove(name);
            elsewhere = gone != null && present.values().stream().anyMatch(other -> other.bundleId() == gone.bundleId());
        }
        if (gone != null && gone.bundleId() >= 0 && !elsewhere) {
            leaving.put(gone.bundleId(), name);
        }
    }

    private void retryLeaving() {
        for (Map.Entry<Long, String> entry : new ArrayList<>(leaving.entrySet())) {
            Optional<String> outcome = bundles.remove(entry.getKey());
            if (outcome.isPresent()) {
                leaving.remove(entry.getKey());
                if (!outcome.get().isEmpty()) {
                    log.accept(entry.getValue() + ": " + outcome.get());
                }
            }
        }
    }

    @Deactivate
    void close() throws IOException {
        watch.close();
        thread.interrupt();
    }
}
