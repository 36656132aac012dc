package hv.images.internal;

import java.util.Comparator;

/** The order of Debian versions: deb-version(7), "Sorting algorithm". */
final class DebianVersion {
    static final Comparator<String> ORDER = DebianVersion::compare;

    private DebianVersion() {
    }

    private static int compare(String a, String b) {
        int epoch = digits(epoch(a), epoch(b));
        if (epoch != 0) {
            return epoch;
        }
        String restA = a.substring(a.indexOf(':') + 1);
        String restB = b.substring(b.indexOf(':') + 1);
        int upstream = part(upstream(restA), upstream(restB));
        return upstream != 0 ? upstream : part(revision(restA), revision(restB));
    }

    private static String epoch(String v) {
        return v.indexOf(':') < 0 ? "0" : v.substring(0, v.indexOf(':'));
    }

    private static String upstream(String v) {
        return v.lastIndexOf('-') < 0 ? v : v.substring(0, v.lastIndexOf('-'));
    }

    private static String revision(String v) {
        return v.lastIndexOf('-') < 0 ? "0" : v.substring(v.lastIndexOf('-') + 1);
    }

    private static int part(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while ((i < a.length() && !digit(a.charAt(i))) || (j < b.length() && !digit(b.charAt(j)))) {
                int order = Integer.compare(weight(a, i), weight(b, j));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
            int fromA = i;
            int fromB = j;
            while (i < a.length() && digit(a.charAt(i))) {
                i++;
            }
            while (j < b.length() && digit(b.charAt(j))) {
                j++;
            }
            int order = digits(a.substring(fromA, i), b.substring(fromB, j));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Tilde before the end, the end (or a digit) before letters, letters before the rest. */
    private static int weight(String v, int at) {
        if (at >= v.length() || digit(v.charAt(at))) {
            return 0;
        }
        char c = v.charAt(at);
        return c == '~' ? -1 : Character.isLetter(c) ? c : c + 256;
    }

    private static int digits(String a, String b) {
        String x = a.replaceFirst("^0+", "");
        String y = b.replaceFirst("^0+", "");
        return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
