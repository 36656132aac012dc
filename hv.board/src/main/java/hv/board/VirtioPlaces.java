package hv.board;

/**
 * Where a board has room for virtio devices.
 *
 * @param mmioGpa      registers of slot 0; the slots lie behind one another
 * @param mmioLenBytes of one slot
 * @param mmioSlots    how many
 * @param mmioSource   interrupt source of slot 0; those of the others follow
 * @param ecamGpa      configuration spaces of the PCI bus
 * @param ecamLenBytes of all of them
 * @param pciDevices   places on the PCI bus, the bridge's own, 0, included; at most 32
 * @param pciSource    what the place on the bus is added to for the source of pin INTA: each device has one of its own
 */
public record VirtioPlaces(long mmioGpa, long mmioLenBytes, int mmioSlots, int mmioSource, long ecamGpa, long ecamLenBytes, int pciDevices, int pciSource) {
    /** Devices that a bus holds. */
    int slots(VirtioBus bus) {
        return switch (bus) {
            case MMIO -> mmioSlots;
            case PCI -> pciDevices - 1;
        };
    }
}
