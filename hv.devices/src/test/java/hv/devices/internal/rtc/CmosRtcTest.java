package hv.devices.internal.rtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.bus.PortSpace;
import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CmosRtcTest extends StatefulLaws<Device> {
    private static final long SECOND = 1_000_000_000L;
    private static final int B = 0x0b;

    private final FakeDeviceContext context = new FakeDeviceContext();

    private static Device create(FakeDeviceContext context) {
        return new CmosRtcFactory().create(new DeviceSpec("rtc0", "cmos-rtc", PortSpace.gpa(0x70), 2, 0, Map.of()), context);
    }

    private Device running() {
        Device rtc = create(context);
        rtc.wake();
        return rtc;
    }

    @Override
    protected Device createPart() {
        return create(new FakeDeviceContext());
    }

    @Override
    protected void exercise(Device part) {
        set(part, 0x40, 0xa5);
        set(part, B, 0x82);
        set(part, CmosTime.HOURS, 0x11);
    }

    private static int get(Device rtc, int register) {
        rtc.write(0, 1, register);
        return (int) rtc.read(1, 1);
    }

    private static void set(Device rtc, int register, int value) {
        rtc.write(0, 1, register);
        rtc.write(1, 1, value);
    }

    private static int bcd(int value) {
        return value / 10 << 4 | value % 10;
    }

    private void assertShows(LocalDateTime t, Device rtc) {
        assertEquals(bcd(t.getSecond()), get(rtc, CmosTime.SECONDS));
        assertEquals(bcd(t.getMinute()), get(rtc, CmosTime.MINUTES));
        assertEquals(bcd(t.getHour()), get(rtc, CmosTime.HOURS));
        assertEquals(bcd(t.getDayOfMonth()), get(rtc, CmosTime.DAY));
        assertEquals(bcd(t.getMonthValue()), get(rtc, CmosTime.MONTH));
        assertEquals(bcd(t.getYear() % 100), get(rtc, CmosTime.YEAR));
        assertEquals(bcd(t.getYear() / 100), get(rtc, CmosTime.CENTURY));
        assertEquals(t.getDayOfWeek().getValue() % 7 + 1, get(rtc, CmosTime.DAY_OF_WEEK));
    }

    private LocalDateTime wall() {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(context.clock().wallNanos(), SECOND), 0, ZoneOffset.UTC);
    }

    @Test
    void itShowsTheHostsTimeOfDay() {
        Device rtc = running();
        assertShows(wall(), rtc);
        context.advance(100_000 * SECOND);
        assertShows(wall(), rtc);
        assertEquals(0x80, get(rtc, 0x0d), "the battery is good");
        assertEquals(0, get(rtc, 0x0c), "it never interrupts");
    }

    @Test
    void whatAGuestSetsGoesOnFromThere() {
        Device rtc = running();
        set(rtc, B, 0x82);
        int[][] values = {{CmosTime.SECONDS, 0x58}, {CmosTime.MINUTES, 0x59}, {CmosTime.HOURS, 0x23}, {CmosTime.DAY, 0x28}, {CmosTime.MONTH, 0x02},
            {CmosTime.YEAR, 0x24}, {CmosTime.CENTURY, 0x20}};
        for (int[] v : values) {
            set(rtc, v[0], v[1]);
        }
        context.advance(10 * SECOND);
        assertEquals(0x58, get(rtc, CmosTime.SECONDS), "time stands while it is set");
        set(rtc, B, 0x02);
        context.advance(2 * SECOND);
        assertShows(LocalDateTime.of(2024, 2, 29, 0, 0, 0), rtc);
    }

    @Test
    void hoursCountTwiceToTwelveWhereAsked() {
        Device rtc = running();
        set(rtc, B, CmosTime.BINARY);
        int[] hours = {12, 1, 11, 0x8c, 0x81, 0x8b};
        int[] ofDay = {0, 1, 11, 12, 13, 23};
        for (int i = 0; i < hours.length; i++) {
            set(rtc, CmosTime.HOURS, hours[i]);
            assertEquals(hours[i], get(rtc, CmosTime.HOURS));
            set(rtc, B, CmosTime.BINARY | CmosTime.HOURS_24);
            assertEquals(ofDay[i], get(rtc, CmosTime.HOURS));
            set(rtc, B, CmosTime.BINARY);
        }
    }

    @Test
    void anUpdateIsAnnounced() {
        Device rtc = running();
        long inSecond = Math.floorMod(context.clock().wallNanos(), SECOND);
        assertEquals(0x26, get(rtc, 0x0a));
        context.advance(SECOND - inSecond - 244_000);
        assertEquals(0xa6, get(rtc, 0x0a));
        context.advance(244_000);
        assertEquals(0x26, get(rtc, 0x0a));
    }

    @Test
    void timesAreThoseOfTheCalendar() {
        Random random = new Random(0xCA1E);
        byte[] registers = new byte[CmosRtc.MEMORY_BYTES];
        for (int i = 0; i < 20_000; i++) {
            long seconds = random.nextLong(-62_167_219_200L, 253_402_300_800L);
            int mode = random.nextInt(4) << 1;
            LocalDateTime t = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
            for (int r = 0; r < registers.length; r++) {
                registers[r] = CmosTime.isTime(r) ? (byte) CmosTime.show(r, seconds, mode) : 0;
            }
            assertEquals(seconds, CmosTime.seconds(registers, mode), t::toString);
            assertEquals(t.getYear() / 100, CmosTime.show(CmosTime.CENTURY, seconds, 0) / 16 * 10 + CmosTime.show(CmosTime.CENTURY, seconds, 0) % 16);
            assertEquals(t.getDayOfMonth(), CmosTime.show(CmosTime.DAY, seconds, CmosTime.BINARY));
        }
    }

    @Test
    void aStateWithTooLittleMemoryIsRefused() throws Exception {
        Device rtc = createPart();
        byte[] image = StateImage.of(rtc).toBytes();
        assertThrows(StateException.class, () -> StateImage.of(rtc.id().tag(), java.util.Arrays.copyOf(image, image.length - 1)).into(rtc));
    }
}
