package hv.deploy.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.osgi.framework.Constants;

/**
 * Reads a jar as what a stranger dropped, without loading anything of it. Refused: what is no bundle, what brings contracts of its own, and what would replace
 * the fixed core, which is renewed by a restart only.
 *
 * @param symbolicName of the bundle
 * @param version      of the bundle as written, "0.0.0" if it has none
 */
record JarCheck(String symbolicName, String version) {
    /** One version each for the life of a process: the contracts, the layer below the parts, the machines, and the house around them. */
    static final Set<String> FIXED = Set.of("hv.api", "hv.host", "hv.memory", "hv.riscv", "hv.virtio", "hv.machine", "hv.deploy", "hv.shell", "hv.app");
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_NESTED_BYTES = 64 << 20;
    private static final Pattern CONTRACT_EXPORT = Pattern.compile("(^|[,;]\\s*)hv\\.api(\\.[\\w.]+)?\\s*($|[,;])");

    static JarCheck of(byte[] jar) throws DeployException {
        Manifest manifest;
        try {
            manifest = scan(new ByteArrayInputStream(jar), 0);
        } catch (ZipException | IllegalArgumentException e) {
            throw new DeployException("is no readable jar: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DeployException("is no whole jar: " + e.getMessage(), e);
        }
        if (manifest == null) {
            throw new DeployException("is no bundle: it has no META-INF/MANIFEST.MF; build it with bnd");
        }
        Attributes headers = manifest.getMainAttributes();
        String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (name == null || name.isBlank()) {
            throw new DeployException("is no bundle: its manifest has no Bundle-SymbolicName; build it with bnd");
        }
        String symbolicName = name.split(";", 2)[0].strip();
        if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
            throw new DeployException("is a fragment, which would change a bundle in its place: build a bundle of its own");
        }
        if (FIXED.contains(symbolicName)) {
            throw new DeployException(symbolicName + " is fixed while the platform runs: save the machines, restart the platform with the new one, and restore them");
        }
        String exports = headers.getValue(Constants.EXPORT_PACKAGE);
        if (exports != null && CONTRACT_EXPORT.matcher(withoutQuoted(exports)).find()) {
            throw new DeployException("exports hv.api packages: the platform's contracts are its own; import them instead");
        }
        String version = headers.getValue(Constants.BUNDLE_VERSION);
        return new JarCheck(symbolicName, version == null ? "0.0.0" : version.strip());
    }

    private static String withoutQuoted(String header) {
        Matcher quoted = Pattern.compile("\"[^\"]*\"").matcher(header);
        return quoted.replaceAll("");
    }

    /** @return the manifest of the jar, or null; entries of nested jars are looked at too */
    private static Manifest scan(InputStream bytes, int depth) throws IOException, DeployException {
        Manifest manifest = null;
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(bytes)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (++entries > MAX_ENTRIES) {
                    throw new DeployException("has more than " + MAX_ENTRIES + " entries");
                }
                String name = entry.getName();
                if (name.endsWith(".class") && (name.startsWith("hv/api/") || name.matches("META-INF/versions/\\d+/hv/api/.*"))) {
                    throw new DeployException("contains classes of hv.api (" + name + "): the platform's contracts are its own; leave them out of the jar");
                }
                if (depth == 0 && name.equals("META-INF/MANIFEST.MF")) {
                    manifest = new Manifest(new ByteArrayInputStream(limited(zip, name)));
                } else if (depth == 0 && name.toLowerCase(Locale.ROOT).endsWith(".jar")) {
                    scan(new ByteArrayInputStream(limited(zip, name)), 1);
                }
            }
        }
        if (entries == 0 && depth == 0) {
            throw new DeployException("is no jar: it has no entries");
        }
        return manifest;
    }

    private static byte[] limited(InputStream in, String name) throws IOException, DeployException {
        byte[] bytes = in.readNBytes(MAX_NESTED_BYTES + 1);
        if (bytes.length > MAX_NESTED_BYTES) {
            throw new DeployException("has an entry " + name + " of more than " + (MAX_NESTED_BYTES >> 20) + " MiB");
        }
        return bytes;
    }
}
