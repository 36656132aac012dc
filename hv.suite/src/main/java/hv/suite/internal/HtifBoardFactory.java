package hv.suite.internal;

import hv.api.SpecException;
import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.device.DeviceSpec;
import hv.api.machine.MachineSpec;
import hv.api.memory.RamRegion;
import hv.api.part.PartFactory;
import hv.api.vcpu.Registers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** The board "riscv-virt" with an HTIF that watches the word that the setting {@link #TOHOST} names. */
public final class HtifBoardFactory implements BoardFactory {
    static final String TYPE = "riscv-virt-htif";
    /** Setting of a machine: address of {@code tohost}, in hexadecimal. */
    static final String TOHOST = "htif.tohost";
    private static final String BELOW = "riscv-virt";
    /** Where nothing else is; the device has no registers, but a part needs a place. */
    private static final long GPA = 0x1200_0000L;
    private static final long LEN_BYTES = 16;

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Set<String> settings() {
        Set<String> settings = new HashSet<>(Set.of(TOHOST));
        below().ifPresent(board -> settings.addAll(board.settings()));
        return settings;
    }

    private static Optional<BoardFactory> below() {
        return ServiceLoader.load(PartFactory.class).stream().map(ServiceLoader.Provider::get).filter(f -> f instanceof BoardFactory && f.type().equals(BELOW))
            .map(f -> (BoardFactory) f).findFirst();
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
        Board board = below().orElseThrow(() -> new SpecException("no bundle offers the board " + BELOW)).create(spec);
        List<DeviceSpec> devices = new ArrayList<>(board.devices());
        devices.add(new DeviceSpec("htif0", HtifFactory.TYPE, GPA, LEN_BYTES, 0, Map.of(HtifFactory.TOHOST, spec.setting(TOHOST, ""))));
        return new WithHtif(board, List.copyOf(devices));
    }

    private record WithHtif(Board below, List<DeviceSpec> devices) implements Board {
        @Override
        public List<RamRegion> ram() {
            return below.ram();
        }

        @Override
        public long timebaseHz() {
            return below.timebaseHz();
        }

        @Override
        public BootPlan plan() throws SpecException {
            return below.plan();
        }

        @Override
        public void startAt(int vcpu, long entry, long opaque, Registers registers) {
            below.startAt(vcpu, entry, opaque, registers);
        }
    }
}
