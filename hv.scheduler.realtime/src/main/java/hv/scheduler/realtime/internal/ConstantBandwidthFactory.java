package hv.scheduler.realtime.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers reservations that are kept. */
@Component(service = PartFactory.class)
public final class ConstantBandwidthFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "real-time";
    }

    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public String description() {
        return "reservations are kept, by constant-bandwidth servers over earliest deadline first; all others take turns in what is left";
    }

    @Override
    public SchedulerPolicy create() {
        return new ConstantBandwidth();
    }
}
