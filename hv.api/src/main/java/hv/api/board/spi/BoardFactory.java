package hv.api.board.spi;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes boards. The type is "riscv-virt", ... */
@ConsumerType
public interface BoardFactory extends PartFactory {
    @Override
    default PartKind kind() {
        return PartKind.BOARD;
    }

    /** ISA of the guests, as in {@link hv.api.engine.spi.EngineTraits#isa}. */
    String isa();

    /** @throws SpecException the board cannot hold what is asked: too many vCPUs or devices, too much memory */
    Board create(MachineSpec spec) throws SpecException;
}
