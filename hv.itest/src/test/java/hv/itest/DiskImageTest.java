package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.DiskSpec;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.machine.NicSpec;
import hv.images.DiskImage;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.Progress;
import hv.machine.Platform;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk image from the command that makes it to a machine one works on; takes some 10 minutes, and 5 less once the image is in the cache. */
@Tag("full")
class DiskImageTest {
    private static final String PROGRAM = "#include <stdio.h>\nint main(void) { long s = 0; for (long i = 1; i <= 1000; i++) s += i * i; printf(\"sum=%ld\\n\", s); return 0; }\n";
    /** Where the only partition begins. */
    private static final long PARTITION_OFFSET = 1 << 20;

    @TempDir
    Path folder;
    private int port;

    private record Outcome(int status, String said) {
    }

    private Outcome end(int seconds, String input, String... command) throws Exception {
        Path in = Files.writeString(folder.resolve("in"), input);
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectInput(in.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(command[command.length - 1] + " did not end within " + seconds + " s: " + Files.readString(out, StandardCharsets.ISO_8859_1));
        }
        return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1));
    }

    private void hv(int seconds, String... arguments) throws Exception {
        List<String> command = Distribution.java(folder.resolve("home"), "jvm.options", "hv.app.launch.Main", arguments).command();
        Outcome outcome = end(seconds, "", command.toArray(String[]::new));
        assertEquals(0, outcome.status(), outcome.said());
    }

    private Outcome ssh(int seconds, String input, String command) throws Exception {
        return end(seconds, input, "ssh", "-F", "none", "-i", folder.resolve("id").toString(), "-p", Integer.toString(port), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "ConnectTimeout=20", "-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=" + folder.resolve("known"), "me@127.0.0.1", command);
    }

    private String does(int seconds, String input, String command) throws Exception {
        long from = System.nanoTime();
        Outcome outcome = ssh(seconds, input, command);
        assertEquals(0, outcome.status(), command + ": " + outcome.said());
        tell(command, from);
        return outcome.said().strip();
    }

    private static void tell(String what, long fromNanos) {
        System.out.printf("disk image: %s: %.1f s%n", what.lines().findFirst().orElse(""), (System.nanoTime() - fromNanos) / 1e9);
    }

    /** Waits until the guest lets us in; each try is bounded, so this is no busy loop. */
    private String awaitLogin(String command) throws Exception {
        long from = System.nanoTime();
        long end = from + Duration.ofMinutes(5).toNanos();
        for (;;) {
            Outcome outcome = ssh(60, "", command);
            if (outcome.status() == 0) {
                tell("to a login over SSH", from);
                return outcome.said().strip();
            }
            assertTrue(System.nanoTime() < end, outcome.said());
            TimeUnit.SECONDS.sleep(1);
        }
    }

    @Test
    void aDiskLogsInInstallsCompilesAndFindsAllOfItAfterAReboot() throws Exception {
        for (String program : List.of("passt", "ssh", "ssh-keygen", "e2fsck")) {
            Assumptions.assumeTrue(HostProgram.find(program).isPresent(), "needs the program " + program);
        }
        Distribution.assumeBuilt();
        try {
            new Images(ImageSettings.fromEnvironment()).update("debian", Progress.NONE);
        } catch (ImageException e) {
            Assumptions.abort("needs a Debian mirror: " + e.getMessage());
        }
        long from = System.nanoTime();
        hv(1800, "image", "build", "debian", "--output", "debian.img");
        tell("image build", from);
        assertEquals(0, end(20, "", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "id").status());
        Files.writeString(folder.resolve("first.sh"), "#!/bin/sh\nhostname >>/root/first\n");
        hv(60, "image", "seed", "--user", "me", "--key", "id.pub", "--hostname", "seeded", "--script", "first.sh");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        DiskImage image = DiskImage.of(folder.resolve("debian.img"));
        MachineSpec spec = MachineSpec.named("disk", image.kernel()).withInitrd(image.initrd()).withCommandLine(image.defaultCommandLine()).withMemory(512 * MachineSpec.MIB).withVcpus(2)
                .withDisk(DiskSpec.raw(image.file())).withDisk(new DiskSpec(folder.resolve("seed.img"), "raw", true, DiskSpec.VIRTIO))
                .withNic(NicSpec.parse("user,hostfwd=" + port + ":22"));
        try (Platform platform = Platform.embedded()) {
            Machine machine = platform.hypervisor().create(spec);
            try (GuestDriver console = new GuestDriver(machine)) {
                machine.start();
                console.expect("seeded login:", 300);
            }
            String firstBoot = awaitLogin("cat /proc/sys/kernel/random/boot_id");
            assertEquals("seeded", does(60, "", "hostname"));
            assertEquals("me", does(60, "", "id -un"));
            assertEquals("0", does(60, "", "sudo id -u"));
            assertEquals("seeded", does(120, "", "while ! sudo test -s /root/first; do sleep 1; done; sudo cat /root/first"));
            does(600, "", "sudo apt-get update -q");
            does(1800, "", "sudo DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends gcc libc6-dev");
            assertEquals("sum=333833500", does(300, PROGRAM, "cat >sum.c && gcc -O2 -o sum sum.c && ./sum"));
            String key = does(60, "", "cat /etc/ssh/ssh_host_ed25519_key.pub");
            ssh(60, "", "sudo systemctl reboot");
            String secondBoot = awaitLogin("cat /proc/sys/kernel/random/boot_id");
            for (int i = 0; i < 60 && secondBoot.equals(firstBoot); i++) {
                secondBoot = awaitLogin("cat /proc/sys/kernel/random/boot_id");
            }
            assertNotEquals(firstBoot, secondBoot, "it did not reboot");
            assertEquals("sum=333833500", does(60, "", "./sum"));
            assertEquals("ii", does(60, "", "dpkg-query -W -f '${db:Status-Abbrev}' gcc"));
            assertEquals(key, does(60, "", "cat /etc/ssh/ssh_host_ed25519_key.pub"));
            assertEquals("seeded", does(60, "", "sudo cat /root/first"), "a seed is done once");
            assertEquals("", does(60, "", "sudo dpkg --audit"));
            ssh(60, "", "sudo systemctl poweroff");
            assertTrue(machine.awaitEnd(Duration.ofMinutes(3)));
            assertEquals(MachineState.STOPPED, machine.state());
            assertEquals(List.of(), platform.hypervisor().health());
        }
        Outcome fsck = end(300, "", HostProgram.find("e2fsck").orElseThrow().toString(), "-f", "-n", image.file() + "?offset=" + PARTITION_OFFSET);
        System.out.println("disk image: " + fsck.said().lines().toList().getLast());
        assertEquals(0, fsck.status(), fsck.said());
    }
}
