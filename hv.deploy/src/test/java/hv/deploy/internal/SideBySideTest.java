package hv.deploy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.part.Origin;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** In a real framework, with a platform that records which bundle has the instances. */
class SideBySideTest {
    @TempDir
    Path temporary;
    private Framework framework;
    private BundleContext context;
    private final OneInstance platform = new OneInstance();
    private SideBySide bundles;

    /** A platform with one instance, made by the bundle {@link #maker}. */
    private static final class OneInstance implements Takeover {
        long maker = -1;
        String refusal;
        /** Who offers another policy; -1 for nobody. */
        long another = -1;

        @Override
        public synchronized List<ReplaceReport> takeOver(String symbolicName, long bundleId) throws ReplaceException {
            if (refusal != null) {
                throw new ReplaceException(refusal);
            }
            if (maker < 0 || maker == bundleId) {
                return List.of();
            }
            Origin from = new Origin(symbolicName, "1", maker);
            maker = bundleId;
            return List.of(new ReplaceReport("policy", from, new Origin(symbolicName, "1", bundleId), true, 1000, 2000));
        }

        @Override
        public synchronized List<ReplaceReport> giveBack(long bundleId) {
            if (maker != bundleId || another < 0) {
                return List.of();
            }
            maker = another;
            return List.of(new ReplaceReport("policy", new Origin("leaving", "1", bundleId), new Origin("another", "1", another), false, 1000, 2000));
        }

        @Override
        public synchronized boolean inUse(long bundleId) {
            return maker == bundleId;
        }
    }

