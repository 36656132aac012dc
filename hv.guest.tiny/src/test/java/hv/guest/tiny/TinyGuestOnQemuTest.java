package hv.guest.tiny;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest under another hypervisor: what is wrong here is wrong in the guest. */
final class TinyGuestOnQemuTest {
    private static final String QEMU = "qemu-system-riscv64";
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SECTOR_BYTES = 512;

    @TempDir
    private Path dir;
    private Path kernel;
    private Process qemu;
    private OutputStream keyboard;
    private final LinkedBlockingQueue<byte[]> screen = new LinkedBlockingQueue<>();
    private final StringBuilder unread = new StringBuilder();

    @BeforeEach
    void qemuIsInstalled() throws IOException {
        boolean installed = false;
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            installed |= Files.isExecutable(Path.of(folder, QEMU));
        }
        assumeTrue(installed, QEMU + " (package qemu-system-misc) is not installed");
        kernel = Files.write(dir.resolve("tiny"), TinyGuest.image());
    }

    @AfterEach
    void qemuIsGone() throws InterruptedException {
        if (qemu != null) {
            qemu.destroyForcibly();
            assertTrue(qemu.waitFor(20, TimeUnit.SECONDS));
        }
    }

    private void boot(String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(QEMU, "-M", "virt", "-m", "64", "-nographic", "-global", "virtio-mmio.force-legacy=false",
                "-kernel", kernel.toString()));
        command.addAll(List.of(more));
        qemu = new ProcessBuilder(command).redirectErrorStream(true).start();
        keyboard = qemu.getOutputStream();
        InputStream in = qemu.getInputStream();
        Thread.ofPlatform().daemon().start(() -> {
            byte[] chunk = new byte[4096];
            try {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    screen.add(java.util.Arrays.copyOf(chunk, n));
                }
            } catch (IOException e) {
                screen.add(("\n[" + e + "]").getBytes(StandardCharsets.UTF_8));
            } finally {
                screen.add(new byte[0]);
            }
        });
        until(TinyGuest.BANNER + "\r\n" + TinyGuest.PROMPT);
    }

    /** Reads up to and with the text; returns what came before it. */
    private String until(String text) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE_NANOS;
        for (int at = unread.indexOf(text); ; at = unread.indexOf(text)) {
            if (at >= 0) {
                String before = unread.substring(0, at);
                unread.delete(0, at + text.length());
                return before;
            }
            byte[] more = screen.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertTrue(more != null && more.length > 0, () -> "no \"" + text + "\" after: " + unread);
            unread.append(new String(more, StandardCharsets.ISO_8859_1));
        }
    }

    private void type(String text) {
        try {
            keyboard.write(text.getBytes(StandardCharsets.ISO_8859_1));
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a command prints, line feeds alone. */
    private String command(String line) throws InterruptedException {
        type(line + "\r");
        until(line + "\r\n");
        return until(TinyGuest.PROMPT).replace("\r", "");
    }

    private void powersOff() throws InterruptedException {
        type("poweroff\r");
        assertTrue(qemu.waitFor(20, TimeUnit.SECONDS), "still running after power off");
        assertEquals(0, qemu.exitValue());
    }

    @Test
    void commandsAnswerAndChecksumsAreThoseOfJava() throws IOException, InterruptedException {
        boot();
        assertTrue(command("help").contains("\ndisk N "));
        assertTrue(command("uname").matches("tiny hv riscv64, SBI \\d+\\.\\d+, implementation 1, hart 0, timer (sstc|sbi), sv39, device tree found\n"));
        assertEquals("hello  world\n", command("echo hello  world"));
        assertEquals("hello\n", backspaced());
        assertEquals("no command 'nonsense', try help\n", command("nonsense x"));
        assertEquals("not a number\n", command("sum 12z"));
        assertEquals("", command("lines 0"));
        assertEquals(String.format("sum 12345: 0x%016x\n", TinyWork.sum(12345)), command("sum 12345"));
        assertEquals(String.format("sum 255: 0x%016x\n", TinyWork.sum(255)), command("sum 0xff"));
        assertEquals(String.format("mem 2: 0x%016x\n", TinyWork.mem(2)), command("mem 2"));
        assertEquals(String.format("fp 5000: 0x%016x\n", TinyWork.fp(5000)), command("fp 5000"));
        assertEquals(String.format("user 100: 0x%016x, calls 2, traps 6, causes 0x000000000000a10c\n", TinyWork.sum(100)), command("user 100"));
        powersOff();
    }

    private String backspaced() throws InterruptedException {
        type("echo hellx\bo\r");
        until("\r\n");
        return until(TinyGuest.PROMPT).replace("\r", "");
    }

    @Test
    void timeGoesOnByEitherTimer() throws IOException, InterruptedException {
        boot();
        long date = Long.parseLong(command("date").trim().substring("date ".length()));
        assertTrue(Math.abs(date - System.currentTimeMillis() / 1000) <= 10, "RTC says " + date);
        for (int i = 0; i < 2; i++) {
            long before = ticks();
            assertEquals("sleep 400: ok\n", command("sleep 400"));
            long ticked = ticks() - before;
            assertTrue(ticked >= 3, "only " + ticked + " ticks of 100 ms in 400 ms");
            assertEquals("sbi\n", command("timer sbi"));
        }
        powersOff();
    }

    private long ticks() throws InterruptedException {
        String said = command("time").trim();
        assertTrue(said.matches("time \\d+\\.\\d{3} s since boot, \\d+ ticks"), said);
        return Long.parseLong(said.split(" ")[5]);
    }

    @Test
    void manyBytesPassTheConsoleWhole() throws IOException, InterruptedException {
        boot();
        String[] lines = command("lines 2000").split("\n");
        assertEquals(2000, lines.length);
        for (int i = 0; i < lines.length; i++) {
            assertEquals(String.format("line %08d abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJ", i + 1), lines[i]);
        }
        StringBuilder pasted = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            pasted.append("echo ").append(i).append("x".repeat(500)).append('\n');
        }
        type(pasted.toString());
        for (int i = 0; i < 40; i++) {
            until("\r\n" + i + "x".repeat(500) + "\r\n" + TinyGuest.PROMPT);
        }
        powersOff();
    }

    @Test
    void trapsAreSurvived() throws IOException, InterruptedException {
        boot();
        String wild = command("wild");
        assertTrue(wild.endsWith("\n12 trapped\n") && wild.contains("wild 0x8000000000000000 cause 12\n"), wild);
        assertEquals("illegal 50: 400 trapped\n", command("illegal 50"));
        assertTrue(command("poke 5000").matches("poke 5000: \\d+ trapped\n"));
        assertEquals("alive\n", command("echo alive"));
        powersOff();
    }

    @Test
    void theDiskKeepsThePattern() throws IOException, InterruptedException {
        Path disk = Files.write(dir.resolve("disk"), new byte[200 * SECTOR_BYTES]);
        boot("-drive", "file=" + disk + ",format=raw,if=none,id=d", "-device", "virtio-blk-device,drive=d");
        String said = command("disk 3");
        assertTrue(said.matches("disk: slot \\d, 200 sectors, flush, 3 rounds, 0 errors, ok\n"), said);
        assertTrue(command("disk").endsWith("1 rounds, 0 errors, ok\n"), "and again");
        powersOff();
        // The second run overwrote round 1 by round 1; round 3 lies at sectors 128 mod 136.
        assertEquals(TinyWork.patternWord(1, 0), word(disk, 0));
        assertEquals(TinyWork.patternWord(2, 5), word(disk, 64L * SECTOR_BYTES + 5 * 8));
        assertEquals(TinyWork.patternWord(3, 4095), word(disk, 128L * SECTOR_BYTES + 4095 * 8));
    }

    private static long word(Path disk, long offset) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(disk)).order(ByteOrder.LITTLE_ENDIAN).getLong((int) offset);
    }

    @Test
    void withoutADiskItSaysSo() throws IOException, InterruptedException {
        boot();
        assertEquals("disk: none\n", command("disk"));
        assertEquals("harts: 0 started, counted 100000 and 100000, ok\n", command("harts"));
        powersOff();
    }

    @Test
    void otherHartsCountAndCanBeStartedAgain() throws IOException, InterruptedException {
        boot("-smp", "2");
        assertEquals("harts: 1 started, counted 200000 and 200000, ok\n", command("harts"));
        assertEquals("harts: 1 started, counted 200000 and 200000, ok\n", command("harts"));
        powersOff();
    }

    @Test
    void rebootStartsAnew() throws IOException, InterruptedException {
        boot();
        command("echo first life");
        type("reboot\r");
        until(TinyGuest.BANNER);
        until(TinyGuest.PROMPT);
        assertEquals("second life\n", command("echo second life"));
        powersOff();
    }
}
