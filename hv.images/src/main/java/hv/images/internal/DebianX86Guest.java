package hv.images.internal;

import hv.images.GuestImage;
import hv.images.GuestSource;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import org.osgi.service.component.annotations.Component;

/** The same Debian for x86-64. */
@Component(service = GuestSource.class)
public final class DebianX86Guest implements GuestSource {
    private final DebianGuest guest = new DebianGuest(DebianPort.AMD64);

    @Override
    public String name() {
        return guest.name();
    }

    @Override
    public String summary() {
        return guest.summary();
    }

    @Override
    public GuestImage get(ImageSettings settings, boolean update, Progress progress) throws ImageException {
        return guest.get(settings, update, progress);
    }
}
