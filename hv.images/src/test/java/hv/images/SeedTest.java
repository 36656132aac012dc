package hv.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.images.internal.FatImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a seed takes and refuses, and the disk that it becomes. */
class SeedTest {
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@here";

    @TempDir
    Path temp;

    private static Seed seed(String user, String key, String hostname, String script) {
        return new Seed(user, List.of(key), Optional.of(hostname), Optional.of(script));
    }

    private static void assertRefused(String reason, String user, String key, String hostname, String script) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> seed(user, key, hostname, script));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void whatIsWrongIsRefusedInOneLine() {
        String script = "#!/bin/sh\n";
        seed("me", KEY, "web", script);
        for (String user : List.of("", "Me", "a b", "0me", "x'; reboot #", "a\nb", "a".repeat(33))) {
            assertRefused("user", user, KEY, "web", script);
        }
        assertRefused("private key", "me", "-----BEGIN OPENSSH PRIVATE KEY-----", "web", script);
        for (String key : List.of("", "hello", "ssh-ed25519", "ssh-ed25519 %%%%", "ssh-ed25519 AAAA", "ssh-dss " + KEY.substring(12), "ssh-rsa " + KEY.substring(12), KEY + "\u001b[2J",
                "command=\"x\" " + KEY, "ssh-ed25519 " + "A".repeat(20_000))) {
            assertRefused("no OpenSSH public key", "me", key, "web", script);
        }
        for (String hostname : List.of("", "-a", "a.b", "a'b", "x".repeat(64))) {
            assertRefused("host name", "me", KEY, hostname, script);
        }
        assertRefused("begin with #!", "me", KEY, "web", "echo hello");
        assertRefused("longer than 256 KiB", "me", KEY, "web", "#!" + "x".repeat(Seed.MAX_SCRIPT_BYTES));
    }

    @Test
    void theSameSeedGivesTheSameDiskAndAnotherOneAnotherInstance() {
        byte[] one = SeedDisk.of(seed("me", KEY, "web", "#!/bin/sh\n"));
        assertArrayEquals(one, SeedDisk.of(seed("me", KEY, "web", "#!/bin/sh\n")));
        assertNotEquals(instance(one), instance(SeedDisk.of(seed("me", KEY, "web", "#!/bin/sh\n:\n"))));
    }

    private static String instance(byte[] disk) {
        String text = new String(disk, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("instance-id: hv-");
        assertTrue(at > 0);
        return text.substring(at, at + 32);
    }

    @Test
    void scriptAndKeysAreNotPartOfTheTextThatRunsThem() {
        String script = "#!/bin/sh\nHV_SEED_END\nrm -rf /\n";
        String text = new String(SeedDisk.of(seed("me", KEY, "web", script)), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("rm -rf"));
        assertFalse(text.contains("me@here"));
        String encoded = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(script.getBytes(StandardCharsets.UTF_8));
        assertTrue(text.contains(encoded));
        assertFalse(text.contains("SEED_USER") || text.contains("SEED_KEYS\n") || text.contains("SEED_SCRIPT"));
    }

    @Test
    void theLargestSeedFits() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            keys.add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" + "A".repeat(4000) + " " + i);
        }
        assertEquals(1 << 20, SeedDisk.of(new Seed("me", keys, Optional.empty(), Optional.of("#!" + "x".repeat(Seed.MAX_SCRIPT_BYTES - 2)))).length);
    }

    /** By a reader that is not ours. */
    @Test
    void fsckAndMtoolsReadTheFileSystem() throws Exception {
        byte[] large = new byte[300_001];
        new Random(7).nextBytes(large);
        Path disk = Files.write(temp.resolve("fat.img"), FatImage.of("CIDATA", Map.of("meta-data", new byte[0], "user-data", large, "third.file-13", new byte[512])));
        Assumptions.assumeTrue(has("fsck.vfat"), "needs fsck.vfat (package dosfstools)");
        Process fsck = new ProcessBuilder("fsck.vfat", "-n", "-v", disk.toString()).redirectErrorStream(true).start();
        String said = new String(fsck.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(fsck.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, fsck.exitValue(), said);
        assertTrue(said.contains("4 files"), said);
        Assumptions.assumeTrue(has("mtype"), "needs mtype (package mtools)");
        Process mtype = new ProcessBuilder("mtype", "-i", disk.toString(), "::user-data").start();
        assertArrayEquals(large, mtype.getInputStream().readAllBytes());
    }

    private static boolean has(String program) {
        return List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin").stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @Test
    void whatDoesNotFitTheFileSystemIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FatImage.of("CIDATA", Map.of("a", new byte[1 << 20])));
        assertThrows(IllegalArgumentException.class, () -> FatImage.of("CIDATA", Map.of("a-name-too-long", new byte[0])));
    }
}
