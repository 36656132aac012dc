package hv.devices.internal.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Devices against hostile guests and hostile state. {@code mvn test} replays the corpus (src/test/resources/hv/devices/internal/fuzz) and a
 * short run of a fixed seed; {@code JAZZER_FUZZ=1 mvn test -Dtest=DeviceFuzzTest#rings} searches.
 */
class DeviceFuzzTest {
    private static final int RUNS = 3_000;
    private static final int SCRIPT_BYTES_MAX = 1500;

    @FunctionalInterface
    private interface Scenario {
        void run(byte[] script) throws Exception;
    }

    private static void seeded(long seed, Scenario scenario) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
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
        seeded(1, RegisterScenario::run);
    }

    @Test
    void randomRingsBreakNoDevice() throws Exception {
        seeded(2, RingScenario::run);
    }

    @Test
    void randomStateIsRefusedOrAcceptedNeverBroken() throws Exception {
        seeded(3, StateScenario::run);
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
