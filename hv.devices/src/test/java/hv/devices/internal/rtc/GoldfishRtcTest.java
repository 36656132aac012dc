package hv.devices.internal.rtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GoldfishRtcTest extends StatefulLaws<Device> {
    private static final long SECOND = 1_000_000_000L;

    private FakeDeviceContext context;
    private Device rtc;

    @BeforeEach
    void create() {
        context = new FakeDeviceContext();
        rtc = rtc(context);
        rtc.wake();
    }

    private static Device rtc(FakeDeviceContext context) {
        return new GoldfishRtcFactory().create(new DeviceSpec("rtc0", "goldfish-rtc", 0x10_1000, 0x1000, 11, Map.of()), context);
    }

    @Override
    protected Device createPart() {
        return rtc(new FakeDeviceContext());
    }

    @Override
    protected void exercise(Device part) {
        part.read(0, 4);
        part.write(0x10, 4, 1);
        setAlarm(part, FakeDeviceContext.WALL_START_NANOS + 5 * SECOND);
    }

    private static void setAlarm(Device rtc, long nanos) {
        rtc.write(0x0c, 4, nanos >>> 32);
        rtc.write(0x08, 4, nanos & 0xffff_ffffL);
    }

    private static long time(Device rtc) {
        long low = rtc.read(0, 4);
        return low | rtc.read(4, 4) << 32;
    }

    @Test
    void itShowsWallTime() {
        context.advance(123 * SECOND + 7);
        assertEquals(FakeDeviceContext.WALL_START_NANOS + 123 * SECOND + 7, time(rtc));
    }

    @Test
    void theHighHalfIsOfTheMomentTheLowWasRead() {
        long low = rtc.read(0, 4);
        context.advance(1L << 33);
        assertEquals(FakeDeviceContext.WALL_START_NANOS, low | rtc.read(4, 4) << 32);
    }

    @Test
    void itCanBeSet() {
        long wanted = 1_000_000_000L * SECOND;
        rtc.write(4, 4, wanted >>> 32);
        rtc.write(0, 4, wanted & 0xffff_ffffL);
        assertEquals(wanted, time(rtc));
        context.advance(SECOND);
        assertEquals(wanted + SECOND, time(rtc));
    }

    @Test
    void theAlarmInterruptsAtItsTime() {
        rtc.write(0x10, 4, 1);
        setAlarm(rtc, FakeDeviceContext.WALL_START_NANOS + 5 * SECOND);
        assertEquals(1, rtc.read(0x18, 4));
        context.advance(5 * SECOND - 1);
        context.runPosted();
        assertFalse(context.line().isHigh());
        context.advance(1);
        context.runPosted();
        assertTrue(context.line().isHigh());
        assertEquals(0, rtc.read(0x18, 4));
        rtc.write(0x1c, 4, 1);
        assertFalse(context.line().isHigh());
    }

    @Test
    void anAlarmInThePastComesAtOnceAndAClearedOneNever() {
        rtc.write(0x10, 4, 1);
        setAlarm(rtc, 1);
        assertTrue(context.line().isHigh());
        rtc.write(0x1c, 4, 1);
        setAlarm(rtc, FakeDeviceContext.WALL_START_NANOS + SECOND);
        rtc.write(0x14, 4, 1);
        context.advance(2 * SECOND);
        context.runPosted();
        assertFalse(context.line().isHigh());
    }

    @Test
    void aDisabledAlarmInterruptsWhenEnabled() {
        setAlarm(rtc, 1);
        assertFalse(context.line().isHigh());
        rtc.write(0x10, 4, 1);
        assertTrue(context.line().isHigh());
    }

    @Test
    void theFarthestAlarmDoesNotOverflow() {
        rtc.write(0x10, 4, 1);
        setAlarm(rtc, -1L);
        context.advance(1000 * SECOND);
        context.runPosted();
        assertFalse(context.line().isHigh());
    }

    @Test
    void aSleepingAlarmComesOnceItIsAwakeAndLate() throws Exception {
        rtc.write(0x10, 4, 1);
        setAlarm(rtc, FakeDeviceContext.WALL_START_NANOS + SECOND);
        rtc.sleep(Deadline.afterMillis(10));
        assertEquals(0, context.armedTimers());
        Device next = rtc(context);
        StateImage.of(rtc).into(next);
        context.advance(3 * SECOND);
        context.runPosted();
        assertFalse(context.line().isHigh());
        next.wake();
        rtc.close();
        assertTrue(context.line().isHigh());
    }
}
