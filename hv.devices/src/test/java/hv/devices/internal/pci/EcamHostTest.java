package hv.devices.internal.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.part.PartException;
import hv.api.pci.spi.PciFunction;
import hv.api.virtio.spi.TransportDevice;
import hv.devices.internal.rng.RngModelFactory;
import hv.testkit.fake.FakeDeviceContext;
import hv.virtio.internal.PciTransportFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EcamHostTest {
    private final FakeDeviceContext context = new FakeDeviceContext();
    private Device host;

    @BeforeEach
    void create() throws Exception {
        host = new EcamHostFactory().create(new DeviceSpec("pci0", "pci-host-ecam", 0x3000_0000, 0x10_0000, 0, Map.of()), context);
        DeviceSpec spec = new DeviceSpec("virtio1", "virtio-pci", 0, 0, 34, Map.of(PciFunction.PLACE, "2"));
        TransportDevice rng = new PciTransportFactory().create(spec, context);
        rng.plug(rng(spec));
        context.pciBus().put(2, (PciFunction) rng);
        host.wake();
    }

    private hv.api.virtio.spi.VirtioModel rng(DeviceSpec spec) throws PartException {
        return new RngModelFactory().create("virtio1/model", spec, context, List.of());
    }

    private static long at(int bus, int device, int function, int register) {
        return (long) bus << 20 | device << 15 | function << 12 | register;
    }

    @Test
    void theBridgeIsAtPlaceZeroAndFunctionsWhereTheyWerePut() {
        assertEquals(0x0008_1b36L, host.read(at(0, 0, 0, 0), 4));
        assertEquals(0x06_0000, host.read(at(0, 0, 0, 8), 4) >>> 8);
        assertEquals(0x1044_1af4L, host.read(at(0, 2, 0, 0), 4));
    }

    @Test
    void whereNobodyIsAllBitsAreOnes() {
        assertEquals(0xffff_ffffL, host.read(at(0, 1, 0, 0), 4));
        assertEquals(0xffff, host.read(at(0, 2, 1, 0), 2));
        assertEquals(0xff, host.read(at(0, 31, 7, 0xfff), 1));
        assertEquals(0xffff_ffffL, host.read(at(0, 2, 0, 2), 4), "misaligned");
        host.write(at(0, 1, 0, 4), 2, 7);
        host.write(at(0, 2, 3, 4), 2, 7);
        assertEquals(0, host.read(at(0, 2, 0, 4), 2));
    }

    @Test
    void writesReachTheFunction() {
        host.write(at(0, 2, 0, 0x10), 4, 0x4000_0000L);
        host.write(at(0, 2, 0, 4), 2, 6);
        assertEquals(0x4000_0004L, host.read(at(0, 2, 0, 0x10), 4));
        assertEquals(1, context.pciBus().changes());
        assertEquals(0, host.read(at(0, 2, 0, 0x100), 4), "it has no extended capabilities");
    }

    /** Any bus, place, function and register, in any width, also misaligned; then the function is found and placed as ever. */
    @Test
    void aHostileGuestBreaksNeitherBridgeNorFunctions() {
        Random random = new Random(20261124);
        for (int i = 0; i < 200_000; i++) {
            int width = 1 << random.nextInt(4);
            int place = random.nextInt(3) == 0 ? random.nextInt(32) : 2 * random.nextInt(2);
            int register = random.nextInt(4) == 0 ? random.nextInt(4096) : random.nextInt(256) & -width;
            long offset = at(random.nextInt(8) == 0 ? random.nextInt(256) : 0, place, random.nextInt(8) == 0 ? random.nextInt(8) : 0, register);
            long mask = -1L >>> 64 - 8 * width;
            if (random.nextBoolean()) {
                host.write(offset, width, random.nextLong() & mask);
            } else {
                assertEquals(0, host.read(offset, width) & ~mask);
            }
            if ((i & 63) == 0) {
                context.runPosted();
                context.takeMessages();
            }
        }
        theBridgeIsAtPlaceZeroAndFunctionsWhereTheyWerePut();
        host.write(at(0, 2, 0, 4), 2, 0);
        host.write(at(0, 2, 0, 0x14), 4, 0);
        host.write(at(0, 2, 0, 0x10), 4, 0x4000_0000L);
        host.write(at(0, 2, 0, 4), 2, 6);
        assertEquals(0x4000_0004L, host.read(at(0, 2, 0, 0x10), 4));
    }
}
