package hv.devices.internal.plic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.InterruptController;
import hv.api.part.PartException;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlicTest extends StatefulLaws<InterruptController> {
    private static final int PENDING = 0x1000;
    private static final int ENABLE = 0x2000;
    private static final int CONTEXT = 0x20_0000;
    private static final int HART0_S = 1;
    private static final int HART1_S = 3;

    private FakeDeviceContext context;
    private InterruptController plic;

    @BeforeEach
    void create() throws PartException {
        context = twoHarts();
        plic = plic(context);
        plic.wake();
    }

    private static FakeDeviceContext twoHarts() {
        return new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 2);
    }

    private static InterruptController plic(FakeDeviceContext context) throws PartException {
        return plic(context, Map.of());
    }

    private static InterruptController plic(FakeDeviceContext context, Map<String, String> properties) throws PartException {
        return new PlicFactory().create(new DeviceSpec("plic0", "riscv-plic", 0x0c00_0000, 0x60_0000, 0, properties), context);
    }

    @Override
    protected InterruptController createPart() throws PartException {
        return plic(twoHarts());
    }

    @Override
    protected void exercise(InterruptController part) {
        enable(part, HART0_S, 10, 3);
        enable(part, HART1_S, 40, 7);
        part.input(10, true);
        part.input(40, true);
        part.read(CONTEXT + 0x1000 * HART1_S + 4, 4);
        part.write(CONTEXT + 0x1000 * HART1_S, 4, 2);
    }

    private static void enable(InterruptController plic, int c, int source, int priority) {
        plic.write(4L * source, 4, priority);
        long at = ENABLE + 0x80L * c + 4 * (source / 32);
        plic.write(at, 4, plic.read(at, 4) | 1L << source % 32);
    }

    private int claim(int c) {
        return (int) plic.read(CONTEXT + 0x1000L * c + 4, 4);
    }

    private void complete(int c, int source) {
        plic.write(CONTEXT + 0x1000L * c + 4, 4, source);
    }

    private boolean interrupted(int hart) {
        return context.vcpuLine(hart, 9).isHigh();
    }

    @Test
    void machineContextsReachTheirHartWhereThereIsMachineMode() throws PartException {
        enable(plic, 2, 10, 3);
        plic.input(10, true);
        assertFalse(context.vcpuLine(1, 11).isHigh());
        context = twoHarts();
        plic = plic(context, Map.of("machine-mode", "true"));
        plic.wake();
        enable(plic, 2, 10, 3);
        plic.input(10, true);
        assertTrue(context.vcpuLine(1, 11).isHigh());
        assertFalse(context.vcpuLine(0, 11).isHigh() || interrupted(1));
        assertEquals(10, claim(2));
        assertFalse(context.vcpuLine(1, 11).isHigh());
        plic.input(10, false);
        complete(2, 10);
        plic.input(10, true);
        plic.close();
        assertFalse(context.vcpuLine(1, 11).isHigh());
    }

    @Test
    void anEnabledSourceInterruptsItsHartAndIsClaimedOnce() {
        enable(plic, HART0_S, 10, 1);
        plic.input(10, true);
        assertTrue(interrupted(0));
        assertFalse(interrupted(1));
        assertEquals(1 << 10, plic.read(PENDING, 4));
        assertEquals(10, claim(HART0_S));
        assertFalse(interrupted(0));
        assertEquals(0, claim(HART0_S));
        plic.input(10, false);
        complete(HART0_S, 10);
        assertFalse(interrupted(0));
    }

    @Test
    void aLineStillHighAtCompletionInterruptsAgain() {
        enable(plic, HART0_S, 10, 1);
        plic.input(10, true);
        claim(HART0_S);
        complete(HART0_S, 10);
        assertTrue(interrupted(0));
    }

    @Test
    void aRequestStaysPendingWhenItsLineFalls() {
        enable(plic, HART0_S, 10, 1);
        plic.input(10, true);
        plic.input(10, false);
        assertTrue(interrupted(0));
        assertEquals(10, claim(HART0_S));
        complete(HART0_S, 10);
        assertFalse(interrupted(0));
    }

    @Test
    void theHighestPriorityIsClaimedFirstAndOfEqualsTheLowestNumber() {
        for (int s : new int[] {5, 6, 70, 95}) {
            enable(plic, HART0_S, s, s == 70 ? 7 : 3);
            plic.input(s, true);
        }
        assertEquals(70, claim(HART0_S));
        assertEquals(5, claim(HART0_S));
        assertEquals(6, claim(HART0_S));
        assertEquals(95, claim(HART0_S));
    }

    @Test
    void prioritiesUpToTheThresholdDoNotInterrupt() {
        enable(plic, HART0_S, 10, 3);
        plic.write(CONTEXT + 0x1000 * HART0_S, 4, 3);
        plic.input(10, true);
        assertFalse(interrupted(0));
        plic.write(CONTEXT + 0x1000 * HART0_S, 4, 2);
        assertTrue(interrupted(0));
        plic.write(4 * 10, 4, 0);
        assertFalse(interrupted(0));
    }

    @Test
    void aCompletionOfADisabledSourceIsIgnored() {
        enable(plic, HART0_S, 10, 1);
        plic.input(10, true);
        claim(HART0_S);
        complete(HART1_S, 10);
        assertFalse(interrupted(0));
        complete(HART0_S, 0);
        complete(HART0_S, 96);
        complete(HART0_S, -1);
        assertFalse(interrupted(0));
        complete(HART0_S, 10);
        assertTrue(interrupted(0));
    }

    @Test
    void machineContextsLeadNowhere() {
        enable(plic, 0, 10, 1);
        plic.input(10, true);
        assertFalse(interrupted(0));
        assertFalse(context.vcpuLine(0, 11).isHigh());
        assertEquals(10, claim(0));
    }

    @Test
    void sourceZeroAndThoseBeyondDoNotExist() {
        plic.write(ENABLE + 0x80, 4, -1L);
        assertEquals(0xffff_fffeL, plic.read(ENABLE + 0x80, 4));
        plic.write(0, 4, 7);
        assertEquals(0, plic.read(0, 4));
        plic.input(0, true);
        plic.input(96, true);
        plic.input(-1, true);
        assertEquals(0, plic.read(PENDING, 4));
        assertEquals(0, plic.read(4 * 96, 4));
        assertEquals(0, plic.read(ENABLE + 0x80 + 12, 4));
    }

    @Test
    void aSuccessorAssertsWhatIsPendingAndServesWhatIsClaimed() throws Exception {
        enable(plic, HART0_S, 10, 1);
        enable(plic, HART0_S, 11, 1);
        plic.input(10, true);
        assertEquals(10, claim(HART0_S));
        plic.input(11, true);
        plic.sleep(Deadline.afterMillis(10));
        InterruptController next = plic(context);
        StateImage.of(plic).into(next);
        next.input(10, true);
        next.input(11, true);
        next.wake();
        plic.close();
        assertTrue(interrupted(0));
        plic = next;
        assertEquals(11, claim(HART0_S));
        assertFalse(interrupted(0));
        complete(HART0_S, 10);
        assertTrue(interrupted(0), "line 10 was high all the time");
    }

    @Test
    void aRegionTooSmallIsRefused() {
        assertThrows(PartException.class,
                () -> new PlicFactory().create(new DeviceSpec("plic0", "riscv-plic", 0, 0x20_1000, 0, Map.of()), context));
    }
}
