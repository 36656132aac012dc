package hv.machine.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SpecException;
import hv.api.machine.MachineSpec;
import hv.api.scheduler.spi.Share;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulingSettingsTest {
    private static final int HOST_CPUS = 2;

    private static SchedulingSettings of(int vcpus, String... pairs) throws SpecException {
        MachineSpec spec = Bench.spec("m", vcpus);
        for (int i = 0; i < pairs.length; i += 2) {
            spec = spec.withSetting(pairs[i], pairs[i + 1]);
        }
        return SchedulingSettings.of(spec, HOST_CPUS, List.of());
    }

    private static void assertRefused(String words, int vcpus, String... pairs) {
        SpecException e = assertThrows(SpecException.class, () -> of(vcpus, pairs));
        assertTrue(e.getMessage().contains(words) && e.getMessage().lines().count() == 1, e.getMessage());
    }

    @Test
    void nothingSaidIsTheUsual() throws SpecException {
        assertArrayEquals(new Share[] {Share.USUAL, Share.USUAL}, of(2).shares());
        assertEquals(0, of(2).machineCap());
    }

    @Test
    void oneVcpusOwnGoesBeforeTheMachines() throws SpecException {
        SchedulingSettings s = of(2, "weight", "200", "vcpu1.weight", "50", "cap", "150", "vcpu0.cap", "40", "priority", "3", "affinity", "1", "vcpu1.affinity", "0-1");
        assertEquals(new Share(200, 40, 3, 0, 0, 2), s.share(0));
        assertEquals(new Share(50, 0, 3, 0, 0, 3), s.share(1));
        assertEquals(150, s.machineCap());
        assertEquals("50", s.infos().stream().filter(i -> i.name().equals("vcpu1.weight")).findFirst().orElseThrow().value());
    }

    @Test
    void reservationsAreInTheUnitsThatPeopleWrite() throws SpecException {
        assertEquals(Share.USUAL.withReservation(4_000_000, 20_000_000), of(1, "reservation", "4ms/20ms").share(0));
        assertEquals(Share.USUAL.withReservation(500_000, 1_000_000_000), of(1, "reservation", "500us/1s").share(0));
        assertEquals(Share.USUAL, of(1, "reservation", "none").share(0));
    }

    @Test
    void wrongValuesAreRefusedInOneLine() {
        assertRefused("weight 0: use 1 to 10000", 1, "weight", "0");
        assertRefused("weight \"heavy\" is no number", 1, "weight", "heavy");
        assertRefused("cap 300: use 1 to 200", 8, "cap", "300");
        assertRefused("vcpu0.cap 101: use 1 to 100", 2, "vcpu0.cap", "101");
        assertRefused("priority 32", 1, "priority", "32");
        assertRefused("affinity \"2\": use host CPUs of 0 to 1", 1, "affinity", "2");
        assertRefused("affinity", 1, "affinity", "");
        assertRefused("affinity", 1, "affinity", "1-0");
        assertRefused("BUDGET/PERIOD", 1, "reservation", "4ms");
        assertRefused("BUDGET/PERIOD", 1, "reservation", "4/20");
        assertRefused("use a period of 1 to 1000 ms", 1, "reservation", "30ms/20ms");
        assertRefused("leave affinity at all", 1, "reservation", "4ms/20ms", "affinity", "0");
        assertRefused("no setting \"vcpu1.weight\"", 1, "vcpu1.weight", "3");
        assertRefused("no setting \"vcpu0.wait\"", 1, "vcpu0.wait", "3");
    }

    @Test
    void aReservationForWhichThereIsNoRoomIsRefusedWithTheArithmetic() throws SpecException {
        of(2, "reservation", "12ms/20ms");
        assertRefused("180.0 % of a host CPU, and 0.0 % promised to others, are more than 0.95 x (2 - 1 x 0.600) = 133.0 %", 3, "reservation", "12ms/20ms");
        MachineSpec more = Bench.spec("m", 1).withSetting("reservation", "4ms/20ms");
        SchedulingSettings.of(more, HOST_CPUS, List.of(Share.USUAL.withReservation(10_000_000, 20_000_000)));
        SpecException e = assertThrows(SpecException.class, () -> SchedulingSettings.of(more, HOST_CPUS, List.of(of(1, "reservation", "18ms/20ms").share(0))));
        assertTrue(e.getMessage().contains("20.0 % of a host CPU, and 90.0 % promised to others"), e.getMessage());
    }
}
