package hv.api.interpreter.spi;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes interpreters, one per machine. The type names the ISA and what is around the vCPUs: "riscv-sbi", "x86-pc". */
@ConsumerType
public interface InterpreterFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.INTERPRETER;
    }

    Interpreter create();
}
