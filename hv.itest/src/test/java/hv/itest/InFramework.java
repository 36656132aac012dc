package hv.itest;

import hv.api.machine.Hypervisor;
import hv.snapshot.Snapshots;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * The distribution's bundles in a Felix in this JVM. The contracts come from the tests' own class path (exported by the framework), so that tests
 * and bundles share them; everything else is as it is shipped.
 */
final class InFramework implements AutoCloseable {
    private static final Path BUNDLES = Path.of("../hv.app/target/hv/bundle");
    /** Needs a terminal, or is replaced by the tests' class path. */
    private static final List<String> LEFT_OUT = List.of("hv.api.jar", "hv.app.jar", "hv.shell.jar", "org.apache.felix.gogo.jline.jar");
    private final Framework framework;

    InFramework(Path storage) throws BundleException, IOException {
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        configuration.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        configuration.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, contracts());
        configuration.put("hv.home", storage.resolve("home").toString());
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(configuration);
        framework.start();
        List<Bundle> installed = new java.util.ArrayList<>();
        try (Stream<Path> jars = Files.list(BUNDLES)) {
            for (Path jar : jars.sorted().toList()) {
                if (!LEFT_OUT.contains(jar.getFileName().toString())) {
                    installed.add(context().installBundle(jar.toUri().toString()));
                }
            }
        }
        for (Bundle b : installed) {
            if (b.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                b.start();
            }
        }
    }

    /** The packages that hv.api exports, in their versions, and what tests use of hv.snapshot. */
    private static String contracts() throws IOException {
        try (JarFile api = new JarFile(BUNDLES.resolve("hv.api.jar").toFile())) {
            String exports = api.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
            return exports.replaceAll(";uses:=\"[^\"]*\"", "") + ",hv.snapshot;version=1.0.0";
        }
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    Hypervisor hypervisor() throws InterruptedException {
        return service(Hypervisor.class);
    }

    Snapshots snapshots() throws InterruptedException {
        return service(Snapshots.class);
    }

    private <S> S service(Class<S> type) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        for (;;) {
            ServiceReference<S> r = context().getServiceReference(type);
            S s = r == null ? null : context().getService(r);
            if (s != null) {
                return s;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("service " + type.getName() + " did not come; bundles: "
                        + Stream.of(context().getBundles()).map(b -> b.getSymbolicName() + "=" + b.getState()).toList());
            }
            Thread.sleep(20);
        }
    }

    Bundle bundle(String symbolicName) {
        return Stream.of(context().getBundles()).filter(b -> symbolicName.equals(b.getSymbolicName())).findFirst().orElseThrow();
    }

    /** The shipped bundle again, beside itself, as another version: other classes in another loader. */
    Bundle installCopy(String symbolicName, String version) throws IOException, BundleException {
        Bundle b = context().installBundle("copy:" + symbolicName + ":" + version, new ByteArrayInputStream(copyOf(symbolicName, version)));
        b.start();
        return b;
    }

    static byte[] copyOf(String symbolicName, String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarInputStream in = new JarInputStream(Files.newInputStream(BUNDLES.resolve(symbolicName + ".jar")))) {
            Manifest m = new Manifest(in.getManifest());
            m.getMainAttributes().putValue(Constants.BUNDLE_VERSION, version);
            try (JarOutputStream out = new JarOutputStream(bytes, m)) {
                for (JarEntry e = in.getNextJarEntry(); e != null; e = in.getNextJarEntry()) {
                    out.putNextEntry(new JarEntry(e.getName()));
                    in.transferTo(out);
                }
            }
        }
        return bytes.toByteArray();
    }

    /** A bundle of test classes whose activator registers what it offers. Its classes are loaded anew, not from the tests' class path. */
    Bundle installPlugin(String symbolicName, Class<?> activator, Class<?>... classes) throws IOException, BundleException {
        Manifest m = new Manifest();
        Attributes a = m.getMainAttributes();
        a.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        a.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        a.putValue(Constants.BUNDLE_SYMBOLICNAME, symbolicName);
        a.putValue(Constants.BUNDLE_VERSION, "1.0.0");
        a.putValue(Constants.BUNDLE_ACTIVATOR, activator.getName());
        a.putValue(Constants.IMPORT_PACKAGE, "org.osgi.framework");
        a.putValue(Constants.DYNAMICIMPORT_PACKAGE, "hv.api.*");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes, m)) {
            for (Class<?> c : Stream.concat(Stream.of(activator), Stream.of(classes)).toList()) {
                String name = c.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream in = c.getResourceAsStream("/" + name)) {
                    in.transferTo(out);
                }
            }
        }
        Bundle b = context().installBundle("plugin:" + symbolicName, new ByteArrayInputStream(bytes.toByteArray()));
        b.start();
        return b;
    }

    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
