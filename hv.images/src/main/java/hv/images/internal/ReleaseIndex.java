package hv.images.internal;

import hv.images.ImageException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The top of an archive's chain of trust: the suite's Release file, read from its verified text.
 *
 * @param origin     who publishes the archive
 * @param codename   the release
 * @param date       when it was made
 * @param validUntil when it stops to be good, where it says so
 * @param byHash     whether files may be asked for by their hash
 * @param files      path below the suite's folder -> size and SHA-256
 * @param signers    fingerprints of the keys that signed it
 */
record ReleaseIndex(String origin, String codename, Instant date, Optional<Instant> validUntil, boolean byHash, Map<String, FileHash> files, Set<String> signers) {
    private static final int MAX_FILES = 100_000;
    /** RFC 2822 with "UTC" for the zone, as dak writes it. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss zzz", Locale.ROOT);

    /** What a file must be. */
    record FileHash(long sizeBytes, String sha256) { }

    static ReleaseIndex parse(String what, PinnedKeys.Signed signed) throws ImageException {
        Map<String, String> fields = new HashMap<>();
        Map<String, FileHash> files = new HashMap<>();
        String section = "";
        for (String line : signed.text().split("\n")) {
            if (line.startsWith(" ")) {
                if (section.equals("SHA256")) {
                    String[] words = line.strip().split("\\s+");
                    if (words.length != 3 || !words[0].matches("[0-9a-f]{64}") || !words[1].matches("[0-9]{1,15}") || files.size() >= MAX_FILES) {
                        throw new ImageException(what + " has a list of files that cannot be read: use another mirror");
                    }
                    files.put(words[2], new FileHash(Long.parseLong(words[1]), words[0]));
                }
            } else {
                int colon = line.indexOf(':');
                section = colon < 0 ? "" : line.substring(0, colon);
                if (colon > 0) {
                    fields.put(section, line.substring(colon + 1).strip());
                }
            }
        }
        Instant date = date(what, "Date", fields.get("Date")).orElseThrow(() -> new ImageException(what + " has no Date: use another mirror"));
        return new ReleaseIndex(fields.getOrDefault("Origin", ""), fields.getOrDefault("Codename", ""), date,
                date(what, "Valid-Until", fields.get("Valid-Until")), "yes".equals(fields.get("Acquire-By-Hash")), Map.copyOf(files), signed.signers());
    }

    private static Optional<Instant> date(String what, String field, String text) throws ImageException {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(ZonedDateTime.parse(text, DATE).toInstant());
        } catch (DateTimeException e) {
            throw new ImageException(what + " has a " + field + " that is no date: '" + text + "'; use another mirror", e);
        }
    }
}
