package hv.itest;

import hv.api.HvException;
import hv.api.machine.ExitCount;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.machine.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** In the nested host: guests that break, storm or cannot be, beside one that works on. Each ends alone, with one line. */
final class NestedBadGuests {
    private static final long SEED = 7;

    private NestedBadGuests() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Platform platform = Platform.embedded()) {
            Machine good = platform.hypervisor().create(NestedHost.spec("good", 1));
            good.start();
            DebianGuest d = new DebianGuest(good).awaitShell();
            NestedHost.say("a good guest is at its shell");

            // lidt of a table without entries; int3
            fails(platform, "tripleFault", "0f 01 1d 08 00 00 01 cc 00 00 00 00 00 00", "triple fault");
            // mov eax, an address without memory; jmp eax
            fails(platform, "noCode", "b8 00 00 00 d0 ff e0", "cannot emulate an instruction");
            // mov dx, 0x80; out dx, al; jmp back
            storms(platform, d, "ports", "66 ba 80 00 ee eb fd", "port-write");
            // mov eax, an address without memory; mov [eax], eax; jmp back
            storms(platform, d, "addresses", "b8 00 00 00 d0 89 00 eb fc", "mmio-write");

            byte[] noise = new byte[1 << 16];
            new Random(SEED).nextBytes(noise);
            refused(platform, NestedHost.spec("noise", 1).withKernel(Files.write(Path.of("/tmp/noise"), noise)));
            refused(platform, NestedHost.spec("empty", 1).withKernel(Files.write(Path.of("/tmp/empty"), new byte[0])));
            refused(platform, NestedHost.spec("large", 1).withMemory(1L << 40));
            refused(platform, NestedHost.spec("strict", 1).withSetting("strict", "true"));
            try {
                NestedHost.spec("many", 65);
                throw new AssertionError("65 vCPUs were taken");
            } catch (IllegalArgumentException e) {
                oneLine("many", e.getMessage());
            }

            d.run("true", 60);
            NestedHost.check(good.state() == MachineState.RUNNING, "the good guest works: " + good.info());
            NestedHost.say("the good guest works on");
        }
    }

    private static Machine started(Platform platform, String name, String code) throws Exception {
        Machine m = platform.hypervisor().create(MachineSpec.named(name, PvhProgram.write(Path.of("/tmp/" + name), code)).withBoard("x86-virt").withMemory(64 * MachineSpec.MIB)
                .withVcpus(1));
        m.start();
        return m;
    }

    private static void fails(Platform platform, String name, String code, String says) throws Exception {
        Machine m = started(platform, name, code);
        NestedHost.check(m.awaitEnd(Duration.ofSeconds(60)), name + " goes on: " + m.info());
        NestedHost.check(m.state() == MachineState.FAILED && m.info().detail().contains(says), name + ": " + m.info());
        oneLine(name, m.info().detail());
        platform.hypervisor().destroy(name);
    }

    /** The other guest works meanwhile, and the one that storms can be stopped. */
    private static void storms(Platform platform, DebianGuest other, String name, String code, String exit) throws Exception {
        Machine m = started(platform, name, code);
        long from = System.nanoTime();
        other.run("seq 1 10000 | md5sum", 120);
        long took = System.nanoTime() - from;
        long exits = m.exits().stream().filter(e -> e.kind().equals(exit)).mapToLong(ExitCount::count).sum();
        NestedHost.check(m.state() == MachineState.RUNNING && exits > 100, name + ": " + m.info() + ", " + exits + " exits");
        m.stop(Duration.ZERO);
        NestedHost.check(m.state() == MachineState.STOPPED, name + ": " + m.info());
        NestedHost.say(name + ": stopped after " + exits + " exits; a command of the good guest took " + took / 1_000_000 + " ms meanwhile");
        platform.hypervisor().destroy(name);
    }

    private static void refused(Platform platform, MachineSpec spec) throws Exception {
        Machine m;
        try {
            m = platform.hypervisor().create(spec);
        } catch (HvException e) {
            oneLine(spec.name(), e.getMessage());
            return;
        }
        try {
            m.start();
        } catch (HvException e) {
            oneLine(spec.name(), e.getMessage());
            platform.hypervisor().destroy(spec.name());
            return;
        }
        throw new AssertionError(spec.name() + " was started");
    }

    private static void oneLine(String name, String line) {
        NestedHost.check(!line.isBlank() && !line.contains("\n"), line);
        NestedHost.say(name + ": " + line);
    }
}
