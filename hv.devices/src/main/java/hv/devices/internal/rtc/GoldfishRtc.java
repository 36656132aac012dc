package hv.devices.internal.rtc;

import hv.api.device.DeviceContext;
import hv.api.device.InterruptLine;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import hv.devices.internal.RegisterDevice;

/**
 * The Goldfish real-time clock (Android emulator, "goldfish virtual hardware", RTC): nanoseconds since 1970 in two halves, one alarm.
 * <pre>
 *   0x00 TIME_LOW    read latches the high half; write sets
 *   0x04 TIME_HIGH
 *   0x08 ALARM_LOW   write arms
 *   0x0c ALARM_HIGH
 *   0x10 IRQ_ENABLED
 *   0x14 CLEAR_ALARM
 *   0x18 ALARM_STATUS
 *   0x1c CLEAR_INTERRUPT
 * </pre>
 * The alarm is kept in the clock's own time, so that it comes at its hour also after a save and restore.
 */
final class GoldfishRtc extends RegisterDevice {
    static final StateTag TAG = new StateTag("goldfish-rtc", 1);
    private static final long LOW = 0xffff_ffffL;

    private final MachineClock clock;
    private final InterruptLine line;
    private final Timer timer;

    // All guarded by this.
    /** What the guest's clock is ahead of the host's. */
    private long offsetNanos;
    private long alarmNanos;
    private long timeHigh;
    private boolean alarmArmed;
    private boolean irqPending;
    private boolean irqEnabled;

    GoldfishRtc(String path, DeviceContext context) {
        super(path, TAG);
        clock = context.clock();
        line = context.line();
        timer = context.timer(this::timerFired);
    }

    private long now() {
        return clock.wallNanos() + offsetNanos;
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        if (widthBytes != 4) {
            return 0;
        }
        return switch ((int) offset) {
            case 0x00 -> {
                long now = now();
                timeHigh = now >>> 32;
                yield now & LOW;
            }
            case 0x04 -> timeHigh;
            case 0x08 -> alarmNanos & LOW;
            case 0x0c -> alarmNanos >>> 32;
            case 0x10 -> irqEnabled ? 1 : 0;
            case 0x18 -> alarmArmed ? 1 : 0;
            default -> 0;
        };
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        if (widthBytes != 4) {
            return;
        }
        switch ((int) offset) {
            case 0x00 -> {
                long now = now();
                setTime(now, now & ~LOW | value & LOW);
            }
            case 0x04 -> {
                long now = now();
                setTime(now, now & LOW | value << 32);
            }
            case 0x08 -> {
                alarmNanos = alarmNanos & ~LOW | value & LOW;
                alarmArmed = true;
                checkAlarm();
            }
            case 0x0c -> alarmNanos = alarmNanos & LOW | value << 32;
            case 0x10 -> {
                irqEnabled = (value & 1) != 0;
                updateLine();
            }
            case 0x14 -> {
                alarmArmed = false;
                timer.cancel();
            }
            case 0x1c -> {
                irqPending = false;
                updateLine();
            }
            default -> { }
        }
    }

    private void setTime(long now, long wanted) {
        offsetNanos += wanted - now;
        checkAlarm();
    }

    /** Raises an alarm that is due, and arms the timer for one that is not. */
    private void checkAlarm() {
        if (!alarmArmed || isAsleep()) {
            return;
        }
        long now = now();
        if (Long.compareUnsigned(alarmNanos, now) <= 0) {
            alarmArmed = false;
            irqPending = true;
            timer.cancel();
            updateLine();
        } else {
            long guestNow = clock.nowNanos();
            long ahead = alarmNanos - now;
            timer.arm(ahead < 0 || ahead > Long.MAX_VALUE - guestNow ? Long.MAX_VALUE : guestNow + ahead);
        }
    }

    /** I/O context. The wall clock may have been set back meanwhile: then it waits on. */
    private synchronized void timerFired() {
        checkAlarm();
    }

    private void updateLine() {
        if (!isAsleep()) {
            line.level(irqPending && irqEnabled);
        }
    }

    @Override
    public synchronized void reset() {
        offsetNanos = 0;
        alarmNanos = 0;
        timeHigh = 0;
        alarmArmed = false;
        irqPending = false;
        irqEnabled = false;
        timer.cancel();
        line.level(false);
    }

    @Override
    public synchronized void save(StateWriter out) {
        out.section("rtc").putLong(offsetNanos).putLong(alarmNanos).putLong(timeHigh).putBoolean(alarmArmed).putBoolean(irqPending).putBoolean(irqEnabled);
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        in.section("rtc");
        long offset = in.getLong();
        long alarm = in.getLong();
        long high = in.getLong();
        boolean armed = in.getBoolean();
        boolean pending = in.getBoolean();
        boolean enabled = in.getBoolean();
        in.end();
        if (high < 0 || high > LOW) {
            throw new StateException("RTC state has a latched high half of " + high + ", more than 32 bits");
        }
        offsetNanos = offset;
        alarmNanos = alarm;
        timeHigh = high;
        alarmArmed = armed;
        irqPending = pending;
        irqEnabled = enabled;
    }

    @Override
    protected void stop() {
        timer.cancel();
    }

    @Override
    protected void start() {
        updateLine();
        checkAlarm();
    }

    @Override
    protected void lowerLines() {
        line.level(false);
    }
}
