package hv.images.internal;

import hv.images.GuestCatalog;
import hv.images.GuestImage;
import hv.images.GuestSource;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.Progress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The catalog of all sources that are services now. Its configuration ({@code hv.images}) comes before system properties and the environment. */
@Component(service = GuestCatalog.class, configurationPid = "hv.images")
public final class ServiceCatalog implements GuestCatalog {
    private final List<GuestSource> sources = new CopyOnWriteArrayList<>();
    private volatile Map<String, Object> configuration;

    @Activate
    public ServiceCatalog(Map<String, Object> configuration) {
        this.configuration = Map.copyOf(configuration);
    }

    @Modified
    void modified(Map<String, Object> changed) {
        configuration = Map.copyOf(changed);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bind(GuestSource source) {
        sources.add(source);
    }

    void unbind(GuestSource source) {
        sources.remove(source);
    }

    @Override
    public List<String> names() {
        return sources.stream().map(GuestSource::name).distinct().sorted().toList();
    }

    @Override
    public String summary(String name) throws ImageException {
        return images().summary(name);
    }

    @Override
    public GuestImage get(String name, Progress progress) throws ImageException {
        return images().get(name, progress);
    }

    @Override
    public GuestImage update(String name, Progress progress) throws ImageException {
        return images().update(name, progress);
    }

    /** Settings are read at each call: a wrong one is told to who calls, and a corrected one counts at once. */
    private Images images() throws ImageException {
        Map<String, Object> now = configuration;
        ImageSettings settings = ImageSettings.from(key -> now.get(key) != null ? now.get(key).toString() : System.getProperty(key), System::getenv);
        return new Images(settings, sources);
    }
}
