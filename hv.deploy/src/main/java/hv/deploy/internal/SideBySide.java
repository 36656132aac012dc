package hv.deploy.internal;

import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;

/**
 * Installs jars beside the bundles they replace, never in their place: an update closes the old jar while its instances still need it. A bundle's location is
 * its content's hash, so the same name and version may be there several times. Bundles of the distribution stay, so that what replaced
 * them can be taken back; what was deployed is uninstalled once nothing made by it is left. Used by one thread.
 */
final class SideBySide {
    private static final String LOCATION = "deploy:";

    private final BundleContext context;
    private final Takeover takeover;

    SideBySide(BundleContext context, Takeover takeover) {
        this.context = context;
        this.takeover = takeover;
    }

    /** @param summary one line */
    record Installed(long bundleId, String summary) {
    }

    /** Installs and starts a jar, and lets it take over. @throws DeployException nothing was changed */
    Installed install(byte[] jar) throws DeployException {
        JarCheck check = JarCheck.of(jar);
        String location = LOCATION + sha256(jar);
        Bundle present = context.getBundle(location);
        if (present != null && present.getState() == Bundle.ACTIVE) {
            return takeOver(present, check, false);
        }
        Bundle bundle;
        try {
            bundle = context.installBundle(location, new ByteArrayInputStream(jar));
        } catch (BundleException e) {
            throw new DeployException("cannot be installed: " + line(e), e);
        }
        try {
            bundle.start();
        } catch (BundleException e) {
            uninstall(bundle);
            throw new DeployException("does not start: " + line(e), e);
        }
        return takeOver(bundle, check, true);
    }

    private Installed takeOver(Bundle bundle, JarCheck check, boolean isNew) throws DeployException {
        long id = bundle.getBundleId();
        String who = check.symbolicName() + ":" + check.version() + " [" + id + "]";
        List<ReplaceReport> reports;
        try {
            reports = takeover.takeOver(check.symbolicName(), id);
        } catch (ReplaceException e) {
            if (takeover.inUse(id)) {
                return new Installed(id, who + " took over in part; " + e.getMessage());
            }
            if (isNew) {
                uninstall(bundle);
            }
            throw new DeployException("cannot take over: " + e.getMessage(), e);
        }
        sweep(check.symbolicName(), id);
        if (reports.isEmpty()) {
            return new Installed(id, who + (takeover.inUse(id) ? " took over by its ranking" : " is offered"));
        }
        long worstNanos = reports.stream().mapToLong(ReplaceReport::stopNanos).max().orElse(0);
        return new Installed(id, String.format("%s took over %d part%s, vCPUs stood at most %.3f ms", who, reports.size(), reports.size() == 1 ? "" : "s", worstNanos / 1e6));
    }

    /**
     * Takes a deployed bundle back: what it made goes to the newest other bundle of its name, if there is one; a policy goes to
     * another one on offer.
     *
     * @return one line on what became of it ("" if it had gone before), or empty if it is still needed and has to be tried again later
     */
    Optional<String> remove(long bundleId) {
        Bundle bundle = context.getBundle(bundleId);
        if (bundle == null) {
            return Optional.of("");
        }
        String moved = "";
        Optional<Bundle> before = others(bundle.getSymbolicName(), bundleId).stream().max(Comparator.comparingLong(Bundle::getBundleId));
        if (takeover.inUse(bundleId)) {
            try {
                if (before.isPresent()) {
                    int count = takeover.takeOver(bundle.getSymbolicName(), before.get().getBundleId()).size();
                    moved = ", " + count + (count == 1 ? " part" : " parts") + " went back to " + before.get().getVersion() + " [" + before.get().getBundleId() + "]";
                } else {
                    for (ReplaceReport r : takeover.giveBack(bundleId)) {
                        moved += ", " + r.path() + " went to " + r.to();
                    }
                }
            } catch (ReplaceException e) {
                return Optional.empty();
            }
        }
        if (takeover.inUse(bundleId)) {
            return Optional.empty();
        }
        Version version = bundle.getVersion();
        uninstall(bundle);
        return Optional.of(bundle.getSymbolicName() + ":" + version + " [" + bundleId + "] is uninstalled" + moved);
    }

    /** Active bundles of the name but this. */
    private List<Bundle> others(String symbolicName, long bundleId) {
        List<Bundle> others = new ArrayList<>();
        for (Bundle other : context.getBundles()) {
            if (other.getBundleId() != bundleId && symbolicName.equals(other.getSymbolicName()) && other.getState() == Bundle.ACTIVE) {
                others.add(other);
            }
        }
        return others;
    }

    private void sweep(String symbolicName, long bundleId) {
        for (Bundle other : others(symbolicName, bundleId)) {
            if (other.getLocation().startsWith(LOCATION) && !takeover.inUse(other.getBundleId())) {
                uninstall(other);
            }
        }
    }

    private static void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            System.err.println("hv: " + bundle.getSymbolicName() + " [" + bundle.getBundleId() + "] does not go: " + line(e));
        }
    }

    private static String line(BundleException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (e.getCause() != null && e.getType() == BundleException.ACTIVATOR_ERROR) {
            message = "its activator threw " + e.getCause();
        }
        return message.lines().findFirst().orElse("").strip();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
