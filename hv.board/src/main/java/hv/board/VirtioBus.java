package hv.board;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import java.util.Set;

/** On which bus a machine's virtio devices are: setting {@link #SETTING}. */
public enum VirtioBus {
    /** A page of registers each. */
    MMIO,
    /** Functions of a PCI Express bus, from place 1 on. */
    PCI;

    /** Settings of a machine that {@link VirtioDevices} reads. */
    public static final Set<String> SETTINGS = Set.of("virtio", "virtio.packed");
    private static final String SETTING = "virtio";
    /** Setting: whether the devices offer packed rings beside split ones. */
    private static final String PACKED_SETTING = "virtio.packed";

    /** @throws SpecException it is set to something else */
    public static VirtioBus of(MachineSpec spec) throws SpecException {
        String name = spec.setting(SETTING, "mmio");
        return switch (name) {
            case "mmio" -> MMIO;
            case "pci" -> PCI;
            default -> throw new SpecException("machine " + spec.name() + ": setting " + SETTING + " = \"" + name + "\"; use mmio or pci");
        };
    }

    /** Whether packed rings are offered; by default not. */
    static boolean packed(MachineSpec spec) throws SpecException {
        String value = spec.setting(PACKED_SETTING, "off");
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new SpecException("machine " + spec.name() + ": setting " + PACKED_SETTING + " = \"" + value + "\"; use on or off");
        };
    }
}
