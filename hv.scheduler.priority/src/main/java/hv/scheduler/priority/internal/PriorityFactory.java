package hv.scheduler.priority.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers strict priority with aging. */
@Component(service = PartFactory.class)
public final class PriorityFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "priority";
    }

    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public String description() {
        return "the most urgent first, in turns of 5 ms; who waits grows more urgent, a level for each 250 ms";
    }

    @Override
    public SchedulerPolicy create() {
        return new Priority();
    }
}
