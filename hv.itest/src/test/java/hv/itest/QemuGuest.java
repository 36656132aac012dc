package hv.itest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** The catalog's Debian under QEMU: whatever it does not do there, ours need not. One thread. */
final class QemuGuest implements AutoCloseable {
    private static final String QEMU = "qemu-system-riscv64";
    private final Process qemu;
    private final StringBuilder transcript = new StringBuilder();
    private int seen;
    private int commands;
    private boolean ended;

    /** @param network what follows -netdev, with id=n @param mtu what the card tells its driver */
    QemuGuest(String network, String mac, int mtu) throws Exception {
        this(command(network, mac, mtu));
    }

    private static List<String> command(String network, String mac, int mtu) {
        Assumptions.assumeTrue(HostProgram.find(QEMU).isPresent(), "needs " + QEMU);
        var spec = DebianGuest.spec("qemu");
        return List.of(QEMU, "-M", "virt", "-m", "256M", "-nographic", "-global", "virtio-mmio.force-legacy=false", "-kernel", spec.kernel().toString(),
                "-initrd", spec.initrd().toString(), "-append", spec.commandLine(), "-netdev", network, "-device", "virtio-net-device,netdev=n,mac=" + mac + ",host_mtu=" + mtu);
    }

    /** @param command of a QEMU with the guest's console on its standard streams */
    QemuGuest(List<String> command) throws IOException {
        qemu = new ProcessBuilder(command).redirectErrorStream(true).start();
        InputStream in = qemu.getInputStream();
        Thread.ofPlatform().daemon().start(() -> {
            byte[] chunk = new byte[4096];
            try {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    add(new String(chunk, 0, n, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                add("[" + e + "]");
            }
            end();
        });
    }

    private synchronized void add(String text) {
        transcript.append(text);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized Matcher expect(Pattern pattern, int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (;;) {
            Matcher m = pattern.matcher(transcript.toString());
            if (m.find(seen)) {
                seen = m.end();
                return m;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || ended) {
                throw new AssertionError("QEMU's guest did not print \"" + pattern + "\"; it printed:\n" + transcript.substring(Math.max(0, transcript.length() - 3000)));
            }
            wait(left);
        }
    }

    QemuGuest awaitShell() throws InterruptedException {
        expect(Pattern.compile("root@debian"), 240);
        return this;
    }

    String run(String command, int seconds) throws Exception {
        return end(start(command), seconds);
    }

    String start(String command) throws IOException {
        String mark = "q" + ++commands;
        qemu.getOutputStream().write((command + "; echo \"<$?:\"\"" + mark + ">\"\n").getBytes(StandardCharsets.UTF_8));
        qemu.getOutputStream().flush();
        return mark;
    }

    String end(String mark, int seconds) throws InterruptedException {
        int from = seen;
        Matcher m = expect(Pattern.compile("<(\\d+):" + mark + ">"), seconds);
        String all = transcript.substring(from, m.start()).replace("\r", "");
        if (!m.group(1).equals("0")) {
            throw new AssertionError("exit status " + m.group(1) + ":\n" + all);
        }
        int typed = all.lastIndexOf(mark + ">\"");
        return typed < 0 ? all : all.substring(all.indexOf('\n', typed) + 1);
    }

    @Override
    public void close() {
        qemu.destroyForcibly();
        qemu.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
