package hv.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine ends random programs as QEMU does. {@code -Dhv.oracle.seed}, {@code .programs}: others than those of the long test. */
class QemuOracleTest {
    private static final int SLOTS = 200;
    private EngineMachine here;
    private QemuMachine there;
    private Differences differences;

    @BeforeEach
    void findQemu() throws OracleException {
        there = qemu();
        here = new EngineMachine(EngineMachine.engine("riscv"), false);
        differences = Differences.load();
    }

    /** HV_QEMU, else an unpacked QEMU 10 in the cache, else what PATH has. */
    private static QemuMachine qemu() throws OracleException {
        String named = System.getenv("HV_QEMU");
        if (named != null && !named.isEmpty()) {
            return QemuMachine.of(Path.of(named), null);
        }
        Path cached = Path.of(System.getProperty("user.home"), ".cache/hv/qemu10/usr/bin/qemu-system-riscv64");
        String path = System.getenv().getOrDefault("PATH", "");
        List<Path> candidates = Stream.concat(Stream.of(cached),
            Stream.of(path.split(File.pathSeparator)).filter(f -> !f.isEmpty()).map(f -> Path.of(f, "qemu-system-riscv64"))).toList();
        for (Path p : candidates) {
            if (Files.isExecutable(p)) {
                QemuMachine q = QemuMachine.of(p, null);
                if (q.comparable()) {
                    return q;
                }
            }
        }
        return abort("no qemu-system-riscv64 of version 10.0 or later; name one by HV_QEMU");
    }

    /** Compares in batches, says what that came to, and fails with the shortest programs that differ. */
    private void compare(Kind kind, long seed, int programs) throws OracleException {
        Differential differential = new Differential(here, there, differences.avoided(there.version()), differences.masks(there.version()), System.out::println);
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
    @EnumSource(value = Kind.class, names = {"UNPRIVILEGED", "USER"})
    void aFewRandomProgramsEndAsOnQemu(Kind kind) throws OracleException {
        compare(kind, 1, 10);
    }

    @Tag("full")
    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"UNPRIVILEGED", "USER"})
    void manyRandomProgramsEndAsOnQemu(Kind kind) throws OracleException {
        compare(kind, Long.getLong("hv.oracle.seed", 100), Integer.getInteger("hv.oracle.programs", 60));
    }
}
