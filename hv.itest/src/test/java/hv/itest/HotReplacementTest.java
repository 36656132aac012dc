package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.guest.tiny.TinyGuest;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** The shipped bundles are replaced by others of their kind under a running guest that keeps its console and its disk busy. */
class HotReplacementTest {
    private static final String PROMPT = TinyGuest.PROMPT;
    /** Part by bundle that makes it. */
    private static final Map<String, String> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("dispatcher", "hv.dispatcher");
        PARTS.put("interpreter", "hv.interpreter");
        PARTS.put("uart0", "hv.devices");
        PARTS.put("virtio2/model", "hv.devices");
        PARTS.put("virtio2/backend", "hv.storage");
        PARTS.put("virtio2", "hv.virtio");
        PARTS.put("plic0", "hv.devices");
        PARTS.put("engine", "hv.engine.riscv");
    }

    @TempDir
    Path folder;
    private InFramework framework;
    private Hypervisor hypervisor;
    private Machine machine;

    @BeforeEach
    void start() throws Exception {
        framework = new InFramework(folder.resolve("felix"));
        hypervisor = framework.hypervisor();
        Path kernel = folder.resolve("tiny.img");
        Files.write(kernel, TinyGuest.image());
        Path disk = folder.resolve("disk.img");
        try (RandomAccessFile f = new RandomAccessFile(disk.toFile(), "rw")) {
            f.setLength(1 << 20);
        }
        machine = hypervisor.create(MachineSpec.named("tiny", kernel).withMemory(32 * MachineSpec.MIB).withDisk(DiskSpec.raw(disk)));
        machine.start();
    }

    @AfterEach
    void stop() throws Exception {
        framework.close();
    }

    @Test
    void everyPartIsReplacedUnderLoad() throws Exception {
        replaceAll(5);
    }

    @Test
    @Tag("full")
    void everyPartIsReplacedTwoHundredTimesUnderLoad() throws Exception {
        replaceAll(200);
    }

    private void replaceAll(int times) throws Exception {
        for (String bundle : List.of("hv.dispatcher", "hv.interpreter", "hv.devices", "hv.storage", "hv.virtio", "hv.engine.riscv", "hv.scheduler.credit", "hv.allocator")) {
            framework.installCopy(bundle, "0.1.1");
        }
        try (GuestDriver g = new GuestDriver(machine)) {
            g.expect(PROMPT, 20);
            for (int i = 0; i < times; i++) {
                String version = i % 2 == 0 ? ":0.1.1" : ":0.1.0";
                g.type("disk 2");
                for (Map.Entry<String, String> p : PARTS.entrySet()) {
                    machine.replace(p.getKey(), p.getValue() + version);
                }
                hypervisor.replace("policy", "hv.scheduler.credit" + version);
                hypervisor.replace("allocator", "hv.allocator" + version);
                g.expect("0 errors, ok", 30);
                g.expect(PROMPT, 10);
                g.type("sum 100000");
                for (Map.Entry<String, String> p : PARTS.entrySet()) {
                    machine.replace(p.getKey(), p.getValue() + (i % 2 == 0 ? ":0.1.0" : ":0.1.1"));
                    machine.replace(p.getKey(), p.getValue() + version);
                }
                g.expect("sum 100000: 0x", 30);
                g.expect(PROMPT, 10);
            }
        }
        assertEquals(MachineState.RUNNING, machine.state());
        assertEquals(List.of(), hypervisor.health());
        long[] stops = machine.replaceStops();
        Arrays.sort(stops);
        System.out.println("stop of a vCPU, microseconds: median " + stops[stops.length / 2] / 1000 + ", p99 " + stops[stops.length * 99 / 100] / 1000 + ", max "
                + stops[stops.length - 1] / 1000 + " of " + stops.length);
    }

    @Test
    void aBundleThatIsStoppedHandsItsPartsOver() throws Exception {
        framework.installCopy("hv.devices", "0.1.1");
        try (GuestDriver g = new GuestDriver(machine)) {
            g.expect(PROMPT, 20);
            framework.bundle("hv.devices").stop();
            assertTrue(g.run("sum 1000000", PROMPT, 20).contains("0xaef9e4ff4edd6a7c"));
            assertTrue(g.run("disk 1", PROMPT, 20).contains("0 errors, ok"));
        }
        assertTrue(machine.parts().stream().filter(p -> p.origin().symbolicName().equals("hv.devices")).allMatch(p -> p.origin().version().equals("0.1.1")));
    }

    @Test
    void aPartWhoseOnlyBundleStopsWaitsUntilItStartsAgain() throws Exception {
        try (GuestDriver g = new GuestDriver(machine)) {
            g.expect(PROMPT, 20);
            g.type("disk 20");
            framework.bundle("hv.storage").stop();
            assertTrue(machine.info().detail().contains("virtio2/backend"), machine.info().detail());
            g.readFor(200);
            framework.bundle("hv.storage").start();
            g.expect("0 errors, ok", 30);
            g.expect(PROMPT, 20);
        }
        assertEquals("", machine.info().detail());
    }

    @Test
    void aMachineIsSavedAndRestoredFromAFile() throws Exception {
        Path file = folder.resolve("saved.hv");
        try (GuestDriver g = new GuestDriver(machine)) {
            g.expect(PROMPT, 20);
            framework.snapshots().save(machine, file, hv.api.Progress.NONE);
            assertTrue(g.run("sum 1000000", PROMPT, 20).contains("0xaef9e4ff4edd6a7c"), "the original goes on");
        }
        hypervisor.destroy("tiny");
        try (var saved = framework.snapshots().open(file)) {
            machine = hypervisor.restore(saved);
        }
        try (GuestDriver g = new GuestDriver(machine)) {
            g.type("");
            g.expect(PROMPT, 20);
            assertTrue(g.run("sum 1000000", PROMPT, 20).contains("0xaef9e4ff4edd6a7c"));
            assertTrue(g.run("disk 1", PROMPT, 20).contains("0 errors, ok"));
        }
    }

    @Test
    void oldLoadersAreCollectedAfterManySwaps() throws Exception {
        swapAndCount(20);
    }

    @Test
    @Tag("full")
    void oldLoadersAreCollectedAfterAThousandSwaps() throws Exception {
        swapAndCount(1000);
    }

    private void swapAndCount(int swaps) throws Exception {
        GoneLoaders loaders = new GoneLoaders();
        for (int i = 1; i <= swaps; i++) {
            Bundle fresh = framework.installCopy("hv.dispatcher", "0.2." + i);
            machine.replace("dispatcher", Long.toString(fresh.getBundleId()));
            Bundle fresh2 = framework.installCopy("hv.devices", "0.2." + i);
            machine.replace("uart0", Long.toString(fresh2.getBundleId()));
            machine.replace("virtio2/model", Long.toString(fresh2.getBundleId()));
            loaders.add(fresh);
            loaders.add(fresh2);
            machine.replace("dispatcher", "hv.dispatcher:0.1.0");
            machine.replace("uart0", "hv.devices:0.1.0");
            machine.replace("virtio2/model", "hv.devices:0.1.0");
            fresh.uninstall();
            fresh2.uninstall();
        }
        loaders.assertCollected(framework);
    }
}
