package hv.devices.internal.aplic;

import static hv.devices.internal.aplic.AplicLayout.CLRIE;
import static hv.devices.internal.aplic.AplicLayout.CLRIENUM;
import static hv.devices.internal.aplic.AplicLayout.CLRIPNUM;
import static hv.devices.internal.aplic.AplicLayout.DELEGATED;
import static hv.devices.internal.aplic.AplicLayout.DETACHED;
import static hv.devices.internal.aplic.AplicLayout.EDGE1;
import static hv.devices.internal.aplic.AplicLayout.GENMSI;
import static hv.devices.internal.aplic.AplicLayout.IDC;
import static hv.devices.internal.aplic.AplicLayout.IN_CLRIP;
import static hv.devices.internal.aplic.AplicLayout.LEVEL0;
import static hv.devices.internal.aplic.AplicLayout.LEVEL1;
import static hv.devices.internal.aplic.AplicLayout.MMSIADDRCFG;
import static hv.devices.internal.aplic.AplicLayout.MMSIADDRCFGH;
import static hv.devices.internal.aplic.AplicLayout.SETIE;
import static hv.devices.internal.aplic.AplicLayout.SETIENUM;
import static hv.devices.internal.aplic.AplicLayout.SETIP;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM_BE;
import static hv.devices.internal.aplic.AplicLayout.SETIPNUM_LE;
import static hv.devices.internal.aplic.AplicLayout.SMSIADDRCFG;
import static hv.devices.internal.aplic.AplicLayout.SMSIADDRCFGH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.InterruptController;
import hv.api.part.PartException;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeDeviceContext.Message;
import hv.testkit.fake.FakeGuestMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Section numbers are those of the RISC-V Advanced Interrupt Architecture 1.0. */
class AplicTest extends StatefulLaws<InterruptController> {
    private static final Map<String, String> LINES = Map.of();
    private static final Map<String, String> MESSAGES = Map.of("imsic-s", "28000000");
    private static final Map<String, String> MACHINE_LINES = Map.of("machine-mode", "true");
    private static final Map<String, String> MACHINE_MESSAGES = Map.of("machine-mode", "true", "imsic-m", "24000000", "imsic-s", "28000000");
    private static final long CHILD = Aplic.CHILD_OFFSET;
    private static final int IE = 0x100;

    private final FakeDeviceContext context = twoHarts();
    private InterruptController aplic;

