package hv.board.x86.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.board.VirtioBus;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/** Offers the board. */
@Component(service = PartFactory.class)
public final class X86BoardFactory implements BoardFactory {
    static final String TYPE = "x86-virt";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Set<String> settings() {
        return VirtioBus.SETTINGS;
    }

    @Override
    public String isa() {
        return "x86-64";
    }

    @Override
    public String interpreter() {
        return "x86-pc";
    }

    @Override
    public Board create(MachineSpec spec) throws SpecException {
        return new X86Board(spec);
    }
}
