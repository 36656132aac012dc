package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** Class loaders of bundles that are to be collected once the bundles are gone. */
final class GoneLoaders {
    private final ReferenceQueue<ClassLoader> gone = new ReferenceQueue<>();
    private final List<Reference<ClassLoader>> loaders = new ArrayList<>();

    void add(Bundle bundle) {
        loaders.add(new PhantomReference<>(bundle.adapt(BundleWiring.class).getClassLoader(), gone));
    }

    /** Waits for all of them. */
    void assertCollected(InFramework framework) throws Exception {
        // What the framework keeps of the last event is not ours to be collected.
        framework.installCopy("hv.storage", "0.9.9").uninstall();
        int collected = 0;
        long end = System.nanoTime() + 60_000_000_000L;
        while (collected < loaders.size() && System.nanoTime() < end) {
            System.gc();
            while (gone.remove(50) != null) {
                collected++;
            }
        }
        assertEquals(loaders.size(), collected);
    }
}
