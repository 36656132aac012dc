package hv.images.internal;

import hv.images.ImageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * The public keys that may sign an archive's index, and the check of a cleartext signature (RFC 9580, section 7). The keys are pinned: they come with the
 * bundle and are trusted as they are; no web of trust is asked. Immutable.
 */
final class PinnedKeys {
    private static final List<String> DEBIAN = List.of("debian-archive-trixie-automatic.gpg", "debian-archive-trixie-stable.gpg",
            "debian-archive-bookworm-automatic.gpg", "debian-archive-bookworm-stable.gpg");
    private static final int MAX_SIGNATURES = 32;
    private static final Set<Integer> STRONG_HASHES = Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

    /** A text whose signature holds, and the fingerprints of the keys that signed it. */
    record Signed(String text, Set<String> signers) { }

    private final Map<Long, List<PGPPublicKey>> keys = new HashMap<>();

    PinnedKeys(List<byte[]> keyrings) throws IOException {
        for (byte[] keyring : keyrings) {
            try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(keyring))) {
                for (PGPPublicKeyRing ring : new PGPPublicKeyRingCollection(in, new BcKeyFingerprintCalculator())) {
                    for (PGPPublicKey key : ring) {
                        keys.computeIfAbsent(key.getKeyID(), id -> new ArrayList<>()).add(key);
                    }
                }
            } catch (PGPException e) {
                throw new IOException("a keyring cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /** The keys of the Debian archive that come with this bundle (see {@code keys/README.md}). */
    static PinnedKeys debian() {
        List<byte[]> rings = new ArrayList<>();
        try {
            for (String name : DEBIAN) {
                try (InputStream in = PinnedKeys.class.getResourceAsStream("keys/" + name)) {
                    if (in == null) {
                        throw new IllegalStateException("the bundle lacks its resource keys/" + name);
                    }
                    rings.add(in.readAllBytes());
                }
            }
            return new PinnedKeys(rings);
        } catch (IOException e) {
            throw new IllegalStateException("the bundle's keys cannot be read: " + e.getMessage(), e);
        }
    }

    /** Fingerprints of all keys and subkeys, upper-case hexadecimal. */
    Set<String> fingerprints() {
        Set<String> all = new LinkedHashSet<>();
        keys.values().forEach(same -> same.forEach(key -> all.add(fingerprint(key))));
        return all;
    }

    /**
     * The text of a cleartext-signed message. At least one signature must be by a pinned key, and every signature by a pinned key must hold; those of
     * unknown keys do not count.
     *
     * @param what for the error: where the message is from
     * @throws ImageException the message is malformed or its signature does not hold
     */
    Signed verify(String what, byte[] message, Instant now) throws ImageException {
        try {
            // The armor reader skips all that precedes the message, and what follows it is never read: only signed text is returned.
            ArmoredInputStream armor = new ArmoredInputStream(new BufferedInputStream(new ByteArrayInputStream(message)));
            if (!armor.isClearText()) {
                throw new ImageException(what + " is no signed index of an archive: it has no cleartext signature");
            }
            ByteArrayOutputStream text = new ByteArrayOutputStream(message.length);
            while (armor.isClearText()) {
                int b = armor.read();
                if (b < 0) {
                    throw new ImageException(what + " is cut off before its signature: try again, or use another mirror");
                }
                if (armor.isClearText()) {
                    text.write(b);
                }
            }
            Object object = new BcPGPObjectFactory(armor).nextObject();
            if (!(object instanceof PGPSignatureList list) || list.isEmpty() || list.size() > MAX_SIGNATURES) {
                throw new ImageException(what + " has no signature that can be read: use another mirror");
            }
            byte[] canonical = canonical(text.toByteArray());
            Set<String> signers = new LinkedHashSet<>();
            for (PGPSignature signature : list) {
                check(what, signature, canonical, now, signers);
            }
            if (signers.isEmpty()) {
                throw new ImageException(what + " is not signed by a known key of the archive: use a mirror of the archive itself");
            }
            return new Signed(new String(canonical, StandardCharsets.UTF_8).replace("\r\n", "\n"), Set.copyOf(signers));
        } catch (IOException | PGPException | IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            // The library throws unchecked exceptions too at packets that make no sense.
            throw new ImageException(what + " has a malformed signature (" + e.getMessage() + "): use another mirror", e);
        }
    }

    private void check(String what, PGPSignature signature, byte[] canonical, Instant now, Set<String> signers) throws PGPException, ImageException {
        int type = signature.getSignatureType();
        if (!STRONG_HASHES.contains(signature.getHashAlgorithm()) || (type != PGPSignature.CANONICAL_TEXT_DOCUMENT && type != PGPSignature.BINARY_DOCUMENT)) {
            return;
        }
        for (PGPPublicKey key : keys.getOrDefault(signature.getKeyID(), List.of())) {
            if (expired(key, signature, now)) {
                continue;
            }
            signature.init(new BcPGPContentVerifierBuilderProvider(), key);
            signature.update(canonical);
            if (!signature.verify()) {
                throw new ImageException(what + " was tampered with: the signature of key " + fingerprint(key) + " does not hold; use another mirror");
            }
            signers.add(fingerprint(key));
        }
    }

    private static boolean expired(PGPPublicKey key, PGPSignature signature, Instant now) {
        long keySeconds = key.getValidSeconds();
        Instant made = key.getCreationTime().toInstant();
        Instant signed = signature.getCreationTime().toInstant();
        boolean keyOver = keySeconds > 0 && (signed.isAfter(made.plusSeconds(keySeconds)) || now.isAfter(made.plusSeconds(keySeconds)));
        long seconds = signature.hasSubpackets() ? signature.getHashedSubPackets().getSignatureExpirationTime() : 0;
        boolean signatureOver = seconds > 0 && now.isAfter(signed.plusSeconds(seconds));
        return keyOver || signatureOver || signed.isBefore(made);
    }

    /** Lines end in CR LF, without blanks before it; the line end before the signature does not belong to the text. */
    private static byte[] canonical(byte[] text) {
        String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\r\n|\n|\r", -1);
        int end = lines.length;
        if (end > 1 && lines[end - 1].isEmpty()) {
            end--;
        }
        StringBuilder out = new StringBuilder(text.length + lines.length);
        for (int i = 0; i < end; i++) {
            out.append(i == 0 ? "" : "\r\n");
            int length = lines[i].length();
            while (length > 0 && (lines[i].charAt(length - 1) == ' ' || lines[i].charAt(length - 1) == '\t')) {
                length--;
            }
            out.append(lines[i], 0, length);
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String fingerprint(PGPPublicKey key) {
        return HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
    }
}
