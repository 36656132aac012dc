package hv.devices.internal.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Devices against hostile guests and hostile state. {@code mvn test} replays the corpus (src/test/resources/hv/devices/internal/fuzz) and a
 * short run of a fixed seed, the full tests long ones of others; {@code JAZZER_FUZZ=1 mvn test -Dtest=DeviceFuzzTest#rings} searches.
 */
class DeviceFuzzTest {
    private static final int RUNS = 800;
    private static final int FULL_RUNS = 12_000;
    private static final int SCRIPT_BYTES_MAX = 1500;

    @FunctionalInterface
    private interface Scenario {
        void run(byte[] script) throws Exception;
    }

    private static void seeded(long seed, int runs, Scenario scenario) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < runs; i++) {
            byte[] script = new byte[random.nextInt(SCRIPT_BYTES_MAX)];
            random.nextBytes(script);
            try {
                scenario.run(script);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("run " + i + " of seed " + seed, e);
            }
        }
    }

    @Test
    void randomRegisterPokesBreakNoDevice() throws Exception {
        seeded(1, RUNS, RegisterScenario::run);
    }

    @Test
    void randomRingsBreakNoDevice() throws Exception {
        seeded(2, RUNS, RingScenario::run);
    }

    @Test
    void randomStateIsRefusedOrAcceptedNeverBroken() throws Exception {
        seeded(3, RUNS, StateScenario::run);
    }

    @Test
    @Tag("full")
    void manyMoreOfEachBreakNothing() throws Exception {
        seeded(11, FULL_RUNS, RegisterScenario::run);
        seeded(12, FULL_RUNS, RingScenario::run);
        seeded(13, FULL_RUNS, StateScenario::run);
    }

    @FuzzTest(maxDuration = "1m")
    void registers(byte[] script) throws Exception {
        RegisterScenario.run(script);
    }

    @FuzzTest(maxDuration = "1m")
    void rings(byte[] script) throws Exception {
        RingScenario.run(script);
    }

    @FuzzTest(maxDuration = "1m")
    void states(byte[] script) throws Exception {
        StateScenario.run(script);
    }
}
