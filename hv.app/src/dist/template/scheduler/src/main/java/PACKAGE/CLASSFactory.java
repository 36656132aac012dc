package @PACKAGE@;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the policy to the platform. */
@Component(service = PartFactory.class)
public final class @CLASS@Factory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "@NAME@";
    }

    @Override
    public int ranking() {
        // Above the usual policy's 100: it takes over as soon as it is there, and gives back when it goes.
        return 1_000;
    }

    @Override
    public String description() {
        return "the least served first";
    }

    @Override
    public SchedulerPolicy create() {
        return new @CLASS@();
    }
}
