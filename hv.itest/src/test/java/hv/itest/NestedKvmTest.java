package hv.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine on KVM, verified on machines that have none: in QEMU's emulated AMD SVM. */
@Tag("full")
class NestedKvmTest {
    private static final int SECONDS = 590;
    @TempDir
    static Path folder;
    private static NestedHost host;

    @BeforeAll
    static void build() {
        host = new NestedHost(folder);
    }

    private static void passes(Class<?> program, String... arguments) throws Exception {
        List<String> lines = host.run(SECONDS, program, arguments);
        lines.stream().filter(l -> l.startsWith("nested: ")).forEach(System.out::println);
        assertTrue(lines.contains(NestedHost.PASSED), () -> NestedHost.tail(lines));
    }

    @Test
    void theEnginesOwnTestsPass() throws Exception {
        passes(NestedTests.class, "hv.engine.kvm.internal.KvmVcpuTest", "hv.engine.kvm.internal.KvmFactoryTest");
    }

    @Test
    void twoGuestsAtOnceExchangeByAWire() throws Exception {
        passes(NestedPair.class);
    }

    @Test
    void guestsThatBreakEndAloneWithOneLine() throws Exception {
        passes(NestedBadGuests.class);
    }
}
