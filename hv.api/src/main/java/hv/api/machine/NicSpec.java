package hv.api.machine;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A network card of a machine, and what it is connected to.
 *
 * @param backend type of its backend, e.g. "user" (NAT), "stream", "dgram" (frames over a socket)
 * @param mac     "52:54:00:12:34:56", or "" for one derived from the machine's name and the card's place
 * @param options of the backend, e.g. "pcap" = "/tmp/trace.pcap"; one that was given several times has its values joined by ';'
 */
public record NicSpec(String backend, String mac, Map<String, String> options) {
    /** What stands for no card where one would be the default. */
    public static final String NONE = "none";
    /** Options that name files. */
    private static final Set<String> FILES = Set.of("pcap", "path", "local.path", "remote.path");
    private static final String MAC = "[0-9a-f]{2}(:[0-9a-f]{2}){5}";

    /** @throws IllegalArgumentException one line for people */
    public NicSpec {
        if (!backend.matches("[a-z][a-z0-9-]{0,31}")) {
            throw new IllegalArgumentException("network \"" + backend + "\": begin with its kind, for example user or stream");
        }
        mac = mac.toLowerCase(java.util.Locale.ROOT);
        if (!mac.isEmpty() && (!mac.matches(MAC) || (Integer.parseInt(mac.substring(0, 2), 16) & 1) != 0 || mac.equals("00:00:00:00:00:00"))) {
            throw new IllegalArgumentException("network card address \"" + mac + "\": use six bytes such as 52:54:00:12:34:56, no group address");
        }
        options = Map.copyOf(options);
    }

    /**
     * Reads {@code BACKEND[,mac=ADDRESS][,KEY=VALUE]...}, as people write it on command lines; which keys there are is the backend's to say.
     *
     * @throws IllegalArgumentException one line for people
     */
    public static NicSpec parse(String text) {
        String[] words = text.split(",", -1);
        String mac = "";
        Map<String, String> options = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("network \"" + text + "\": \"" + words[i] + "\" is not KEY=VALUE");
            }
            String key = words[i].substring(0, equals);
            String value = words[i].substring(equals + 1);
            if (key.equals("mac")) {
                mac = value;
            } else {
                options.merge(key, value, (a, b) -> a + ";" + b);
            }
        }
        return new NicSpec(words[0], mac, options);
    }

    /** With the files that its options name absolute, as seen from a folder. */
    public NicSpec in(Path folder) {
        Map<String, String> absolute = new TreeMap<>(options);
        absolute.replaceAll((key, value) -> FILES.contains(key) ? folder.resolve(value).toAbsolutePath().normalize().toString() : value);
        return new NicSpec(backend, mac, absolute);
    }

    public String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }
}
