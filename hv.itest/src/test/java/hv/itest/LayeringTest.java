package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house's rules, read off the class files. */
class LayeringTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** Allowed uses by bundle; null for "any". */
    private static final Map<String, Set<String>> ALLOWED = new TreeMap<>();
    private static final Map<String, List<ClassModel>> CLASSES = new TreeMap<>();
    private static final Map<String, String> BUNDLE_OF_PACKAGE = new HashMap<>();

    @BeforeAll
    static void readTheHouse() throws IOException {
        try (InputStream in = LayeringTest.class.getResourceAsStream("/layering.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(":", 2);
                    String uses = parts[1].strip();
                    ALLOWED.put(parts[0], uses.equals("*") ? null : Arrays.stream(uses.split(" ")).filter(s -> !s.isEmpty()).collect(Collectors.toSet()));
                }
            }
        }
        for (String bundle : ALLOWED.keySet()) {
            Path classes = ROOT.resolve(bundle).resolve("target/classes");
            if (!Files.isDirectory(classes)) {
                continue;
            }
            List<ClassModel> models = new ArrayList<>();
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path f : files.filter(p -> p.toString().endsWith(".class")).toList()) {
                    ClassModel m = ClassFile.of().parse(f);
                    models.add(m);
                    BUNDLE_OF_PACKAGE.put(packageOf(m.thisClass().asInternalName()), bundle);
                }
            }
            CLASSES.put(bundle, models);
        }
    }

    private static String packageOf(String internalName) {
        int i = internalName.lastIndexOf('/');
        return i < 0 ? "" : internalName.substring(0, i).replace('/', '.');
    }

    private static Set<String> violations(String bundle, List<ClassModel> models, Set<String> allowed) {
        Set<String> out = new TreeSet<>();
        for (ClassModel m : models) {
            for (PoolEntry e : m.constantPool()) {
                if (e instanceof ClassEntry c) {
                    String name = c.asInternalName().replaceFirst("^\\[+L", "");
                    String used = BUNDLE_OF_PACKAGE.get(packageOf(name));
                    if (used != null && !used.equals(bundle) && !allowed.contains(used)) {
                        out.add(m.thisClass().asInternalName() + " -> " + name);
                    }
                }
            }
        }
        return out;
    }

    @Test
    void everyBundleOfTheReactorStandsInTheTable() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        Set<String> modules = new TreeSet<>();
        var matcher = java.util.regex.Pattern.compile("<module>([^<]+)</module>").matcher(pom);
        while (matcher.find()) {
            modules.add(matcher.group(1));
        }
        modules.remove("hv.itest");
        assertEquals(ALLOWED.keySet(), modules);
    }

    @Test
    void arrowsPointDownOnly() {
        assertTrue(CLASSES.size() > 15, "the reactor must be built before: only " + CLASSES.keySet());
        Set<String> wrong = new TreeSet<>();
        CLASSES.forEach((bundle, models) -> {
            if (ALLOWED.get(bundle) != null) {
                wrong.addAll(violations(bundle, models, ALLOWED.get(bundle)));
            }
        });
        assertEquals(Set.of(), wrong);
    }

    @Test
    void aForbiddenArrowIsSeen() {
        assertFalse(violations("hv.machine", CLASSES.get("hv.machine"), Set.of("hv.api")).isEmpty());
    }

    @Test
    void devicesHaveNoThreadsAndNoHostClock() {
        Set<String> forbidden = Set.of("java/lang/System.nanoTime", "java/lang/System.currentTimeMillis", "java/lang/Thread.<init>", "java/lang/Thread.start",
                "java/lang/Thread.sleep", "java/lang/Thread.ofPlatform", "java/lang/Thread.ofVirtual", "java/lang/Thread.startVirtualThread",
                "java/time/Instant.now", "java/time/Clock.systemUTC");
        Set<String> wrong = new TreeSet<>();
        for (String bundle : List.of("hv.devices", "hv.virtio")) {
            for (ClassModel m : CLASSES.get(bundle)) {
                for (PoolEntry e : m.constantPool()) {
                    if (e instanceof MemberRefEntry r) {
                        String use = r.owner().asInternalName() + "." + r.name().stringValue();
                        if (forbidden.contains(use) || r.owner().asInternalName().startsWith("java/util/concurrent/Executor")
                                || r.owner().asInternalName().startsWith("org/osgi/framework/")) {
                            wrong.add(m.thisClass().asInternalName() + " -> " + use);
                        }
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void sealedTypesThatPluginsSwitchOverAreClosedWithinAMajorVersion() {
        assertEquals(List.of("Mmio", "PortIo", "FirmwareCall", "Privileged", "Idle", "SliceEnd", "Kicked", "Debug", "Failure"), permitted(hv.api.vcpu.ExitView.class));
        assertEquals(List.of("Admit", "Release", "StartVcpu", "StopVcpu"), permitted(hv.api.allocator.spi.ResourceRequest.class));
        assertEquals(List.of("Granted", "Refused"), permitted(hv.api.allocator.spi.Decision.class));
    }

    private static List<String> permitted(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses()).map(Class::getSimpleName).toList();
    }
}
