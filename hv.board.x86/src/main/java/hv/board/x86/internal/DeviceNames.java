package hv.board.x86.internal;

import hv.board.VirtioBus;
import hv.board.VirtioPlaces;

/** The differentiated description block: which devices there are, and what they occupy. The same machine has the same bytes at every boot. */
final class DeviceNames {
    private static final int PRESENT = 0x0f;
    private static final long ANY_FUNCTION = 0xffff;
    private static final int PIN_A = 0;
    /** Linux, {@code drivers/virtio/virtio_mmio.c}. */
    private static final String VIRTIO_MMIO_ID = "LNRO0005";
    /** The type that the sleep control register takes for S5, for both of its former registers. */
    private static final int SOFT_OFF = 5;

    private DeviceNames() {
    }

    /** @param virtioDevices over MMIO, in the slots from 0 on; meaningless for PCI */
    static byte[] aml(VirtioBus bus, int virtioDevices) {
        AmlWriter aml = new AmlWriter();
        aml.namePackage("\\_S5", SOFT_OFF, SOFT_OFF, 0, 0);
        aml.scope("\\_SB", sb -> {
            sb.device("COM1", d -> d.nameEisa("_HID", "PNP0501").name("_UID", 1).name("_STA", PRESENT)
                    .nameBuffer("_CRS", new Resources().ports(X86Map.UART_PORT, X86Map.UART_PORTS).interrupt(X86Map.UART_GSI).toBytes()));
            sb.device("RTC0", d -> d.nameEisa("_HID", "PNP0B00").name("_STA", PRESENT)
                    .nameBuffer("_CRS", new Resources().ports(X86Map.RTC_PORT, X86Map.RTC_PORTS).toBytes()));
            switch (bus) {
                case MMIO -> {
                    for (int slot = 0; slot < virtioDevices; slot++) {
                        virtio(sb, slot);
                    }
                }
                case PCI -> pci(sb);
            }
        });
        return aml.toBytes();
    }

    private static void virtio(AmlWriter aml, int slot) {
        VirtioPlaces places = X86Map.VIRTIO_PLACES;
        aml.device(String.format("V%03d", slot), d -> d.name("_HID", VIRTIO_MMIO_ID).name("_UID", slot).name("_CCA", 1).name("_STA", PRESENT)
                .nameBuffer("_CRS", new Resources().memory(places.mmioGpa() + slot * places.mmioLenBytes(), places.mmioLenBytes())
                        .interrupt(places.mmioSource() + slot).toBytes()));
    }

    /** The host bridge (PCI Firmware Specification 3.3, chapter 4), and beside it the memory of the configuration spaces, which belongs to nobody on the bus (4.1.2). */
    private static void pci(AmlWriter aml) {
        VirtioPlaces places = X86Map.VIRTIO_PLACES;
        long[][] routes = new long[places.pciDevices() - 1][];
        for (int i = 0; i < routes.length; i++) {
            int device = i + 1;
            routes[i] = new long[] {(long) device << 16 | ANY_FUNCTION, PIN_A, 0, places.pciSource() + device};
        }
        aml.device("PCI0", d -> d.nameEisa("_HID", "PNP0A08").nameEisa("_CID", "PNP0A03").name("_UID", 0).name("_SEG", 0).name("_BBN", 0).name("_CCA", 1)
                .nameBuffer("_CRS", new Resources().buses(0, 1).window(X86Map.PCI_WINDOW_GPA, X86Map.PCI_WINDOW_LEN_BYTES).toBytes())
                .namePackages("_PRT", routes));
        aml.device("ECAM", d -> d.nameEisa("_HID", "PNP0C02").name("_UID", 1)
                .nameBuffer("_CRS", new Resources().memory(X86Map.ECAM_GPA, X86Map.ECAM_LEN_BYTES).toBytes()));
    }
}