    private static FakeDeviceContext twoHarts() {
        return new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 2);
    }

    private static InterruptController make(FakeDeviceContext context, Map<String, String> properties) throws PartException {
        return new AplicFactory().create(new DeviceSpec("aplic0", "riscv-aplic", 0xc00_0000, 0x100_8000, 0, properties), context);
    }

    private void running(Map<String, String> properties) throws PartException {
        aplic = make(context, properties);
        aplic.wake();
    }

    @Override
    protected InterruptController createPart() throws PartException {
        return make(twoHarts(), MACHINE_MESSAGES);
    }

    @Override
    protected void exercise(InterruptController part) {
        aplic = part;
        set(4 * 7, LEVEL1);
        set(4 * 9, DELEGATED);
        set(CHILD + 4 * 9, EDGE1);
        set(CHILD + target(9), 1 << 18 | 33);
        set(SETIENUM, 7);
        set(0, IE);
        set(CHILD + GENMSI, 5);
        part.input(9, true);
    }

    private void set(long offset, int value) {
        aplic.write(offset, 4, value & 0xffff_ffffL);
    }

    private int get(long offset) {
        return (int) aplic.read(offset, 4);
    }

    private static long target(int source) {
        return GENMSI + 4L * source;
    }

    private static long idc(int hart, int register) {
        return IDC + 0x20L * hart + register;
    }

    private boolean interrupted(int hart) {
        return context.vcpuLine(hart, 9).isHigh();
    }

    private boolean pends(int source) {
        return (get(SETIP + source / 32 * 4) >>> source & 1) != 0;
    }

    /** A source of the supervisor-level root, enabled, to a hart by line. */
    private void routed(int source, int mode, int hart, int priority) {
        set(4L * source, mode);
        set(target(source), hart << 18 | priority);
        set(SETIENUM, source);
        set(idc(hart, 0), 1);
        set(0, IE);
    }

    /** 4.5.1: the delivery mode is the one that there is. */
    @Test
    void domaincfgTellsTheDeliveryMode() throws PartException {
        running(LINES);
        set(0, -1);
        assertEquals(0x8000_0100, get(0));
        running(MESSAGES);
        set(0, 0);
        assertEquals(0x8000_0004, get(0));
    }

    /** 4.5.2: SM is WARL; a leaf cannot delegate. */
    @Test
    void sourcecfgHoldsWhatIsLegal() throws PartException {
        running(LINES);
        for (int mode = 0; mode < 8; mode++) {
            set(4, mode);
            assertEquals(mode == 2 || mode == 3 ? 0 : mode, get(4));
        }
        set(4, DELEGATED | LEVEL1);
        assertEquals(0, get(4));
        set(4 * 96, LEVEL1);
        assertEquals(LEVEL1, get(4 * 96));
        set(4 * 97, LEVEL1);
        assertEquals(0, get(4 * 97), "there are 96 sources");
    }

    /** 4.5.2: what is inactive has no pending, no enable bit and no target. */
    @Test
    void anInactiveSourceIsAllZeros() throws PartException {
        running(LINES);
        set(SETIENUM, 5);
        set(SETIPNUM, 5);
        set(target(5), 7);
        assertEquals(0, get(SETIE) | get(SETIP) | get(target(5)));
        routed(5, EDGE1, 1, 9);
        set(SETIPNUM, 5);
        assertEquals(1 << 18 | 9, get(target(5)));
        assertTrue(interrupted(1));
        set(4 * 5, 0);
        assertEquals(0, get(SETIE) | get(SETIP) | get(target(5)));
        assertFalse(interrupted(1));
    }

    /** 4.7: by line, a level's pending bit is the rectified input and nothing else. */
    @Test
    void byLineALevelPendsAsLongAsItIsHigh() throws PartException {
        running(LINES);
        routed(40, LEVEL1, 1, 3);
        set(SETIPNUM, 40);
        assertFalse(pends(40), "software cannot pend it");
        aplic.input(40, true);
        assertTrue(interrupted(1));
        assertFalse(interrupted(0));
        assertEquals(1 << 8, get(IN_CLRIP + 4));
        set(CLRIPNUM, 40);
        set(IN_CLRIP + 4, -1);
        assertEquals(40 << 16 | 3, get(idc(1, 0x1c)));
        assertTrue(pends(40), "a claim does not clear it");
        assertTrue(interrupted(1));
        aplic.input(40, false);
        assertFalse(pends(40));
        assertFalse(interrupted(1));
    }

    /** 4.5.2: an inverted source pends while its wire is low. */
    @Test
    void anInvertedLevelPendsWhileItsWireIsLow() throws PartException {
        running(LINES);
        routed(6, LEVEL0, 0, 1);
        assertTrue(interrupted(0));
        aplic.input(6, true);
        assertFalse(interrupted(0));
    }

    /** 4.7. */
    @Test
    void anEdgePendsOnceUntilItIsClaimed() throws PartException {
        running(LINES);
        routed(6, EDGE1, 0, 1);
        aplic.input(6, true);
        aplic.input(6, true);
        assertEquals(6 << 16 | 1, get(idc(0, 0x1c)));
        assertFalse(interrupted(0));
        assertEquals(0, get(idc(0, 0x1c)));
        aplic.input(6, false);
        assertFalse(pends(6));
        aplic.input(6, true);
        assertTrue(pends(6));
        set(CLRIPNUM, 6);
        assertFalse(pends(6));
        set(SETIP, 1 << 6);
        assertTrue(interrupted(0));
    }

    /** 4.5.2 and 4.7: a detached source is software's alone. */
    @Test
    void aDetachedSourceHearsSoftwareAlone() throws PartException {
        running(LINES);
        routed(6, DETACHED, 0, 1);
        aplic.input(6, true);
        assertFalse(pends(6));
        assertEquals(0, get(IN_CLRIP));
        set(SETIPNUM_LE, 6);
        assertTrue(interrupted(0));
        set(IN_CLRIP, 1 << 6);
        assertFalse(interrupted(0));
        set(SETIPNUM_BE, 6 << 24);
        assertTrue(interrupted(0));
        set(CLRIENUM, 6);
        assertFalse(interrupted(0));
        set(SETIE, 1 << 6);
        assertTrue(interrupted(0));
        set(CLRIE, 1 << 6);
        assertFalse(interrupted(0));
    }

    /** 4.8.1.4: lowest number first, of equals the lowest source; 4.8.1.3. */
    @Test
    void prioritiesAndThresholdDecideWhatIsOnTop() throws PartException {
        running(LINES);
        routed(10, DETACHED, 0, 5);
        routed(20, DETACHED, 0, 4);
        routed(30, DETACHED, 0, 4);
        for (int source : new int[] {10, 20, 30}) {
            set(SETIPNUM, source);
        }
        assertEquals(20 << 16 | 4, get(idc(0, 0x18)));
        set(idc(0, 8), 4);
        assertEquals(0, get(idc(0, 0x18)));
        assertFalse(interrupted(0));
        set(idc(0, 8), 5);
        assertEquals(20 << 16 | 4, get(idc(0, 0x1c)));
        assertEquals(30 << 16 | 4, get(idc(0, 0x1c)));
        assertEquals(0, get(idc(0, 0x1c)));
        set(idc(0, 8), 0);
        assertEquals(10 << 16 | 5, get(idc(0, 0x1c)));
        set(target(10), 0);
        assertEquals(1, get(target(10)), "0 is no priority (4.5.16.1)");
    }

    /** 4.8.1.2. */
    @Test
    void aForcedInterruptIsSpuriousAndEndsWithAClaimOfNothing() throws PartException {
        running(LINES);
        set(idc(1, 4), 1);
        assertFalse(interrupted(1));
        set(0, IE);
        set(idc(1, 0), 1);
        assertTrue(interrupted(1));
        assertEquals(0, get(idc(1, 0x1c)));
        assertFalse(interrupted(1));
        assertEquals(0, get(idc(1, 4)));
        set(idc(2, 0), 1);
        assertEquals(0, get(idc(2, 0)), "there is no third hart");
    }

    /** 4.9 and 4.7: a message goes once for each rise, and again only if software asks while the level is high. */
    @Test
    void byMessageALevelIsSentOnceAndAgainWhenAsked() throws PartException {
        running(MESSAGES);
        set(4 * 10, LEVEL1);
        set(target(10), 1 << 18 | 3 << 12 | 42);
        assertEquals(1 << 18 | 42, get(target(10)), "there are no guest interrupt files");
        set(SETIENUM, 10);
        aplic.input(10, true);
        assertEquals(List.of(), context.takeMessages(), "the domain is not enabled");
        assertTrue(pends(10));
        set(0, IE);
        assertEquals(List.of(new Message(0x2800_1000L, 42)), context.takeMessages());
        assertFalse(pends(10));
        set(SETIPNUM_LE, 10);
        assertEquals(List.of(new Message(0x2800_1000L, 42)), context.takeMessages(), "it is high still");
        aplic.input(10, false);
        set(SETIPNUM_LE, 10);
        assertEquals(List.of(), context.takeMessages());
        aplic.input(10, true);
        assertEquals(1, context.takeMessages().size());
        assertFalse(interrupted(1), "lines are the IMSICs'");
    }

    /** 4.7: one that was masked while it fell is not sent any more. */
    @Test
    void aLevelThatFellIsNotSent() throws PartException {
        running(MESSAGES);
        set(4 * 10, LEVEL1);
        set(0, IE);
        aplic.input(10, true);
        aplic.input(10, false);
        set(SETIENUM, 10);
        assertEquals(List.of(), context.takeMessages());
    }

    /** 4.5.15: whatever IE says. */
    @Test
    void anExtemporeMessageIsSentAtOnce() throws PartException {
        running(MESSAGES);
        set(GENMSI, 1 << 18 | 1 << 12 | 77);
        assertEquals(List.of(new Message(0x2800_1000L, 77)), context.takeMessages());
        assertEquals(1 << 18 | 77, get(GENMSI), "never busy");
        running(LINES);
        set(GENMSI, 77);
        assertEquals(0, get(GENMSI));
    }

    /** 4.2 and 4.5.2: sources are the child's as long as the parent delegates them. */
    @Test
    void delegatedSourcesAreTheChildsAlone() throws PartException {
        running(MACHINE_LINES);
        set(CHILD + 4 * 8, LEVEL1);
        assertEquals(0, get(CHILD + 4 * 8), "it is not there for the child");
        set(4 * 8, DELEGATED | 5);
        assertEquals(DELEGATED, get(4 * 8), "there is one child");
        set(CHILD + 4 * 8, LEVEL1);
        set(CHILD + SETIENUM, 8);
        set(CHILD + idc(1, 0), 1);
        set(CHILD + target(8), 1 << 18 | 1);
        set(CHILD, IE);
        set(SETIENUM, 8);
        assertEquals(0, get(SETIE));
        aplic.input(8, true);
        assertTrue(interrupted(1));
        assertFalse(context.vcpuLine(1, 11).isHigh());
        set(4 * 8, LEVEL1);
        assertFalse(interrupted(1));
        assertEquals(0, get(CHILD + 4 * 8));
        set(target(8), 1);
        set(SETIENUM, 8);
        set(idc(0, 0), 1);
        set(0, IE);
        assertTrue(context.vcpuLine(0, 11).isHigh());
    }

    /** 4.5.3, 4.5.4, 4.9.1. */
    @Test
    void firmwareTellsWhereMessagesGoAndLocksIt() throws PartException {
        running(MACHINE_MESSAGES);
        assertEquals(0x24000, get(MMSIADDRCFG));
        assertEquals(1 << 12, get(MMSIADDRCFGH));
        assertEquals(0x28000, get(SMSIADDRCFG));
        // Two harts a group, a group 2^25 bytes, supervisor level 2 pages a hart.
        set(MMSIADDRCFG, 0x50000);
        set(MMSIADDRCFGH, 1 << 24 | 1 << 16 | 1 << 12);
        set(SMSIADDRCFG, 0x60000);
        set(SMSIADDRCFGH, 1 << 20 | 2);
        set(GENMSI, 3 << 18 | 1);
        set(CHILD + GENMSI, 3 << 18 | 2);
        assertEquals(List.of(new Message(0x5000_0000L | 1 << 25 | 1 << 12, 1), new Message(0x2000_6000_0000L | 1 << 25 | 2 << 12, 2)), context.takeMessages());
        set(MMSIADDRCFGH, 1 << 31);
        set(MMSIADDRCFG, 1);
        set(SMSIADDRCFG, 1);
        assertEquals(0x50000, get(MMSIADDRCFG));
        assertEquals(1 << 31, get(MMSIADDRCFGH));
        assertEquals(0x60000, get(SMSIADDRCFG));
        assertEquals(0, get(CHILD + MMSIADDRCFG), "machine level's alone");
        aplic.reset();
        assertEquals(0x24000, get(MMSIADDRCFG));
    }

    @Test
    void aSleeperSendsNothingAndItsSuccessorWhatWasDue() throws Exception {
        running(MESSAGES);
        set(4 * 10, EDGE1);
        set(target(10), 9);
        set(SETIENUM, 10);
        set(0, IE);
        aplic.sleep(Deadline.afterMillis(100));
        aplic.input(10, true);
        assertEquals(List.of(), context.takeMessages());
        InterruptController next = make(context, MESSAGES);
        StateImage.of(aplic).into(next);
        next.wake();
        assertEquals(List.of(new Message(0x2800_0000L, 9)), context.takeMessages());
        next.input(10, true);
        assertEquals(List.of(), context.takeMessages(), "told again of a wire that was high, it sees no edge");
    }

    @Test
    void statesOfNoSuchAplicAreRefused() throws PartException {
        for (Map<String, String> other : List.of(LINES, MESSAGES, MACHINE_LINES)) {
            assertThrows(StateException.class, () -> StateImage.of(make(twoHarts(), other)).into(createPart()));
        }
        assertThrows(StateException.class, () -> StateImage.of(make(new FakeDeviceContext(), MACHINE_MESSAGES)).into(createPart()), "of one hart");
    }

    @Test
    void whatCannotBeMadeIsToldInOneLine() {
        assertTrue(assertThrows(PartException.class, () -> make(context, Map.of("imsic-s", "28000001"))).getMessage().contains("no address of a page"));
        assertTrue(assertThrows(PartException.class, () -> make(context, Map.of("imsic-s", "x"))).getMessage().contains("no address of a page"));
    }
}
