package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.machine.MachineSpec;
import hv.api.pci.spi.PciFunction;
import java.util.List;
import java.util.Map;

/** On which bus a machine's virtio devices are: setting {@link #SETTING}. */
enum VirtioBus {
    /** A page of registers each; {@link VirtMap#VIRTIO_SLOTS} of them. */
    MMIO(VirtMap.VIRTIO_SLOTS),
    /** Functions of a PCI Express bus, from place 1 on. */
    PCI(VirtMap.PCI_DEVICES - 1);

    static final String SETTING = "virtio";
    /** Setting: whether the devices offer packed rings beside split ones. */
    static final String PACKED_SETTING = "virtio.packed";
    /** What the transports are then told: "on". */
    static final String PACKED_PROPERTY = "packed";

    /** Devices that it holds. */
    final int slots;

    VirtioBus(int slots) {
        this.slots = slots;
    }

    static VirtioBus of(MachineSpec spec) throws SpecException {
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

    /** The devices that the bus itself needs. */
    List<DeviceSpec> controllers() {
        return this == MMIO ? List.of() : List.of(new DeviceSpec("pci0", "pci-host-ecam", VirtMap.ECAM_GPA, VirtMap.ECAM_LEN_BYTES, 0, Map.of()));
    }

    /** A virtio device in a slot, 0 .. {@link #slots} - 1; its path is "virtioN" on either. */
    DeviceSpec device(int slot, VirtioFunction function) {
        String path = "virtio" + slot;
        return this == MMIO ? function.at(path, "virtio-mmio", VirtMap.virtioGpa(slot), VirtMap.VIRTIO_LEN_BYTES, VirtMap.virtioSource(slot))
                : function.with(PciFunction.PLACE, Integer.toString(slot + 1)).at(path, "virtio-pci", 0, 0, VirtMap.pciSource(slot + 1));
    }
}
