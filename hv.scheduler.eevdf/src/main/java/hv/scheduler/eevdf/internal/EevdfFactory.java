package hv.scheduler.eevdf.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers earliest eligible virtual deadline first. */
@Component(service = PartFactory.class)
public final class EevdfFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "eevdf";
    }

    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public String description() {
        return "shares by weight, with short waits: the earliest virtual deadline among those that are owed time (as in Linux since 6.6)";
    }

    @Override
    public SchedulerPolicy create() {
        return new Eevdf();
    }
}
