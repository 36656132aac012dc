package hv.shell.text;

/** Sizes in bytes as people write them: "4096", "64K", "512M", "2G", "1T"; powers of 1024. */
public final class ByteSize {
    private ByteSize() {
    }

    /**
     * @param text a number of at most 15 digits, and perhaps a unit in either case
     * @throws IllegalArgumentException one line for people: it is no such text, or 2^63 bytes or more
     */
    public static long parse(String text) {
        if (!text.matches("[0-9]{1,15}[KMGTkmgt]?")) {
            throw new IllegalArgumentException("\"" + text + "\" is no size: use a number with K, M, G or T, for example 512M");
        }
        int last = text.length() - 1;
        int shift = switch (Character.toUpperCase(text.charAt(last))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            case 'T' -> 40;
            default -> 0;
        };
        long number = Long.parseLong(shift == 0 ? text : text.substring(0, last));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("\"" + text + "\" is too large");
        }
        return number << shift;
    }
}
