package hv.machine.internal;

import hv.api.HvException;
import hv.api.machine.Hypervisor;
import hv.api.part.Origin;
import hv.api.part.PartFactory;
import hv.machine.PlatformSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The platform in the framework. Immediate, and its references are all multiple and dynamic: nothing but its own stop deactivates it, and it alone
 * handles the coming and going of factories. It publishes {@link Hypervisor} once a policy and an allocator have come.
 */
@Component(immediate = true, service = {})
public final class HypervisorComponent {
    private final BundleContext context;
    private final Map<ServiceReference<PartFactory>, PartFactory> seen = new HashMap<>();
    private Hosting hosting;
    private ServiceRegistration<Hypervisor> registration;
    private boolean stopping;

    @Activate
    public HypervisorComponent(BundleContext context) {
        this.context = context;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    synchronized void bind(PartFactory factory, ServiceReference<PartFactory> reference) {
        seen.put(reference, factory);
        if (stopping) {
            return;
        }
        if (hosting != null) {
            hosting.offer(factory, originOf(reference));
        } else {
            startIfComplete();
        }
    }

    /** Called while the leaving bundle still works: its parts are moved to other factories here, within SCR's patience. */
    void unbind(PartFactory factory, ServiceReference<PartFactory> reference) {
        Hosting h;
        synchronized (this) {
            seen.remove(reference);
            h = hosting;
        }
        if (h == null) {
            return;
        }
        if (context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() == Bundle.STOPPING) {
            // Bundles stop one by one now: guests end while all their parts are still here.
            stop();
        } else {
            h.withdraw(factory);
        }
    }

    private void startIfComplete() {
        boolean policy = seen.values().stream().anyMatch(f -> f.kind() == hv.api.part.PartKind.POLICY);
        boolean allocator = seen.values().stream().anyMatch(f -> f.kind() == hv.api.part.PartKind.ALLOCATOR);
        if (!policy || !allocator) {
            return;
        }
        List<Hosting.Offer> offers = new ArrayList<>();
        seen.forEach((r, f) -> offers.add(new Hosting.Offer(f, originOf(r))));
        PlatformSettings settings = settings();
        try {
            hosting = Hosting.start(settings.cpus(), settings.resources(), offers);
        } catch (HvException e) {
            throw new IllegalStateException("the platform cannot start: " + e.getMessage(), e);
        }
        String scheduler = context.getProperty("hv.scheduler");
        if (scheduler != null && !scheduler.isBlank()) {
            hosting.preferScheduler(scheduler.strip());
        }
        registration = context.registerService(Hypervisor.class, hosting, null);
    }

    /** From framework properties: hv.cpus, hv.memory.overcommit, hv.cpu.overcommit; hv.scheduler names the policy to choose. */
    private PlatformSettings settings() {
        PlatformSettings usual = PlatformSettings.usual();
        return new PlatformSettings((int) number("hv.cpus", usual.cpus()), number("hv.memory.overcommit", usual.memoryOvercommit()),
                number("hv.cpu.overcommit", usual.cpuOvercommit()));
    }

    private double number(String property, double otherwise) {
        String s = context.getProperty(property);
        try {
            return s == null || s.isBlank() ? otherwise : Double.parseDouble(s.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("setting " + property + " = \"" + s + "\" is no number", e);
        }
    }

    private static Origin originOf(ServiceReference<PartFactory> reference) {
        Bundle b = reference.getBundle();
        return new Origin(b.getSymbolicName(), b.getVersion().toString(), b.getBundleId());
    }

    @Deactivate
    void stop() {
        Hosting h;
        ServiceRegistration<Hypervisor> r;
        synchronized (this) {
            stopping = true;
            h = hosting;
            r = registration;
            hosting = null;
        }
        if (h != null) {
            h.stopAll(Duration.ofSeconds(10));
            r.unregister();
            h.close();
        }
    }
}
