package hv.interpreter.internal;

import hv.api.interpreter.spi.Interpreter;
import hv.testkit.StatefulLaws;

class X86PcStateTest extends StatefulLaws<Interpreter> {
    @Override
    protected Interpreter createPart() {
        return new X86PcFactory().create();
    }

    /** It has no state. */
    @Override
    protected void exercise(Interpreter part) {
        part.reset();
    }
}
