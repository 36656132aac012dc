package hv.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.pci.spi.PciFunction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VirtioDevicesTest {
    private static final VirtioPlaces PLACES = new VirtioPlaces(0x1000, 0x200, 4, 20, 0x8000, 0x100000, 8, 30);

    private static MachineSpec spec(String name) {
        return MachineSpec.named(name, Path.of("/kernel"));
    }

    private static List<String> models(VirtioDevices devices) {
        return devices.specs().stream().map(d -> d.property("model", d.type())).toList();
    }

    @Test
    void devicesLieInTheirSlotsOnEitherBus() throws SpecException {
        MachineSpec spec = spec("vm").withDisk(DiskSpec.raw(Path.of("/disk"))).withNic(NicSpec.parse("user"));
        VirtioDevices mmio = VirtioDevices.of(spec, PLACES, false);
        assertEquals(List.of("virtio-console", "virtio-rng", "virtio-blk", "virtio-net"), models(mmio));
        DeviceSpec disk = mmio.specs().get(2);
        assertEquals("virtio2", disk.path());
        assertEquals(0x1400, disk.gpa());
        assertEquals(22, disk.irq());

        VirtioDevices pci = VirtioDevices.of(spec.withSetting("virtio", "pci").withSetting("virtio.packed", "on"), PLACES, true);
        assertEquals(List.of("pci-host-ecam", "virtio-blk", "virtio-console", "virtio-rng", "virtio-net"), models(pci));
        assertEquals(4, pci.count());
        DeviceSpec first = pci.specs().get(1);
        assertEquals("1", first.property(PciFunction.PLACE, ""));
        assertEquals("on", first.property("packed", ""));
        assertEquals(31, first.irq());
        assertEquals(0, first.sizeBytes());
    }

    @Test
    void whatThereIsNoRoomForIsRefused() throws SpecException {
        MachineSpec full = spec("vm").withDisk(DiskSpec.raw(Path.of("/a"))).withDisk(DiskSpec.raw(Path.of("/b")));
        VirtioDevices.of(full, PLACES, false);
        MachineSpec more = full.withNic(NicSpec.parse("user"));
        String message = assertThrows(SpecException.class, () -> VirtioDevices.of(more, PLACES, false)).getMessage();
        assertTrue(message.contains("room for 2") && message.contains("virtio=pci"), message);
        VirtioDevices.of(more.withSetting("virtio", "pci"), PLACES, false);
        assertTrue(assertThrows(SpecException.class, () -> VirtioDevices.of(full.withSetting("virtio", "isa"), PLACES, false)).getMessage().contains("mmio or pci"));
    }

    @Test
    void aCardsAddressIsTheSameForTheSamePlaceAlone() {
        String derived = CardAddress.of("vm", 0);
        assertTrue(derived.matches("52:54:00(:[0-9a-f]{2}){3}"), derived);
        assertEquals(derived, CardAddress.of("vm", 0));
        assertNotEquals(derived, CardAddress.of("vm", 1));
        assertNotEquals(derived, CardAddress.of("vmx", 0));
    }
}
