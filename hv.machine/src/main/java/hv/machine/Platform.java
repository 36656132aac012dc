package hv.machine;

import hv.api.HvException;
import hv.api.machine.Hypervisor;
import hv.api.part.Origin;
import hv.api.part.PartFactory;
import hv.machine.internal.Hosting;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A running platform without a framework.
 * <pre>{@code
 * try (Platform platform = Platform.embedded()) {
 *     Machine m = platform.hypervisor().create(MachineSpec.named("one", kernel).withInitrd(initrd));
 *     m.start();
 *     ...
 * }
 * }</pre>
 * Any thread. {@link #close()} stops and destroys all machines.
 */
public final class Platform implements AutoCloseable {
    private final Hosting hosting;

    private Platform(Hosting hosting) {
        this.hosting = hosting;
    }

    /** With the usual settings and every factory that the class path offers ({@link ServiceLoader} of {@link PartFactory}). */
    public static Platform embedded() throws HvException {
        return start(PlatformSettings.usual(), ServiceLoader.load(PartFactory.class));
    }

    /** With these factories; a policy and an allocator must be among them. */
    public static Platform start(PlatformSettings settings, Iterable<PartFactory> factories) throws HvException {
        List<Hosting.Offer> offers = new ArrayList<>();
        for (PartFactory f : factories) {
            offers.add(new Hosting.Offer(f, originOf(f)));
        }
        return new Platform(Hosting.start(settings.cpus(), settings.resources(), offers));
    }

    /** Offers another factory, e.g. a second implementation to swap to. */
    public void offer(PartFactory factory, Origin origin) {
        hosting.offer(factory, origin);
    }

    /** No longer offers it; what it made is replaced where another factory of the type exists. */
    public void withdraw(PartFactory factory) {
        hosting.withdraw(factory);
    }

    public Hypervisor hypervisor() {
        return hosting;
    }

    private static Origin originOf(PartFactory f) {
        String name = f.getClass().getPackageName();
        return new Origin(name.endsWith(".internal") ? name.substring(0, name.length() - ".internal".length()) : name, "", -1);
    }

    @Override
    public void close() {
        hosting.close();
    }
}