    @BeforeEach
    void startFramework() throws Exception {
        framework = new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, temporary.resolve("framework").toString(),
                Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE, "felix.log.level", "0"));
        framework.start();
        context = framework.getBundleContext();
        bundles = new SideBySide(context, platform);
    }

    @AfterEach
    void stopFramework() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private static byte[] bundle(String symbolicName, String content, String... headers) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("content.txt", content);
        return jar(symbolicName, entries, headers);
    }

    private static byte[] jar(String symbolicName, Map<String, String> entries, String... headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (symbolicName != null) {
            main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
            main.putValue(Constants.BUNDLE_SYMBOLICNAME, symbolicName);
            main.putValue(Constants.BUNDLE_VERSION, "1.0.0");
        }
        for (int i = 0; i < headers.length; i += 2) {
            main.putValue(headers[i], headers[i + 1]);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private Bundle running(String symbolicName) throws Exception {
        Bundle bundle = context.installBundle("dist:" + symbolicName, new ByteArrayInputStream(bundle(symbolicName, "shipped")));
        bundle.start();
        platform.maker = bundle.getBundleId();
        return bundle;
    }

    private void assertRefused(String why, byte[] jar) {
        int before = context.getBundles().length;
        DeployException refusal = assertThrows(DeployException.class, () -> bundles.install(jar));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count(), "one line");
        assertEquals(before, context.getBundles().length, "nothing is left behind");
    }

    @Test
    void theSameNameAndVersionTakesOverBesideTheOld() throws Exception {
        Bundle old = running("hv.scheduler");
        SideBySide.Installed installed = bundles.install(bundle("hv.scheduler", "new"));
        assertNotEquals(old.getBundleId(), installed.bundleId());
        assertEquals(installed.bundleId(), platform.maker);
        assertEquals(Bundle.ACTIVE, old.getState(), "the shipped bundle stays for a rollback");
        assertTrue(installed.summary().contains("took over 1 part"), installed.summary());
    }

    @Test
    void aRemovedJarGivesItsInstancesBack() throws Exception {
        Bundle old = running("hv.scheduler");
        long fresh = bundles.install(bundle("hv.scheduler", "new")).bundleId();
        Optional<String> outcome = bundles.remove(fresh);
        assertEquals(old.getBundleId(), platform.maker);
        assertNull(context.getBundle(fresh));
        assertTrue(outcome.orElseThrow().contains("went back"), outcome.get());
    }

    @Test
    void aBundleInUseWithoutAnotherOfItsNameStays() throws Exception {
        long only = bundles.install(bundle("acme.policy", "one")).bundleId();
        platform.maker = only;
        assertEquals(Optional.empty(), bundles.remove(only));
        assertNotNull(context.getBundle(only));
        platform.maker = -1;
        assertTrue(bundles.remove(only).isPresent());
        assertNull(context.getBundle(only));
    }

    @Test
    void aPolicyGoesToAnotherOneOnOffer() throws Exception {
        platform.maker = -1;
        long only = bundles.install(bundle("acme.policy", "one")).bundleId();
        platform.maker = only;
        platform.another = 4711;
        Optional<String> outcome = bundles.remove(only);
        assertEquals(4711, platform.maker);
        assertNull(context.getBundle(only));
        assertTrue(outcome.orElseThrow().contains("policy went to another"), outcome.get());
    }

    @Test
    void whatWasDeployedBeforeIsUninstalledOnceNothingOfItIsLeft() throws Exception {
        running("hv.scheduler");
        long first = bundles.install(bundle("hv.scheduler", "first")).bundleId();
        long second = bundles.install(bundle("hv.scheduler", "second")).bundleId();
        assertEquals(second, platform.maker);
        assertNull(context.getBundle(first));
    }

    @Test
    void aNewNameOnlyOffers() throws Exception {
        running("hv.scheduler");
        long before = platform.maker;
        SideBySide.Installed installed = bundles.install(bundle("acme.policy", "x"));
        platform.maker = before;
        assertEquals(Bundle.ACTIVE, context.getBundle(installed.bundleId()).getState());
    }

    @Test
    void aRefusedTakeoverUninstallsTheNewAndKeepsTheOld() throws Exception {
        Bundle old = running("hv.scheduler");
        platform.refusal = "policy: its restore threw";
        assertRefused("its restore threw", bundle("hv.scheduler", "broken"));
        assertEquals(old.getBundleId(), platform.maker);
    }

    @Test
    void contractsAreRefused() throws Exception {
        assertRefused("contains classes of hv.api", jar("acme.evil", Map.of("hv/api/HvException.class", "x")));
        assertRefused("contains classes of hv.api", jar("acme.evil", Map.of("META-INF/versions/9/hv/api/part/Origin.class", "x")));
        assertRefused("exports hv.api", bundle("acme.evil", "x", Constants.EXPORT_PACKAGE, "acme;uses:=\"hv.api\",hv.api.part;version=\"1.0\""));
    }

    @Test
    void contractsInANestedJarAreRefused() throws Exception {
        byte[] inner = jar(null, Map.of("hv/api/part/Origin.class", "x"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue(Constants.BUNDLE_SYMBOLICNAME, "acme.nest");
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            jar.putNextEntry(new ZipEntry("lib/inner.jar"));
            jar.write(inner);
        }
        assertRefused("contains classes of hv.api", bytes.toByteArray());
    }

    @Test
    void aUseOfContractsIsNoExport() throws Exception {
        Path jar = temporary.resolve("uses.jar");
        Files.write(jar, bundle("acme.uses", "x", Constants.EXPORT_PACKAGE, "acme.part;uses:=\"hv.api.part,hv.api\";version=\"1.0\""));
        assertEquals("acme.uses", JarCheck.of(Files.readAllBytes(jar)).symbolicName());
    }

    @Test
    void theFixedCoreIsRefused() throws Exception {
        for (String name : JarCheck.FIXED) {
            assertRefused("fixed while the platform runs", bundle(name, "x"));
        }
    }

    @Test
    void whatIsNoBundleIsRefused() throws Exception {
        assertRefused("no entries", "this is text".getBytes(StandardCharsets.UTF_8));
        assertRefused("Bundle-SymbolicName", jar(null, Map.of("a.txt", "x")));
        assertRefused("fragment", bundle("acme.fragment", "x", Constants.FRAGMENT_HOST, "hv.scheduler"));
    }

    @Test
    void whatDoesNotResolveIsRefusedWithTheReason() throws Exception {
        assertRefused("org.nowhere", bundle("acme.lost", "x", Constants.IMPORT_PACKAGE, "org.nowhere;version=\"1.0\""));
        assertRefused("NoSuchActivator", bundle("acme.inactive", "x", Constants.BUNDLE_ACTIVATOR, "acme.NoSuchActivator"));
    }

    @Test
    void truncatedAndBrokenJarsAreRefusedOrTakenButNeverThrowElse() throws Exception {
        Random random = new Random(7);
        byte[] whole = bundle("acme.cut", "x".repeat(5000));
        for (int i = 0; i < 200; i++) {
            byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length));
            for (int flips = random.nextInt(4); flips > 0 && broken.length > 0; flips--) {
                broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                JarCheck.of(broken);
            } catch (DeployException refusal) {
                assertTrue(!refusal.getMessage().isBlank());
            }
        }
    }

    @Test
    void theFolderTakesInAndGivesBack() throws Exception {
        Bundle old = running("hv.scheduler");
        Path folder = temporary.resolve("deploy");
        LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
        DeployFolder watched = new DeployFolder(folder, bundles, log::add);
        try {
            Files.write(temporary.resolve("new.jar"), bundle("hv.scheduler", "new"));
            Files.move(temporary.resolve("new.jar"), folder.resolve("scheduler.jar"));
            assertSaid(log, "scheduler.jar: hv.scheduler:1.0.0", "took over 1 part");
            Files.writeString(folder.resolve("text.jar"), "no jar");
            assertSaid(log, "text.jar is refused: it is no jar");
            List<String> files = new ArrayList<>();
            watched.deployments().forEach(deployment -> files.add(deployment.file()));
            assertTrue(files.contains("scheduler.jar"), files.toString());
            Files.delete(folder.resolve("scheduler.jar"));
            assertSaid(log, "went back to 1.0.0 [" + old.getBundleId() + "]");
            assertEquals(old.getBundleId(), platform.maker);
        } finally {
            watched.close();
        }
    }

    private static void assertSaid(LinkedBlockingQueue<String> log, String... parts) throws InterruptedException {
        String line = log.poll(20, TimeUnit.SECONDS);
        assertNotNull(line, "nothing was said within 20 s");
        for (String part : parts) {
            assertTrue(line.contains(part), line);
        }
    }
}
