package hv.itest;

import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.images.GuestImage;
import hv.images.ImageException;
import hv.images.ImageSettings;
import hv.images.Images;
import hv.images.Progress;
import org.junit.jupiter.api.Assumptions;

/** The catalog's Debian, and how to sit at its shell. */
final class DebianGuest {
    private static GuestImage image;
    private final GuestDriver console;
    private int commands;
    /** Where in the transcript the last command was typed. */
    private int started;

    DebianGuest(Machine machine) throws Exception {
        console = new GuestDriver(machine);
    }

    /** Skips the test by name where the guest can neither be fetched nor is cached. */
    static synchronized MachineSpec spec(String name) {
        if (image == null) {
            image = fetch("debian");
        }
        return MachineSpec.named(name, image.kernel()).withInitrd(image.initrd()).withCommandLine(image.defaultCommandLine()).withMemory(256 * MachineSpec.MIB);
    }

    /** The same for x86-64, on its board. */
    static MachineSpec x86Spec(String name) {
        GuestImage x86 = fetch("debian-x86-64");
        return MachineSpec.named(name, x86.kernel()).withBoard("x86-virt").withInitrd(x86.initrd()).withCommandLine(x86.defaultCommandLine()).withMemory(256 * MachineSpec.MIB);
    }

    private static GuestImage fetch(String guest) {
        try {
            return new Images(ImageSettings.fromEnvironment()).get(guest, Progress.NONE);
        } catch (ImageException e) {
            return Assumptions.abort("needs the guest " + guest + ": " + e.getMessage());
        }
    }

    DebianGuest awaitShell() throws InterruptedException {
        console.expect("root@debian", 240);
        return this;
    }

    /** Runs a command at the shell; returns what it printed, and checks that it succeeded. */
    String run(String command, int seconds) throws InterruptedException {
        return end(start(command), seconds);
    }

    /** Types a command whose end is awaited by {@link #end}. */
    String start(String command) throws InterruptedException {
        String mark = "m" + ++commands;
        started = console.transcript().length();
        console.type(command + "; echo \"<$?:\"\"" + mark + ">\"");
        return mark;
    }

    String end(String mark, int seconds) throws InterruptedException {
        int from = console.transcript().length();
        java.util.regex.Matcher m = console.expect(java.util.regex.Pattern.compile("<(\\d+):" + mark + ">"), seconds);
        if (!m.group(1).equals("0")) {
            throw new AssertionError("exit status " + m.group(1) + ":\n" + console.transcript().substring(Math.max(0, from - 2000)));
        }
        String all = console.transcript().substring(started, m.start()).replace("\r", "");
        // Both the terminal and the shell may have echoed the command.
        int typed = all.lastIndexOf(mark + ">\"");
        return typed < 0 ? all : all.substring(all.indexOf('\n', typed) + 1);
    }

    GuestDriver console() {
        return console;
    }
}
