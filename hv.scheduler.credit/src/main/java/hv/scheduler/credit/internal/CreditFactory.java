package hv.scheduler.credit.internal;

import hv.api.part.PartFactory;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Offers proportional shares: the usual policy. */
@Component(service = PartFactory.class)
public final class CreditFactory implements SchedulerPolicyFactory {
    @Override
    public String type() {
        return "credit";
    }

    @Override
    public int ranking() {
        return 100;
    }

    @Override
    public String description() {
        return "shares by weight, and who slept runs soon; keeps to caps and affinities (after Xen's credit2)";
    }

    @Override
    public SchedulerPolicy create() {
        return new Credit();
    }
}
