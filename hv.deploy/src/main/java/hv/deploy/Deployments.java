package hv.deploy;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The jars in the deploy folder. A service. Any thread. */
@ProviderType
public interface Deployments {
    /** What is there now, by file name. */
    List<Deployment> deployments();

    /**
     * One jar.
     *
     * @param file     its name in the folder
     * @param bundleId of the bundle it became, -1 if it was refused
     * @param outcome  one line: what it took over, or why it was refused
     */
    record Deployment(String file, long bundleId, String outcome) {
    }
}
