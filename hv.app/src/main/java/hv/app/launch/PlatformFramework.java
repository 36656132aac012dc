package hv.app.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** An OSGi framework with the bundles of a distribution in it. Any thread. */
public final class PlatformFramework {
    private final Framework framework;

    private PlatformFramework(Framework framework) {
        this.framework = framework;
    }

    /**
     * Starts the framework and every bundle.
     *
     * @param dist the distribution folder
     * @param home the user's state
     * @param properties added to, and winning over, those of conf/framework.properties
     */
    public static PlatformFramework start(Path dist, Path home, Map<String, String> properties) throws LaunchException {
        Map<String, String> configuration = new HashMap<>();
        read(dist.resolve("conf/framework.properties"), configuration);
        Path own = home.resolve("hv.properties");
        if (Files.exists(own)) {
            read(own, configuration);
        }
        configuration.put(Constants.FRAMEWORK_STORAGE, home.resolve("run/framework").toString());
        configuration.merge(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, classPathPackages(dist.resolve("lib")), (set, added) -> set + "," + added);
        configuration.put("hv.home", home.toString());
        configuration.put("hv.dist", dist.toString());
        configuration.putAll(properties);
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class).findFirst()
                .orElseThrow(() -> new LaunchException(ExitStatus.SOFTWARE, "no OSGi framework in " + dist.resolve("lib") + ": build again with ./hv build"));
        Framework framework = factory.newFramework(configuration);
        try {
            framework.start();
            Set<String> notStarted = Set.of(configuration.getOrDefault("hv.app.notStarted", "").split(","));
            install(framework.getBundleContext(), dist.resolve("bundle"), notStarted);
            return new PlatformFramework(framework);
        } catch (BundleException e) {
            stop(framework);
            throw refusal("the framework does not start", configuration.get(Constants.FRAMEWORK_STORAGE), e);
        } catch (LaunchException e) {
            stop(framework);
            throw e;
        }
    }

    private static void install(BundleContext context, Path folder, Set<String> notStarted) throws LaunchException {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
            entries.forEach(jars::add);
        } catch (IOException e) {
            throw new LaunchException(ExitStatus.SOFTWARE, "cannot read the bundles in " + folder + ": build again with ./hv build", e);
        }
        jars.sort(null);
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            try (InputStream bytes = Files.newInputStream(jar)) {
                bundles.add(context.installBundle("dist:" + jar.getFileName(), bytes));
            } catch (IOException | BundleException e) {
                throw refusal("bundle " + jar + " cannot be installed", context.getProperty(Constants.FRAMEWORK_STORAGE), e);
            }
        }
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null && !notStarted.contains(bundle.getSymbolicName())) {
                try {
                    bundle.start(Bundle.START_ACTIVATION_POLICY);
                } catch (BundleException e) {
                    throw new LaunchException(ExitStatus.SOFTWARE, "bundle " + bundle.getSymbolicName() + " does not start: " + e.getMessage().lines().findFirst().orElse(""), e);
                }
            }
        }
    }

    /** The innermost cause is the system's own words (disk full, too many open files), where the outer ones only say that something failed. */
    private static LaunchException refusal(String what, String storage, Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof IOException) {
            return new LaunchException(ExitStatus.UNAVAILABLE, what + " in " + storage + ": " + cause.getMessage() + "; make room there, or set HV_HOME to another folder", e);
        }
        return new LaunchException(ExitStatus.SOFTWARE, what + ": " + e.getMessage(), e);
    }

    /** The packages of the jars on the class path, as their manifests export them: bundles share these classes with the launcher. */
    private static String classPathPackages(Path lib) throws LaunchException {
        Set<String> clauses = new TreeSet<>();
        clauses.add("hv.app.launch;version=\"1.0.0\"");
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(lib, "*.jar")) {
            for (Path jar : jars) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    String exports = file.getManifest() == null ? null : file.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
                    boolean isFramework = jar.getFileName().toString().startsWith("org.apache.felix.framework");
                    if (exports != null && !isFramework) {
                        clauses.add(exports.replaceAll(";uses:=\"[^\"]*\"", ""));
                    }
                }
            }
        } catch (IOException e) {
            throw new LaunchException(ExitStatus.SOFTWARE, "cannot read the class path in " + lib + ": build again with ./hv build", e);
        }
        return String.join(",", clauses);
    }

    private static void read(Path file, Map<String, String> into) throws LaunchException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new LaunchException(ExitStatus.BAD_INPUT, "cannot read " + file + ": " + e.getMessage(), e);
        }
        properties.stringPropertyNames().forEach(name -> into.put(name, properties.getProperty(name)));
    }

    /** The bundles' answer, waiting for it. @throws LaunchException it did not come */
    public PlatformEntry entry(long atMostMillis) throws LaunchException, InterruptedException {
        long deadline = System.nanoTime() + atMostMillis * 1_000_000L;
        BundleContext context = framework.getBundleContext();
        while (true) {
            ServiceReference<PlatformEntry> reference = context.getServiceReference(PlatformEntry.class);
            if (reference != null) {
                PlatformEntry entry = context.getService(reference);
                if (entry != null) {
                    return entry;
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LaunchException(ExitStatus.SOFTWARE, "the platform did not become ready within " + atMostMillis / 1000 + " s: see its log");
            }
            Thread.sleep(5);
        }
    }

    /** Returns once the framework has stopped. */
    public void awaitStop() throws InterruptedException {
        FrameworkEvent event;
        do {
            event = framework.waitForStop(0);
        } while (event.getType() == FrameworkEvent.STOPPED_UPDATE);
    }

    /** Stops every bundle in the reverse order of its start, then the framework; returns when that is done, after 30 s at the latest. */
    public void stopAndWait() throws InterruptedException {
        stop(framework);
        framework.waitForStop(30_000);
    }

    private static void stop(Framework framework) {
        try {
            framework.stop();
        } catch (BundleException e) {
            System.err.println("hv: the framework does not stop: " + e.getMessage());
        }
    }
}
