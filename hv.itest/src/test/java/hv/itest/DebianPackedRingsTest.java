package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.machine.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux's drivers of console, entropy, block, SCSI and network take packed rings where they are offered, and work on them. */
@Tag("full")
class DebianPackedRingsTest {
    private static final int DATA_BYTES = 4 << 20;
    private static final int DEVICES = 5;

    @TempDir
    Path folder;

    @Test
    void debianTakesPackedRingsOverMmio() throws Exception {
        check("mmio", "none");
    }

    @Test
    void debianTakesPackedRingsOverPciWithMessages() throws Exception {
        check("pci", "aplic-imsic");
    }

    @Test
    void debianTakesPackedRingsOverPciWithPins() throws Exception {
        check("pci", "none");
    }

    private void check(String bus, String aia) throws Exception {
        byte[] data = new byte[DATA_BYTES];
        new Random(4).nextBytes(data);
        Path block = Files.write(folder.resolve("block"), data);
        Path scsi = Files.write(folder.resolve("scsi"), new byte[DATA_BYTES]);
        MachineSpec spec = DebianGuest.spec("packed").withVcpus(2).withSetting("virtio", bus).withSetting("aia", aia).withSetting("virtio.packed", "on")
                .withDisk(DiskSpec.raw(block)).withDisk(new DiskSpec(scsi, "raw", false, DiskSpec.SCSI))
                .withNic(NicSpec.parse("stream,server=on,path=" + folder.resolve("wire.sock")));
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
        try (Platform platform = Platform.embedded()) {
            Machine m = platform.hypervisor().create(spec);
            m.start();
            DebianGuest d = new DebianGuest(m).awaitShell();
            d.run("for i in 1 2 3 4 5 6 7 8 9; do [ -b /dev/sda ] && break; sleep 1; done; [ -b /dev/sda ]", 60);
            // Character i of the file is feature bit i - 1; 34 is VIRTIO_F_RING_PACKED.
            assertEquals(Integer.toString(DEVICES), d.run("cat /sys/bus/virtio/devices/*/features | cut -c35 | grep -c 1", 30).strip());
            assertTrue(d.run("md5sum /dev/vda", 60).contains(sum));
            d.run("dd if=/dev/vda of=/dev/sda bs=64k conv=fsync && sync && echo 3 > /proc/sys/vm/drop_caches", 60);
            assertTrue(d.run("dd if=/dev/sda bs=4k | md5sum", 60).contains(sum));
            assertEquals("8192", d.run("dd if=/dev/hwrng bs=512 count=16 2> /dev/null | wc -c", 60).strip());
            assertEquals("0", d.run("dmesg | grep -c -E 'I/O error|BUG|Oops|nobody cared|blocked for more|id [0-9]+ (is not a head|out of range)'; true", 60).strip());
            d.console().type("poweroff");
            assertTrue(m.awaitEnd(Duration.ofSeconds(60)));
        }
        assertEquals(-1, Files.mismatch(block, scsi));
    }
}
