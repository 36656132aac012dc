package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.machine.NicSpec;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hv is for: every part of a running Debian replaced hundreds of times, and the whole machine moved from process to process. */
@Tag("full")
class DebianReplacementTest {
    private static final int TIMES = Integer.getInteger("hv.itest.replacements", 200);
    private static final int MOVES = Integer.getInteger("hv.itest.moves", 10);
    @TempDir
    Path folder;

    private Path disk() throws Exception {
        Path disk = folder.resolve("disk.img");
        try (RandomAccessFile f = new RandomAccessFile(disk.toFile(), "rw")) {
            f.setLength(64 << 20);
        }
        return disk;
    }

    /** Busy with disk and console: writes numbers to the disk, flushes, drops what is cached, reads them back, and prints each round's verdict. */
    private static final String LOAD = "(i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); seq $i $((i+20000)) > /tmp/f; n=$(wc -c < /tmp/f); "
            + "dd if=/tmp/f of=/dev/vda bs=64k conv=fsync 2> /tmp/dd || cat /tmp/dd; echo 3 > /proc/sys/vm/drop_caches; "
            + "a=$(head -c $n /dev/vda | md5sum); b=$(md5sum < /tmp/f); [ \"$a\" = \"$b\" ] && echo \"round $i ok\" || echo \"round $i WR\"\"ONG\"; done; "
            + "echo \"load over\"\" after $i\") & true";

    /** What every machine of this test has. */
    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("dispatcher", "hv.dispatcher");
        parts.put("interpreter", "hv.interpreter");
        parts.put("uart0", "hv.devices");
        parts.put("virtio2/model", "hv.devices");
        parts.put("virtio2/backend", "hv.storage");
        return parts;
    }

    /** Four harts, everything on PCI with messages, and a network card with a wire to nobody. */
    private MachineSpec whole() throws Exception {
        return DebianGuest.spec("d").withVcpus(4).withSetting("virtio", "pci").withSetting("aia", "aplic-imsic").withDisk(DiskSpec.raw(disk()))
                .withNic(NicSpec.parse("stream,server=on,path=" + folder.resolve("wire.sock")));
    }

    @Test
    void everyPartIsReplacedUnderLoad() throws Exception {
        replaceUnderLoad(DebianGuest.spec("d").withDisk(DiskSpec.raw(disk())), parts());
    }

    @Test
    void everyPartOfAWholeMachineIsReplacedUnderLoad() throws Exception {
        Map<String, String> parts = parts();
        parts.put("pci0", "hv.devices");
        parts.put("aplic0", "hv.devices");
        parts.put("imsic-s", "hv.devices");
        parts.put("virtio3/model", "hv.devices");
        parts.put("virtio3/backend", "hv.network");
        replaceUnderLoad(whole(), parts);
    }

    @Test
    void everyPartOfAWholeMachineWithPackedRingsIsReplacedUnderLoad() throws Exception {
        Map<String, String> parts = parts();
        parts.put("virtio3/model", "hv.devices");
        parts.put("virtio3/backend", "hv.network");
        replaceUnderLoad(whole().withSetting("virtio.packed", "on"), parts);
    }

    private void replaceUnderLoad(MachineSpec spec, Map<String, String> parts) throws Exception {
        try (InFramework framework = new InFramework(folder.resolve("felix"))) {
            Hypervisor hypervisor = framework.hypervisor();
            Machine m = hypervisor.create(spec);
            m.start();
            DebianGuest d = new DebianGuest(m).awaitShell();
            d.run(LOAD, 30);
            d.console().expect("round 1 ok", 60);
            for (String bundle : List.of("hv.dispatcher", "hv.interpreter", "hv.devices", "hv.storage", "hv.network", "hv.scheduler.credit", "hv.allocator")) {
                framework.installCopy(bundle, "0.1.1");
            }
            for (int i = 0; i < TIMES; i++) {
                String version = i % 2 == 0 ? ":0.1.1" : ":0.1.0";
                for (Map.Entry<String, String> p : parts.entrySet()) {
                    m.replace(p.getKey(), p.getValue() + version);
                }
                hypervisor.replace("policy", "hv.scheduler.credit" + version);
                hypervisor.replace("allocator", "hv.allocator" + version);
                d.console().readFor(20);
            }
            d.console().expect(java.util.regex.Pattern.compile("round \\d+ ok"), 60);
            d.run("touch /tmp/stop", 60);
            d.console().expect("load over after", 60);
            assertEquals("0", d.run("dmesg | grep -c -E 'I/O error|BUG|Oops|nobody cared|blocked for more'; true", 60).strip());
            assertTrue(!d.console().transcript().contains("WRONG"));
            assertEquals(List.of(), hypervisor.health());
            assertEquals(MachineState.RUNNING, m.state());
            long[] stops = Arrays.stream(m.replaceStops()).filter(n -> n > 0).sorted().toArray();
            System.out.println("vCPU stop of " + stops.length + " replacements: median " + stops[stops.length / 2] / 1000 + " us, p99 "
                    + stops[stops.length * 99 / 100] / 1000 + " us, max " + stops[stops.length - 1] / 1000 + " us");
            assertTrue(stops[stops.length / 2] < 5_000_000, "the median stop is at most 5 ms");
        }
    }

    @Test
    void theWholeMachineMovesFromProcessToProcess() throws Exception {
        move(DebianGuest.spec("d").withDisk(DiskSpec.raw(disk())));
    }

    @Test
    void aMachineWithFourHartsPciAndNetworkMovesFromProcessToProcess() throws Exception {
        move(whole());
    }

    @Test
    void aMachineWithPackedRingsMovesFromProcessToProcess() throws Exception {
        move(whole().withSetting("virtio.packed", "on"));
    }

    private void move(MachineSpec spec) throws Exception {
        Path saved = folder.resolve("saved.hv");
        try (InFramework framework = new InFramework(folder.resolve("felix"))) {
            Machine m = framework.hypervisor().create(spec);
            m.start();
            DebianGuest d = new DebianGuest(m).awaitShell();
            d.run(LOAD, 30);
            d.console().expect("round 2 ok", 60);
            framework.snapshots().save(m, saved, hv.api.Progress.NONE);
            framework.hypervisor().destroy("d");
        }
        for (int i = 1; i <= MOVES; i++) {
            Process p = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED", "-XX:-DontCompileHugeMethods",
                    "-cp", System.getProperty("java.class.path"), MovedMachine.class.getName(), saved.toString(), i == MOVES ? "last" : "on").redirectErrorStream(true).start();
            String said = new String(p.getInputStream().readAllBytes());
            assertTrue(p.waitFor(5, TimeUnit.MINUTES), said);
            assertEquals(0, p.exitValue(), said);
            assertTrue(said.contains("moved: ok"), said);
        }
    }
}
