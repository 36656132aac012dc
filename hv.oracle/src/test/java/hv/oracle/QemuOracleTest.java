package hv.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.images.HostQemu;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Progress;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine ends random programs as QEMU does. {@code -Dhv.oracle.seed}, {@code .programs}: others than those of the long test. */
class QemuOracleTest {
    private static final int SLOTS = 200;
    private EngineMachine here;
    private QemuMachine there;
    private Differences differences;

    private void begin(HostQemu qemu) throws OracleException {
        there = new QemuMachine(qemu);
        assumeTrue(there.comparable(), qemu.program() + " is QEMU " + qemu.version() + ", and the differences are judged from 10 on");
        here = new EngineMachine(EngineMachine.engine("riscv"), false);
        differences = Differences.load();
    }

    private static HostQemu found() throws ImageException {
        return HostQemu.find(QemuMachine.MAJOR, ImageSettings.fromEnvironment()).orElseGet(
            () -> abort("no qemu-system-riscv64 of version 10 or later: name one by HV_QEMU, or run manyRandomProgramsEndAsOnQemu, which fetches one"));
    }

    /** Where there is none and none can be had, the reason is the test's line. */
    private static HostQemu fetched() {
        try {
            return HostQemu.fetch(QemuMachine.MAJOR, ImageSettings.fromEnvironment(), Progress.NONE);
        } catch (ImageException e) {
            return abort("no QEMU 10: " + e.getMessage());
        }
    }

    /** Compares in batches, says what that came to, and fails with the shortest programs that differ. */
    private void compare(Kind kind, long seed, int programs) throws OracleException {
        Differential differential = new Differential(here, there, differences.avoided(there.version()), System.out::println);
        long instructions = 0;
        int differing = 0;
        StringBuilder shortest = new StringBuilder();
        for (int done = 0; done < programs; done += 100) {
            List<Program> batch = LongStream.range(seed + done, seed + Math.min(programs, done + 100)).mapToObj(s -> new Program(kind, s, SLOTS)).toList();
            Differential.Report r = differential.compare(batch, 2);
            instructions += r.instructions();
            differing += r.differing();
            r.shortened().forEach(d -> shortest.append('\n').append(d));
            assertEquals(batch.size(), r.finished(), "programs that came to their end on both");
        }
        System.out.println(here.description() + " and " + there.description() + ": " + kind + ", seeds from " + seed + ", " + programs + " programs, " + instructions
            + " instructions, " + differing + " differences");
        assertTrue(instructions > 1000L * programs, instructions + " instructions");
        if (differing > 0) {
            fail(differing + " of " + programs + " programs end differently" + shortest);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aFewRandomProgramsEndAsOnQemu(Kind kind) throws OracleException, ImageException {
        begin(found());
        compare(kind, 1, 10);
    }

    @Tag("full")
    @ParameterizedTest
    @EnumSource(Kind.class)
    void manyRandomProgramsEndAsOnQemu(Kind kind) throws OracleException {
        begin(fetched());
        compare(kind, Long.getLong("hv.oracle.seed", 100), Integer.getInteger("hv.oracle.programs", 600));
    }
}
