package hv.bench.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.SchedulerPolicyFactory;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.guest.tiny.TinyGuest;
import hv.machine.Platform;
import hv.machine.PlatformSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** What scheduling costs, and whether guests that want more than there is get their shares. In this process. One thread. */
final class SchedulingExperiment {
    static final int VCPUS = 1_000;
    private static final int HOST_CPUS = 2;
    private static final int WARM_UP = 300_000;
    private static final int DECISIONS = 1_000_000;
    private static final long PATIENCE_SECONDS = 60;
    private static final long SETTLE_SECONDS = 5;
    private static final long WINDOW_SECONDS = 10;
    private static final int WINDOWS = 5;
    /** 1 : 2 : 4; none is to get more than one host CPU. */
    static final int[] WEIGHTS = {100, 100, 100, 200, 200, 200, 400, 400};
    /** Percent of a host CPU; 0 for none, who share what the others leave. Each cap is less than an equal share of that. */
    static final int[] CAPS = {5, 10, 20, 30, 0, 0, 0, 0};

    /** What a policy takes for one event with its decision, nanoseconds. */
    record Cost(String policy, long medianNanos, long p99Nanos, long p999Nanos) {
    }

    /**
     * Of guests that want all they can get.
     *
     * @param wanted        shares of all that was run
     * @param ran           median of the windows, by the run loop's account
     * @param instructions  median of the windows, by the guest's instructions
     */
    record Shares(List<Double> wanted, List<Double> ran, List<Double> instructions) {
        /** The largest deviation, of the share itself. */
        double worst() {
            return worst(ran);
        }

        double worstByInstructions() {
            return worst(instructions);
        }

        private double worst(List<Double> got) {
            double most = 0;
            for (int i = 0; i < wanted.size(); i++) {
                most = Math.max(most, Math.abs(got.get(i) - wanted.get(i)) / wanted.get(i));
            }
            return most;
        }
    }

    private final Settings settings;

    SchedulingExperiment(Settings settings) {
        this.settings = settings;
    }

    /** Every policy of the class path, with {@link #VCPUS} vCPUs, of which an eighth blocks after its turn. */
    List<Cost> costs() {
        List<Cost> costs = new ArrayList<>();
        for (PartFactory f : ServiceLoader.load(PartFactory.class)) {
            if (f instanceof SchedulerPolicyFactory factory) {
                settings.progress().accept("decisions of " + factory.type() + " with " + VCPUS + " vCPUs");
                try (SchedulerPolicy policy = factory.create()) {
                    costs.add(cost(factory.type(), policy));
                }
            }
        }
        return costs;
    }

    private static Cost cost(String name, SchedulerPolicy policy) {
        policy.hostCpus(HOST_CPUS);
        policy.wake();
        for (int key = 0; key < VCPUS; key++) {
            policy.add(key, key / 2, Share.USUAL.withWeight(50 + key % 7 * 50).withPriority(key % 32).withCap(key % 10 == 0 ? 50 : 0), 1);
            policy.ready(key, 1);
        }
        Pick pick = new Pick();
        int[] on = {-1, -1};
        long[] nanos = new long[DECISIONS];
        long now = 1;
        int sleeper = -1;
        for (int i = 0; i < WARM_UP + DECISIONS; i++) {
            int cpu = i & 1;
            long from = System.nanoTime();
            if (on[cpu] >= 0) {
                policy.ran(on[cpu], cpu, 900_000, i % 8 < 2 ? TurnEnd.BLOCKED : TurnEnd.EXPIRED, now);
            }
            if (sleeper >= 0) {
                policy.ready(sleeper, now);
            }
            policy.pick(cpu, now, pick);
            long took = System.nanoTime() - from;
            if (i >= WARM_UP) {
                nanos[i - WARM_UP] = took;
            }
            sleeper = on[cpu] >= 0 && i % 8 < 2 ? on[cpu] : -1;
            on[cpu] = pick.key();
            now += 450_000;
        }
        Arrays.sort(nanos);
        return new Cost(name, nanos[DECISIONS / 2], nanos[(int) (DECISIONS * 0.99)], nanos[(int) (DECISIONS * 0.999)]);
    }

    /** Guests with these weights on two host CPUs. */
    Shares weights() throws BenchException, InterruptedException {
        double sum = Arrays.stream(WEIGHTS).sum();
        return shares("weights", i -> Map.of("weight", Integer.toString(WEIGHTS[i])), Arrays.stream(WEIGHTS).mapToObj(w -> w / sum).toList());
    }

