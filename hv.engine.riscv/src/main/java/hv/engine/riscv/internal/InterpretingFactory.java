package hv.engine.riscv.internal;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineTraits;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the interpreting engine. */
@Component(service = PartFactory.class)
public final class InterpretingFactory implements EngineFactory {
    /** Setting of a machine: the widest paging mode that its harts have. */
    private static final String MMU = "mmu";

    @Override
    public String type() {
        return "riscv";
    }

    @Override
    public EngineTraits traits() {
        return RiscvEngine.traits(false);
    }

    @Override
    public Engine create(EngineContext context) throws PartException {
        if (context.vcpuCount() > RiscvEngine.MAX_VCPUS) {
            throw new PartException(context.machineName() + ": " + context.vcpuCount() + " vCPUs; the engine \"riscv\" has at most "
                + RiscvEngine.MAX_VCPUS);
        }
        String mmu = context.setting(MMU);
        int mode = switch (mmu == null ? "sv48" : mmu) {
            case "sv39" -> 8;
            case "sv48" -> 9;
            case "sv57" -> 10;
            default -> throw new PartException(context.machineName() + ": setting " + MMU + " = \"" + mmu + "\"; use sv39, sv48 or sv57");
        };
        Rehearsal.perform();
        return new RiscvEngine(context, mode);
    }
}
