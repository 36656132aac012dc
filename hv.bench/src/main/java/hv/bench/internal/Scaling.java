package hv.bench.internal;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much more two threads do than one, each on a CPU of its own: in a guest with two harts, and the same C program on the host. All four take turns
 * within seconds, so that a busy host disturbs both sides alike. One thread.
 */
final class Scaling {
    static final String PROGRAM = "scale";
    static final int HARTS = 2;
    private static final int MILLIS = 1500;
    /** Of the guest alone, until HotSpot has compiled the engine's loop. */
    private static final int WARM_UP_ROUNDS = 4;
    private static final int ROUNDS_A_RUN = 4;
    private static final Pattern ANSWER = Pattern.compile("@R ([0-9]+) ([0-9]+) ([0-9]+)$");

    /** Units of work a second. */
    record Round(double hostOne, double hostTwo, double guestOne, double guestTwo) {
    }

    /** @param loadBefore the host's load average over the minute before the first round */
    record Result(List<Round> rounds, double loadBefore, double loadAfter) {
        double onHost() {
            return Statistics.median(rounds.stream().map(r -> r.hostTwo() / r.hostOne()).toList());
        }

        double inGuest() {
            return Statistics.median(rounds.stream().map(r -> r.guestTwo() / r.guestOne()).toList());
        }

        double ratio() {
            return inGuest() / onHost();
        }
    }

    private final Settings settings;

    Scaling(Settings settings) {
        this.settings = settings;
    }

    /** @param program {@link #PROGRAM} for this host */
    Result measure(Path kernel, Path initrd, Path program) throws BenchException, InterruptedException {
        settings.progress().accept("scaling to two harts, " + settings.runs() * ROUNDS_A_RUN + " rounds of 6 s");
        double before = load();
        List<Round> rounds = new ArrayList<>();
        Guest guest = new Guest(kernel, initrd, "console=ttyS0 quiet blist=smp", Experiments.SUITE_MIB, HARTS);
        try (EngineProcess host = Engine.program(program); EngineProcess hv = new Engine.Hv(false).launch(guest)) {
            long deadline = EngineProcess.deadline(settings.timeout());
            host.await(Engine.FIRST, "@READY", deadline);
            hv.await(Engine.FIRST, "@READY", deadline);
            for (int k = 0; k < WARM_UP_ROUNDS; k++) {
                rate(hv, 1 + k % HARTS, deadline);
            }
            for (int k = 0; k < settings.runs() * ROUNDS_A_RUN; k++) {
                rounds.add(round(host, hv, k, deadline));
            }
        }
        return new Result(rounds, before, load());
    }

    /** One after the other, and every second time the other way round. */
    private static Round round(EngineProcess host, EngineProcess hv, int number, long deadline) throws BenchException, InterruptedException {
        double[] rates = new double[4];
        for (int k = 0; k < 4; k++) {
            int which = number % 2 == 0 ? k : 3 - k;
            rates[which] = rate(which < 2 ? host : hv, 1 + which % 2, deadline);
        }
        return new Round(rates[0], rates[1], rates[2], rates[3]);
    }

    private static double rate(EngineProcess process, int threads, long deadline) throws BenchException, InterruptedException {
        process.type(Engine.FIRST, threads + " " + MILLIS);
        for (;;) {
            switch (process.next(deadline)) {
                case Event.Line line -> {
                    Matcher m = ANSWER.matcher(GuestLog.plain(line.text()));
                    if (m.find() && m.group(1).equals(Integer.toString(threads))) {
                        double units = Double.parseDouble(m.group(2));
                        if (units == 0) {
                            throw new BenchException("there are not " + threads + " CPUs for " + threads + " threads; " + process.lastWords());
                        }
                        return units * 1e9 / Double.parseDouble(m.group(3));
                    }
                }
                case Event.Ended _ -> throw new BenchException("it ended before it was measured; " + process.lastWords());
                case Event.Counted _, Event.Allocated _, Event.Recorded _ -> { }
            }
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
