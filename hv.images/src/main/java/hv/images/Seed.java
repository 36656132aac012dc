package hv.images;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a machine with a disk image is told once, at its first boot with this seed.
 *
 * @param user     gets an account with the right to become root, without a password; 1 .. 32 characters; {@code root} is allowed
 * @param keys     OpenSSH public keys that log in as the user, one line each; at most 64 of 16 KiB
 * @param hostname as in {@link DiskRecipe}
 * @param script   run as root when the network is there; begins with {@code #!}; at most 256 KiB of UTF-8
 */
public record Seed(String user, List<String> keys, Optional<String> hostname, Optional<String> script) {
    public static final String DEFAULT_USER = "debian";
    public static final int MAX_SCRIPT_BYTES = 256 << 10;
    private static final int MAX_KEYS = 64;
    private static final int MAX_KEY_CHARS = 16 << 10;
    private static final String KEY_TYPES = "ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com";

    /** @throws IllegalArgumentException one line for people */
    public Seed {
        if (!user.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException("user \"" + shown(user) + "\": use a small letter, then up to 31 small letters, digits, dashes and underscores");
        }
        keys = keys.stream().map(Seed::key).toList();
        if (keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(keys.size() + " keys: at most " + MAX_KEYS);
        }
        hostname.ifPresent(DiskRecipe::checkHostname);
        if (script.isPresent() && !script.get().startsWith("#!")) {
            throw new IllegalArgumentException("the script has to begin with #! and the program that runs it, for example #!/bin/sh");
        }
        if (script.isPresent() && script.get().getBytes(StandardCharsets.UTF_8).length > MAX_SCRIPT_BYTES) {
            throw new IllegalArgumentException("the script is longer than " + (MAX_SCRIPT_BYTES >> 10) + " KiB: let it fetch the rest");
        }
    }

    /** Checks type and form, and that the key itself says its type too (RFC 4253, 6.6). */
    private static String key(String line) {
        String text = line.strip();
        if (text.startsWith("-----BEGIN")) {
            throw new IllegalArgumentException("that is a private key: give the public one, the file that ends with .pub");
        }
        String[] words = text.split("[ \t]+", 3);
        try {
            if (text.length() <= MAX_KEY_CHARS && words.length >= 2 && words[0].matches(KEY_TYPES) && text.chars().allMatch(c -> c >= ' ' && c != 0x7f)) {
                ByteBuffer blob = ByteBuffer.wrap(Base64.getDecoder().decode(words[1]));
                byte[] type = words[0].getBytes(StandardCharsets.US_ASCII);
                if (blob.remaining() > Integer.BYTES + type.length && blob.getInt() == type.length && blob.slice(Integer.BYTES, type.length).equals(ByteBuffer.wrap(type))) {
                    return String.join(" ", words);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(noKey(text), e);
        }
        throw new IllegalArgumentException(noKey(text));
    }

    private static String noKey(String text) {
        return "\"" + shown(text.substring(0, Math.min(40, text.length()))) + "\" is no OpenSSH public key: give a file such as ~/.ssh/id_ed25519.pub, as ssh-keygen makes it";
    }

    private static String shown(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
