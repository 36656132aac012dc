package hv.api.board.spi;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes boards. The type is "riscv-virt", "x86-virt", ... */
@ConsumerType
public interface BoardFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.BOARD;
    }

    /** ISA of the guests, as in {@link hv.api.engine.spi.EngineTraits#isa}. */
    String isa();

    /** Type of the interpreter that its machines have unless their description names another: "riscv-sbi", "x86-pc". */
    String interpreter();

    /** @throws SpecException the board cannot hold what is asked: too many vCPUs or devices, too much memory */
    Board create(MachineSpec spec) throws SpecException;
}
