package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest.Admit;
import hv.api.allocator.spi.ResourceRequest.Release;
import hv.api.allocator.spi.ResourceRequest.StartVcpu;
import hv.api.allocator.spi.ResourceRequest.StopVcpu;
import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every allocator. Its state is subject to {@link StatefulLaws} as well. */
public abstract class AllocatorLaws {
    private static final long SEED = 0xA110_CA7EL;
    private static final long GIB = 1L << 30;
    /** 12 GiB and 16 vCPUs may be promised. */
    private static final HostResources HOST = new HostResources(8 * GIB, 4, 1.5, 4);

    protected abstract Allocator create(HostResources host);

    private Allocator running() {
        Allocator a = create(HOST);
        a.wake();
        return a;
    }

    private static void granted(Decision d) {
        assertInstanceOf(Decision.Granted.class, d);
    }

    private static String refused(Decision d) {
        return assertInstanceOf(Decision.Refused.class, d).arithmetic();
    }

    private static List<Account> sorted(Allocator a) {
        List<Account> out = new ArrayList<>(a.accounts());
        out.sort(Comparator.comparing(Account::machine));
        return out;
    }

    @Test
    void exactlyTheLimitIsGranted() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", 5 * GIB, 4)));
            granted(a.decide(new Admit("b", 7 * GIB, 4)));
            refused(a.decide(new Admit("c", 2 << 20, 1)));
            granted(a.decide(new Release("b")));
            granted(a.decide(new Admit("b", GIB, 12)));
            refused(a.decide(new Admit("c", 2 << 20, 1)));
        }
    }

    @Test
    void neverPromisesMoreThanTheLimit() {
        try (Allocator a = running()) {
            Random random = new Random(SEED);
            for (int i = 0; i < 5_000; i++) {
                String name = "m" + random.nextInt(40);
                if (random.nextInt(3) == 0) {
                    a.decide(new Release(name));
                } else {
                    a.decide(new Admit(name, (1 + random.nextInt(2048)) * 2L << 20, 1 + random.nextInt(8)));
                }
                long ram = 0;
                int vcpus = 0;
                for (Account account : a.accounts()) {
                    ram += account.ramBytes();
                    vcpus += account.vcpus();
                }
                if (ram > 12 * GIB || vcpus > 16) {
                    fail("step " + i + " of seed " + SEED + ": " + ram + " bytes and " + vcpus + " vCPUs are promised of " + 12 * GIB + " and 16");
                }
            }
        }
    }

    @Test
    void releaseGivesEverythingBack() {
        try (Allocator a = running()) {
            for (int i = 0; i < 50; i++) {
                granted(a.decide(new Admit("a", 12 * GIB, 16)));
                granted(a.decide(new StartVcpu("a", 3)));
                a.touched("a", GIB);
                granted(a.decide(new Release("a")));
                assertEquals(List.of(), a.accounts());
            }
        }
    }

    @Test
    void refusalChangesNothing() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", 5 * GIB, 4)));
            granted(a.decide(new StartVcpu("a", 1)));
            a.touched("a", GIB);
            List<Account> before = sorted(a);
            refused(a.decide(new Admit("b", 8 * GIB, 1)));
            refused(a.decide(new Admit("b", GIB, 13)));
            refused(a.decide(new Admit("a", GIB, 1)));
            refused(a.decide(new StartVcpu("a", 4)));
            refused(a.decide(new StartVcpu("a", -1)));
            refused(a.decide(new StartVcpu("b", 0)));
            assertEquals(before, sorted(a));
            granted(a.decide(new Admit("b", 7 * GIB, 12)));
        }
    }

    @Test
    void refusalShowsItsArithmeticInOneLine() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("first", 11 * GIB, 1)));
            for (String line : List.of(refused(a.decide(new Admit("second", 4 * GIB, 1))), refused(a.decide(new Admit("second", GIB, 40))))) {
                assertFalse(line.isBlank());
                assertFalse(line.contains("\n"), line);
                assertTrue(line.contains("second"), "names who asks: " + line);
                assertTrue(line.contains("first"), "names who holds: " + line);
                assertTrue(line.matches(".*\\d.*"), "shows numbers: " + line);
            }
        }
    }

    @Test
    void aNameIsAdmittedOnce() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", GIB, 1)));
            assertTrue(refused(a.decide(new Admit("a", GIB, 1))).contains("a"));
            assertEquals(1, a.accounts().size());
        }
    }

    @Test
    void startedVcpusAreCountedOnce() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", GIB, 4)));
            granted(a.decide(new StartVcpu("a", 0)));
            granted(a.decide(new StartVcpu("a", 2)));
            granted(a.decide(new StartVcpu("a", 2)));
            assertEquals(2, a.accounts().getFirst().startedVcpus());
            granted(a.decide(new StopVcpu("a", 2)));
            granted(a.decide(new StopVcpu("a", 2)));
            granted(a.decide(new StopVcpu("a", 1)));
            assertEquals(1, a.accounts().getFirst().startedVcpus());
        }
    }

    @Test
    void touchedMemoryIsAccountedToItsMachine() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", GIB, 1)));
            granted(a.decide(new Admit("b", GIB, 1)));
            a.touched("b", 123_456);
            a.touched("nobody", 1);
            assertEquals(List.of(new Account("a", GIB, 0, 1, 0), new Account("b", GIB, 123_456, 1, 0)), sorted(a));
        }
    }

    @Test
    void nonsenseIsRefusedAndNeverThrown() {
        try (Allocator a = running()) {
            long[] rams = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4095};
            int[] counts = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};
            for (long ram : rams) {
                refused(a.decide(new Admit("a", ram, 1)));
            }
            for (int count : counts) {
                refused(a.decide(new Admit("a", GIB, count)));
                refused(a.decide(new StartVcpu("a", count)));
            }
            a.touched("a", -5);
            a.decide(new Release("never admitted"));
            assertEquals(List.of(), a.accounts());
        }
    }

    @Test
    void grantsSurviveReplacement() throws NotAsleepException, StateException {
        try (Allocator old = running(); Allocator successor = create(HOST)) {
            granted(old.decide(new Admit("a", 5 * GIB, 4)));
            granted(old.decide(new Admit("b", 6 * GIB, 2)));
            granted(old.decide(new StartVcpu("b", 1)));
            old.touched("b", 77);
            old.sleep(Deadline.afterMillis(1_000));
            StateImage.of(old).into(successor);
            successor.wake();
            assertEquals(sorted(old), sorted(successor));
            refused(successor.decide(new Admit("c", 2 * GIB, 1)));
            refused(successor.decide(new Admit("a", GIB, 1)));
            granted(successor.decide(new Release("a")));
            granted(successor.decide(new Admit("c", 6 * GIB, 1)));
        }
    }

    @Test
    void aHostThatShrinksKeepsItsPromises() {
        try (Allocator a = running()) {
            granted(a.decide(new Admit("a", 10 * GIB, 8)));
            List<Account> before = sorted(a);
            a.hostChanged(new HostResources(4 * GIB, 1, 1, 1));
            assertEquals(before, sorted(a));
            granted(a.decide(new StartVcpu("a", 7)));
            refused(a.decide(new Admit("b", 2 << 20, 1)));
            a.hostChanged(new HostResources(16 * GIB, 8, 1, 2));
            granted(a.decide(new Admit("b", 6 * GIB, 8)));
        }
    }
}
