package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import org.osgi.service.component.annotations.Component;

/** Offers the board. */
@Component(service = PartFactory.class)
public final class VirtBoardFactory implements BoardFactory {
    static final String TYPE = "riscv-virt";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String isa() {
        return "riscv64";
    }

    @Override
    public String interpreter() {
        return "riscv-sbi";
    }

    @Override
    public Board create(MachineSpec spec) throws SpecException {
        return new VirtBoard(spec);
    }
}
