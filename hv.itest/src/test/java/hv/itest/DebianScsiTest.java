package hv.itest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.machine.Platform;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's sd driver on our SCSI controller, on either bus. */
@Tag("full")
class DebianScsiTest {
    private static final int DATA_BYTES = 4 << 20;

    @TempDir
    Path folder;

    @Test
    void debianReadsAndWritesScsiDisksOverMmio() throws Exception {
        check("mmio");
    }

    @Test
    void debianReadsAndWritesScsiDisksOverPci() throws Exception {
        check("pci");
    }

    private void check(String bus) throws Exception {
        byte[] data = new byte[DATA_BYTES];
        new Random(3).nextBytes(data);
        Path source = Files.write(folder.resolve("source"), data);
        Path target = folder.resolve("target");
        try (RandomAccessFile f = new RandomAccessFile(target.toFile(), "rw")) {
            f.setLength(2L * DATA_BYTES);
        }
        MachineSpec spec = DebianGuest.spec("scsi").withSetting("virtio", bus).withDisk(new DiskSpec(target, "raw", false, DiskSpec.SCSI))
                .withDisk(new DiskSpec(source, "raw", true, DiskSpec.SCSI));
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
        try (Platform platform = Platform.embedded()) {
            Machine m = platform.hypervisor().create(spec);
            m.start();
            DebianGuest d = new DebianGuest(m).awaitShell();
            d.run("for i in 1 2 3 4 5 6 7 8 9; do [ -b /dev/sdb ] && break; sleep 1; done; [ -b /dev/sdb ]", 60);
            assertEquals("0\n1", d.run("cat /sys/block/sda/ro /sys/block/sdb/ro", 30).strip());
            assertTrue(d.run("cat /sys/block/sda/device/vendor", 30).contains("HV"));
            assertTrue(d.run("md5sum /dev/sdb", 60).contains(sum));
            d.run("dd if=/dev/sdb of=/dev/sda bs=64k seek=16 conv=fsync && sync && echo 3 > /proc/sys/vm/drop_caches", 60);
            assertTrue(d.run("dd if=/dev/sda bs=64k skip=16 count=64 | md5sum", 60).contains(sum));
            d.console().type("poweroff");
            assertTrue(m.awaitEnd(Duration.ofSeconds(60)));
        }
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(target), 1 << 20, (1 << 20) + DATA_BYTES));
    }
}