    /** Guests with these caps on two host CPUs, and others that take the rest. */
    Shares caps() throws BenchException, InterruptedException {
        double rest = HOST_CPUS * 100 - Arrays.stream(CAPS).sum();
        long uncapped = Arrays.stream(CAPS).filter(c -> c == 0).count();
        return shares("caps", i -> Map.of("cap", Integer.toString(CAPS[i])), Arrays.stream(CAPS).mapToObj(c -> (c == 0 ? rest / uncapped : c) / 100 / HOST_CPUS).toList());
    }

    /** Settings of a guest by number. */
    private interface Of {
        Map<String, String> settings(int guest);
    }

    private Shares shares(String what, Of of, List<Double> wanted) throws BenchException, InterruptedException {
        settings.progress().accept(String.format(Locale.ROOT, "%s: %d guests on %d host CPUs, %d windows of %d s", what, wanted.size(), HOST_CPUS, WINDOWS, WINDOW_SECONDS));
        PlatformSettings usual = PlatformSettings.usual();
        Path kernel = null;
        try (Platform platform = Platform.start(new PlatformSettings(HOST_CPUS, usual.memoryOvercommit(), usual.cpuOvercommit()), ServiceLoader.load(PartFactory.class))) {
            kernel = Files.createTempFile("hv-bench", ".img");
            Files.write(kernel, TinyGuest.image());
            List<Machine> guests = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                MachineSpec spec = MachineSpec.named("g" + i, kernel).withMemory(64 * MachineSpec.MIB);
                for (Map.Entry<String, String> s : of.settings(i).entrySet()) {
                    spec = spec.withSetting(s.getKey(), s.getValue());
                }
                Machine m = platform.hypervisor().create(spec);
                guests.add(m);
                Console.Session console = m.console().attach();
                m.start();
                awaitPrompt(console);
                // It counts for longer than this lasts.
                byte[] work = "sum 100000000000\n".getBytes(StandardCharsets.US_ASCII);
                console.write(work, 0, work.length);
            }
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            return windows(guests, wanted);
        } catch (HvException e) {
            throw new BenchException(what + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BenchException(what + ": the guest's image cannot be written: " + e.getMessage(), e);
        } finally {
            delete(kernel);
        }
    }

    private static void awaitPrompt(Console.Session console) throws BenchException, InterruptedException {
        StringBuilder said = new StringBuilder();
        byte[] chunk = new byte[1024];
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (said.indexOf(TinyGuest.PROMPT) < 0) {
            int n = console.read(chunk, 0, chunk.length, Math.max(1, end - System.nanoTime()));
            if (n < 0 || System.nanoTime() - end > 0) {
                throw new BenchException("a guest did not come to its prompt; it said: " + said);
            }
            said.append(new String(chunk, 0, n, StandardCharsets.US_ASCII));
        }
    }

    private static void delete(Path file) throws BenchException {
        try {
            if (file != null) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new BenchException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    private static Shares windows(List<Machine> guests, List<Double> wanted) throws InterruptedException {
        Map<Machine, List<Double>> ran = new LinkedHashMap<>();
        Map<Machine, List<Double>> instructions = new LinkedHashMap<>();
        for (int w = 0; w < WINDOWS; w++) {
            List<MachineInfo> before = guests.stream().map(Machine::info).toList();
            TimeUnit.SECONDS.sleep(WINDOW_SECONDS);
            List<MachineInfo> after = guests.stream().map(Machine::info).toList();
            double allNanos = 0;
            double allInstructions = 0;
            for (int i = 0; i < guests.size(); i++) {
                allNanos += after.get(i).cpuTime().toNanos() - before.get(i).cpuTime().toNanos();
                allInstructions += after.get(i).instructions() - before.get(i).instructions();
            }
            for (int i = 0; i < guests.size(); i++) {
                ran.computeIfAbsent(guests.get(i), m -> new ArrayList<>()).add((after.get(i).cpuTime().toNanos() - before.get(i).cpuTime().toNanos()) / allNanos);
                instructions.computeIfAbsent(guests.get(i), m -> new ArrayList<>()).add((after.get(i).instructions() - before.get(i).instructions()) / allInstructions);
            }
        }
        return new Shares(wanted, guests.stream().map(m -> Statistics.median(ran.get(m))).toList(), guests.stream().map(m -> Statistics.median(instructions.get(m))).toList());
    }
}
