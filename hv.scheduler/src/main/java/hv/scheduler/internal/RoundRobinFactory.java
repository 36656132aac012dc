package hv.scheduler.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the default policy. */
@Component(service = PartFactory.class)
public final class RoundRobinFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "round-robin";
    }

    @Override
    public SchedulerPolicy create() {
        return new RoundRobin();
    }
}
