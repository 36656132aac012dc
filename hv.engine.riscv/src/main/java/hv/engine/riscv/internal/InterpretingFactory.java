package hv.engine.riscv.internal;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineTraits;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.api.part.SettingException;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/** Offers the interpreting engine. */
@Component(service = PartFactory.class)
public final class InterpretingFactory implements EngineFactory {
    /** Setting of a machine: the widest paging mode that its harts have. */
    private static final String MMU = "mmu";
    /** Setting of a machine: whether hot code is translated: translate (in the background), translate-at-once (for tests) or interpret. */
    private static final String TIER = "riscv.tier";
    /** Setting of a machine: executions of a block after which it is translated. */
    private static final String TRANSLATE_AFTER = "riscv.translate-after";
    /** Setting of a machine: most translated regions at once. */
    private static final String MOST_REGIONS = "riscv.regions";
    private static final int USUAL_EXECUTIONS = 100_000;
    private static final int USUAL_REGIONS = 3_000;

    private static Translator.Limits limits(EngineContext context) throws SettingException {
        String tier = context.setting(TIER);
        Translator.Limits limits = new Translator.Limits(number(context, TRANSLATE_AFTER, 1, USUAL_EXECUTIONS, 1_000_000_000),
            number(context, MOST_REGIONS, 16, USUAL_REGIONS, 100_000), "translate-at-once".equals(tier));
        return switch (tier == null ? "translate" : tier) {
            case "translate", "translate-at-once" -> limits;
            case "interpret" -> null;
            default -> throw new SettingException(context.machineName() + ": setting " + TIER + " = \"" + tier + "\"; use translate, translate-at-once or interpret");
        };
    }

    private static int number(EngineContext context, String name, int least, int usual, int most) throws SettingException {
        String value = context.setting(name);
        if (value == null) {
            return usual;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As one out of bounds.
        }
        throw new SettingException(context.machineName() + ": setting " + name + " = \"" + value + "\"; use a number from " + least + " to " + most);
    }

    @Override
    public String type() {
        return "riscv";
    }

    @Override
    public Set<String> settings() {
        return Set.of(MMU, TIER, TRANSLATE_AFTER, MOST_REGIONS);
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
            default -> throw new SettingException(context.machineName() + ": setting " + MMU + " = \"" + mmu + "\"; use sv39, sv48 or sv57");
        };
        Rehearsal.perform();
        return new RiscvEngine(context, mode, limits(context));
    }
}
