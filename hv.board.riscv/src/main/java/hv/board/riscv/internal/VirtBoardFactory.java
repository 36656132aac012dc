package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.board.VirtioBus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    public Set<String> settings() {
        Set<String> settings = new HashSet<>(VirtioBus.SETTINGS);
        settings.addAll(List.of(VirtBoard.MMU_SETTING, Aia.SETTING));
        return settings;
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
