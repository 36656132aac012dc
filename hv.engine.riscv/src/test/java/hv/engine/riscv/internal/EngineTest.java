package hv.engine.riscv.internal;

import hv.testkit.EngineLaws;
import hv.testkit.engine.EngineSetup;
import hv.testkit.engine.GuestCode;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The laws of engines, for every tier and setting of this one; a further is a line at the end. */
class EngineTest {
    private static final EngineSetup NORMAL = new EngineSetup("riscv", new InterpretingFactory(), false, Map.of());

    private abstract static class RiscvLaws extends EngineLaws {
        private final EngineSetup setup;
        private final EngineSetup reference;

        RiscvLaws(EngineSetup setup, EngineSetup reference) {
            this.setup = setup;
            this.reference = reference;
        }

        RiscvLaws(EngineSetup setup) {
            this(setup, NORMAL);
        }

        @Override
        protected EngineSetup setup() {
            return setup;
        }

        @Override
        protected EngineSetup reference() {
            return reference;
        }

        @Override
        protected GuestCode code() {
            return new RiscvGuestCode();
        }
    }

    private static EngineSetup strict() {
        return new EngineSetup("riscv, strict", new InterpretingFactory(), true, Map.of());
    }

    @Nested class Normal extends RiscvLaws { Normal() { super(NORMAL, strict()); } }

    @Nested class Strict extends RiscvLaws { Strict() { super(strict()); } }

    /** A third time all of it; what Sv39 alone decides is in PagingTest. */
    @Tag("full")
    @Nested class Sv39 extends RiscvLaws { Sv39() { super(new EngineSetup("riscv, sv39", new InterpretingFactory(), false, Map.of("mmu", "sv39"))); } }

    /** The last blocks of each loop are translated code. */
    @Nested class Translating extends RiscvLaws {
        Translating() {
            super(new EngineSetup("riscv, translating", new InterpretingFactory(), false, Map.of("riscv.tier", "translate-at-once", "riscv.translate-after", "1")),
                strict());
        }
    }

    /** In the background, at whatever time that is done, and forgotten every now and then. */
    @Tag("full")
    @Nested class TranslatingLate extends RiscvLaws {
        TranslatingLate() {
            super(new EngineSetup("riscv, translating late", new InterpretingFactory(), false, Map.of("riscv.translate-after", "3", "riscv.regions", "16")), strict());
        }
    }
}
