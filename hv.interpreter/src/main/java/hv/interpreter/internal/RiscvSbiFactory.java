package hv.interpreter.internal;

import hv.api.interpreter.spi.Interpreter;
import hv.api.interpreter.spi.InterpreterFactory;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the interpreter of RISC-V machines. */
@Component(service = PartFactory.class)
public final class RiscvSbiFactory implements InterpreterFactory {
    @Override
    public String type() {
        return "riscv-sbi";
    }

    @Override
    public Interpreter create() {
        return new RiscvSbi();
    }
}
