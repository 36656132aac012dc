package hv.interpreter.internal;

import hv.api.interpreter.spi.Interpreter;
import hv.testkit.StatefulLaws;

class RiscvSbiStateTest extends StatefulLaws<Interpreter> {
    @Override
    protected Interpreter createPart() {
        return new RiscvSbiFactory().create();
    }

    @Override
    protected void exercise(Interpreter part) {
        // It has no state to gain.
    }
}
