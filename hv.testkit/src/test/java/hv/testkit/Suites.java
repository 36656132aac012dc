package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a suite on a sample part, but for its long laws, and says which it broke. */
final class Suites {
    private Suites() {
    }

    static void accepts(Class<?> suite) {
        assertEquals(Set.of(), run(suite), "a good sample breaks laws");
    }

    /** @param law the one that the sample was made to break; it may break others as well */
    static void rejects(Class<?> suite, String law) {
        Set<String> broken = run(suite);
        assertTrue(broken.contains(law), "the suite does not reject " + suite.getSimpleName() + " in law " + law + ", but in " + broken);
    }

    /** As {@link #rejects}, running that law alone: for suites of laws that take long. */
    static void rejectsAlone(Class<?> suite, String law) {
        assertEquals(Set.of(law), run(DiscoverySelectors.selectMethod(suite, law), suite), "the suite does not reject " + suite.getSimpleName());
    }

    private static Set<String> run(Class<?> suite) {
        return run(DiscoverySelectors.selectClass(suite), suite);
    }

    private static Set<String> run(DiscoverySelector laws, Class<?> suite) {
        Set<String> broken = new TreeSet<>();
        int[] count = new int[1];
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(laws).filters(TagFilter.excludeTags("full")).build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (test.isTest() && test.getSource().orElseThrow() instanceof MethodSource source) {
                            count[0]++;
                            // Aborted: a law that is not for this sample.
                            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                broken.add(source.getMethodName());
                            }
                        }
                    }
                });
        assertTrue(count[0] > 0, suite + " has no laws");
        return broken;
    }
}
