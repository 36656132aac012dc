package hv.testkit.engine;

import hv.api.engine.spi.EngineFactory;
import java.util.Map;

/**
 * An engine as a machine would ask for it: one tier or setting of it.
 *
 * @param name     for people, e.g. "riscv, strict"
 * @param strict   every privileged instruction leaves the engine
 * @param settings of the machine's description, by name
 */
public record EngineSetup(String name, EngineFactory factory, boolean strict, Map<String, String> settings) {
    public EngineSetup {
        settings = Map.copyOf(settings);
    }

    @Override
    public String toString() {
        return name;
    }
}
