package hv.board;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.pci.spi.PciFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine's virtio devices at their places: console, entropy source, the disks in order, those with bus "scsi" behind one controller after them, then
 * the network cards. Device N is in slot N (PCI: place N + 1), and its path is "virtioN" on either bus.
 *
 * @param count how many
 * @param specs they, and before them what the bus itself needs
 */
public record VirtioDevices(VirtioBus bus, int count, List<DeviceSpec> specs) {
    private static final int OTHER_SLOTS = 2;
    /** Targets that a virtio SCSI controller can name (virtio 1.2, 5.6.6.1). */
    private static final int SCSI_DISKS_MAX = 256;
    /** What transports are told to offer packed rings too: "on". */
    private static final String PACKED_PROPERTY = "packed";

    public VirtioDevices {
        specs = List.copyOf(specs);
    }

    /**
     * @param disksFirst disks come before console and entropy source: kernels for bare machines look at nothing that describes them, and expect their disk in
     *                   slot 0
     * @throws SpecException more than there is room for, or a setting is none
     */
    public static VirtioDevices of(MachineSpec spec, VirtioPlaces places, boolean disksFirst) throws SpecException {
        VirtioBus bus = VirtioBus.of(spec);
        int room = places.slots(bus) - OTHER_SLOTS;
        int scsiDisks = disks(spec, DiskSpec.SCSI).size();
        int ownDisks = spec.disks().size() - scsiDisks;
        if (scsiDisks > SCSI_DISKS_MAX) {
            throw new SpecException("machine " + spec.name() + ": " + scsiDisks + " disks with bus=scsi, and the controller holds at most " + SCSI_DISKS_MAX
                    + "; ask for fewer");
        }
        if (ownDisks + (scsiDisks > 0 ? 1 : 0) + spec.nics().size() > room) {
            throw new SpecException("machine " + spec.name() + ": " + ownDisks + " disks" + (scsiDisks > 0 ? ", a SCSI controller" : "") + " and "
                    + spec.nics().size() + " network cards, and board " + spec.board() + " has room for " + room + " of them; ask for fewer"
                    + (bus == VirtioBus.MMIO && places.slots(VirtioBus.PCI) > places.slots(bus) ? ", or set virtio=pci" : ""));
        }
        boolean packed = VirtioBus.packed(spec);
        List<VirtioFunction> functions = functions(spec, disksFirst);
        List<DeviceSpec> out = new ArrayList<>();
        if (bus == VirtioBus.PCI) {
            out.add(new DeviceSpec("pci0", "pci-host-ecam", places.ecamGpa(), places.ecamLenBytes(), 0, Map.of()));
        }
        for (int slot = 0; slot < functions.size(); slot++) {
            VirtioFunction function = functions.get(slot);
            out.add(place(packed ? function.with(PACKED_PROPERTY, "on") : function, slot, bus, places));
        }
        return new VirtioDevices(bus, functions.size(), out);
    }

    private static DeviceSpec place(VirtioFunction function, int slot, VirtioBus bus, VirtioPlaces places) {
        String path = "virtio" + slot;
        int pciPlace = slot + 1;
        return switch (bus) {
            case MMIO -> function.at(path, "virtio-mmio", places.mmioGpa() + slot * places.mmioLenBytes(), places.mmioLenBytes(), places.mmioSource() + slot);
            case PCI -> function.with(PciFunction.PLACE, Integer.toString(pciPlace)).at(path, "virtio-pci", 0, 0, places.pciSource() + pciPlace);
        };
    }

    private static List<DiskSpec> disks(MachineSpec spec, String bus) {
        return spec.disks().stream().filter(disk -> disk.bus().equals(bus)).toList();
    }

    /** In the order in which they are placed. */
    private static List<VirtioFunction> functions(MachineSpec spec, boolean disksFirst) {
        List<VirtioFunction> out = new ArrayList<>();
        out.add(VirtioFunction.of("virtio-console"));
        out.add(VirtioFunction.of("virtio-rng"));
        List<VirtioFunction> disks = new ArrayList<>(disks(spec, DiskSpec.VIRTIO).stream().map(VirtioFunction::disk).toList());
        List<DiskSpec> scsi = disks(spec, DiskSpec.SCSI);
        if (!scsi.isEmpty()) {
            disks.add(VirtioFunction.scsi(scsi));
        }
        out.addAll(disksFirst ? 0 : out.size(), disks);
        for (int i = 0; i < spec.nics().size(); i++) {
            out.add(VirtioFunction.card(spec.nics().get(i), CardAddress.of(spec.name(), i)));
        }
        return out;
    }
}
