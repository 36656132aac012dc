package hv.interpreter.internal;

import hv.api.interpreter.spi.Interpreter;
import hv.api.interpreter.spi.InterpreterFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the interpreter of x86 machines. */
@Component(service = PartFactory.class)
public final class X86PcFactory implements InterpreterFactory {
    @Override
    public String type() {
        return "x86-pc";
    }

    @Override
    public Interpreter create() {
        return new X86Pc();
    }
}
