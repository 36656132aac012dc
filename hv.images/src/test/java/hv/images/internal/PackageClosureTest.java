package hv.images.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What packages need, on small suites. */
class PackageClosureTest {
    private final List<BinaryPackage> suite = new ArrayList<>();

    private void has(String name, String version, Map<String, String> fields) {
        suite.add(BinaryPackage.of(new PackagesIndex.Entry(name, version, "", "pool/" + name + ".deb", 1, "0".repeat(64)), fields));
    }

    private List<String> of(String... wanted) throws ImageException, IOException {
        return new PackageClosure(suite).of(List.of(wanted)).stream().map(BinaryPackage::name).toList();
    }

    private void assertRefused(String reason, String... wanted) {
        ImageException e = assertThrows(ImageException.class, () -> of(wanted));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void whatIsNeededComesBeforeWhatNeedsIt() throws Exception {
        has("a", "1", Map.of("Depends", "b (>= 1), c:any", "Pre-Depends", "d"));
        has("b", "1", Map.of("Depends", "c"));
        has("c", "1", Map.of());
        has("d", "1", Map.of());
        has("unrelated", "1", Map.of());
        assertEquals(List.of("d", "c", "b", "a"), of("a"));
    }

    @Test
    void aCircleIsTakenWhole() throws Exception {
        has("libc6", "1", Map.of("Depends", "libgcc"));
        has("libgcc", "1", Map.of("Depends", "libc6"));
        assertEquals(List.of("libgcc", "libc6"), of("libc6"));
    }

    @Test
    void anAlternativeThatIsThereIsTakenBeforeTheFirst() throws Exception {
        has("a", "1", Map.of("Depends", "x | y"));
        has("x", "1", Map.of());
        has("y", "1", Map.of());
        assertEquals(List.of("y", "a"), of("a", "y"));
        assertEquals(List.of("x", "a"), of("a"));
    }

    @Test
    void aVirtualPackageIsTheProviderOfTheHighestPriority() throws Exception {
        has("base", "1", Map.of("Pre-Depends", "awk"));
        has("gawk", "1", Map.of("Provides", "awk", "Priority", "optional"));
        has("mawk", "1", Map.of("Provides", "awk", "Priority", "required"));
        assertEquals(List.of("mawk", "base"), of("base"));
        assertEquals(List.of("mawk"), new PackageClosure(suite).required());
    }

    @Test
    void aVersionedNeedIsMetOnlyByAVersionedProvision() throws Exception {
        has("a", "1", Map.of("Depends", "v (>= 2)"));
        has("plain", "1", Map.of("Provides", "v"));
        assertRefused("needs v (>= 2)", "a");
        has("versioned", "1", Map.of("Provides", "v (= 3)"));
        assertEquals(List.of("versioned", "a"), of("a"));
    }

    @Test
    void aVersionThatIsTooOldIsRefused() {
        has("a", "1", Map.of("Depends", "b (>> 1:1.0)"));
        has("b", "1:1.0~rc1", Map.of());
        assertRefused("needs b (>> 1:1.0)", "a");
    }

    @Test
    void packagesThatExcludeEachOtherAreNamed() {
        has("systemd-sysv", "1", Map.of("Conflicts", "sysvinit-core"));
        has("sysvinit-core", "1", Map.of());
        has("old", "1", Map.of("Breaks", "systemd-sysv (<< 2)"));
        assertRefused("systemd-sysv and sysvinit-core exclude each other", "systemd-sysv", "sysvinit-core");
        assertRefused("old and systemd-sysv exclude each other", "old", "systemd-sysv");
    }

    @Test
    void whatAPackageProvidesAndConflictsWithItselfIsNoConflict() throws Exception {
        has("mta", "1", Map.of("Provides", "mail-agent", "Conflicts", "mail-agent"));
        assertEquals(List.of("mta"), of("mta"));
    }

    @Test
    void anUnknownNameIsNamed() {
        assertRefused("has no package nonsense", "nonsense");
    }

    @Test
    void aLongChainNeedsNoStack() throws Exception {
        int n = 50_000;
        for (int i = 0; i < n; i++) {
            has("p" + i, "1", i + 1 < n ? Map.of("Depends", "p" + (i + 1)) : Map.of());
        }
        assertEquals(n, of("p0").size());
    }

    @Test
    void relationsThatCannotBeReadAreRefused() {
        for (String text : List.of("a (>= )", "a (> 1)", "A", "a b", "(= 1)", "a | ", "\u0000")) {
            assertThrows(IOException.class, () -> Relation.parse("owner", text), text);
        }
    }
}
