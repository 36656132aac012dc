package hv.devices.internal.rtc;

/**
 * Time of day as a PC's clock has it: registers of a century, in binary or BCD, with 12 or 24 hours. Pure; allocates nothing.
 * <p>Source: Motorola MC146818A data sheet, tables 2 and 3. Days are counted with the algorithm of Howard Hinnant, "chrono-compatible low-level date algorithms".
 */
final class CmosTime {
    static final int SECONDS = 0;
    static final int MINUTES = 2;
    static final int HOURS = 4;
    static final int DAY_OF_WEEK = 6;
    static final int DAY = 7;
    static final int MONTH = 8;
    static final int YEAR = 9;
    /** The PC's own, in its memory. */
    static final int CENTURY = 0x32;
    /** Register B: values are binary, not BCD. */
    static final int BINARY = 0x04;
    /** Register B: hours count to 23, not twice to 12. */
    static final int HOURS_24 = 0x02;
    private static final int PM = 0x80;
    private static final long SECONDS_A_DAY = 86_400;
    /** Days of 400 years. */
    private static final long DAYS_AN_ERA = 146_097;
    /** Days from 0000-03-01 to 1970-01-01. */
    private static final long EPOCH_DAYS = 719_468;

    private CmosTime() {
    }

    /** Whether the register shows time. */
    static boolean isTime(int register) {
        return switch (register) {
            case SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DAY, MONTH, YEAR, CENTURY -> true;
            default -> false;
        };
    }

    /** What a time register shows. @param seconds since 1970, of any year from 0 to 9999 */
    static int show(int register, long seconds, int modeB) {
        long days = Math.floorDiv(seconds, SECONDS_A_DAY);
        int ofDay = (int) Math.floorMod(seconds, SECONDS_A_DAY);
        long z = days + EPOCH_DAYS;
        long era = Math.floorDiv(z, DAYS_AN_ERA);
        long dayOfEra = z - era * DAYS_AN_ERA;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        int month = (int) (monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        int year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
        return switch (register) {
            case SECONDS -> encode(ofDay % 60, modeB);
            case MINUTES -> encode(ofDay / 60 % 60, modeB);
            case HOURS -> hours(ofDay / 3600, modeB);
            case DAY_OF_WEEK -> encode((int) Math.floorMod(days + 4, 7L) + 1, modeB);
            case DAY -> encode((int) (dayOfYear - (153 * monthFromMarch + 2) / 5) + 1, modeB);
            case MONTH -> encode(month, modeB);
            case YEAR -> encode(Math.floorMod(year, 100), modeB);
            // The century is BCD in either mode, as PC firmware has it.
            default -> encode(Math.floorDiv(year, 100), 0);
        };
    }

    /** The time that registers show, seconds since 1970; nonsense in them gives some time, as in the chip. The day of the week is not looked at. */
    static long seconds(byte[] registers, int modeB) {
        int year = 100 * decode(registers[CENTURY], 0) + decode(registers[YEAR], modeB);
        int month = Math.clamp(decode(registers[MONTH], modeB), 1, 12);
        int day = decode(registers[DAY], modeB);
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long days = era * DAYS_AN_ERA + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH_DAYS;
        return days * SECONDS_A_DAY + hours(registers[HOURS], modeB) * 3600L + decode(registers[MINUTES], modeB) * 60L + decode(registers[SECONDS], modeB);
    }

    private static int hours(int hour, int modeB) {
        if ((modeB & HOURS_24) != 0) {
            return encode(hour, modeB);
        }
        return encode(hour % 12 == 0 ? 12 : hour % 12, modeB) | (hour >= 12 ? PM : 0);
    }

    private static int hours(byte register, int modeB) {
        if ((modeB & HOURS_24) != 0) {
            return decode(register, modeB);
        }
        return decode((byte) (register & ~PM), modeB) % 12 + ((register & PM) != 0 ? 12 : 0);
    }

    private static int encode(int value, int modeB) {
        return (modeB & BINARY) != 0 ? value : value / 10 << 4 | value % 10;
    }

    private static int decode(byte register, int modeB) {
        int value = register & 0xff;
        return (modeB & BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
    }
}
