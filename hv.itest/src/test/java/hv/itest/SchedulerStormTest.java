package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.machine.SchedulerInfo;
import hv.api.part.ReplaceReport;
import hv.guest.tiny.TinyGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** The shipped scheduling policies take over from each other, under guests that want all they can get and one that answers. */
class SchedulerStormTest {
    private static final String PROMPT = TinyGuest.PROMPT;
    private static final List<String> BUNDLES = List.of("hv.scheduler", "hv.scheduler.credit", "hv.scheduler.eevdf", "hv.scheduler.priority", "hv.scheduler.realtime");
    private static final int HOGS = 8;

    @TempDir
    Path folder;
    private InFramework framework;
    private Hypervisor hypervisor;
    private Machine answers;
    private final List<Machine> hogs = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        framework = new InFramework(folder.resolve("felix"));
        hypervisor = framework.hypervisor();
        Path kernel = folder.resolve("tiny.img");
        Files.write(kernel, TinyGuest.image());
        answers = guest("answers", kernel);
        for (int i = 0; i < HOGS; i++) {
            Machine hog = guest("hog" + i, kernel);
            hogs.add(hog);
            try (GuestDriver g = new GuestDriver(hog)) {
                g.expect(PROMPT, 60);
                g.type("sum 100000000000");
            }
        }
    }

    private Machine guest(String name, Path kernel) throws Exception {
        Machine m = hypervisor.create(MachineSpec.named(name, kernel).withMemory(32 * MachineSpec.MIB));
        m.start();
        return m;
    }

    @AfterEach
    void stop() throws Exception {
        framework.close();
    }

    @Test
    void eachTakesOverFromEachOther() throws Exception {
        storm(1);
    }

    @Test
    @Tag("full")
    void aThousandSwapsLoseNobody() throws Exception {
        storm(50);
    }

    /** Through all ordered pairs of policies, so many times. */
    private void storm(int rounds) throws Exception {
        List<String> types = hypervisor.schedulers().stream().map(SchedulerInfo::type).sorted().toList();
        assertEquals(BUNDLES.size(), types.size(), types.toString());
        List<Long> stops = new ArrayList<>();
        try (GuestDriver g = new GuestDriver(answers)) {
            g.expect(PROMPT, 60);
            for (int round = 0; round < rounds; round++) {
                for (String from : types) {
                    for (String to : types) {
                        if (!from.equals(to)) {
                            hypervisor.chooseScheduler(from);
                            ReplaceReport report = hypervisor.chooseScheduler(to);
                            stops.add(report.stopNanos());
                        }
                    }
                }
                assertTrue(g.run("sum 100000", PROMPT, 60).contains("0x"));
            }
        }
        for (Machine hog : hogs) {
            long before = hog.info().instructions();
            long end = System.nanoTime() + 60_000_000_000L;
            while (hog.info().instructions() == before) {
                assertTrue(System.nanoTime() < end, hog.name() + " was lost");
                Thread.onSpinWait();
            }
            assertEquals(MachineState.RUNNING, hog.state());
        }
        assertEquals(List.of(), hypervisor.health());
        long[] sorted = stops.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.println("policies stood, microseconds: median " + sorted[sorted.length / 2] / 1000 + ", p99 " + sorted[sorted.length * 99 / 100] / 1000 + ", max "
                + sorted[sorted.length - 1] / 1000 + " of " + sorted.length + " swaps");
    }

    @Test
    void theLoadersOfPoliciesThatWentAreCollected() throws Exception {
        GoneLoaders loaders = new GoneLoaders();
        for (int i = 1; i <= 6; i++) {
            for (String name : BUNDLES) {
                Bundle fresh = framework.installCopy(name, "0.2." + i);
                hypervisor.replace("policy", Long.toString(fresh.getBundleId()));
                loaders.add(fresh);
                hypervisor.replace("policy", name + ":0.1.0");
                fresh.uninstall();
            }
        }
        loaders.assertCollected(framework);
        assertTrue(Arrays.stream(framework.context().getBundles()).noneMatch(b -> b.getVersion().toString().startsWith("0.2.")));
    }
}
