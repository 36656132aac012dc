package hv.scheduler.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers round robin, which serves when another policy failed. */
@Component(service = PartFactory.class)
public final class RoundRobinFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "round-robin";
    }

    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public String description() {
        return "turns of 5 ms, all alike; keeps to caps and affinities";
    }

    @Override
    public SchedulerPolicy create() {
        return new RoundRobin();
    }
}
