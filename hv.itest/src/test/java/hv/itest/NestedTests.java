package hv.itest;

import java.io.PrintWriter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** In the nested host: runs test classes, and says how each test ended. */
final class NestedTests {
    private NestedTests() {
    }

    public static void main(String[] classes) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String c : classes) {
            request.selectors(DiscoverySelectors.selectClass(c));
        }
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request.build(), summary, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                    NestedHost.say(result.getStatus() + " " + test.getDisplayName());
                }
            }
        });
        summary.getSummary().printFailuresTo(new PrintWriter(System.out));
        var s = summary.getSummary();
        System.out.println("nested: " + s.getTestsSucceededCount() + " passed, " + s.getTestsFailedCount() + " failed, " + s.getTestsAbortedCount() + " skipped");
        NestedHost.check(s.getTestsSucceededCount() > 0 && s.getTestsFailedCount() == 0 && s.getTestsAbortedCount() == 0, "all pass");
    }
}
