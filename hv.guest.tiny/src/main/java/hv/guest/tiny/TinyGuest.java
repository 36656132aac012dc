package hv.guest.tiny;

import hv.riscv.asm.Assembler;
import hv.riscv.asm.AssemblerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The tiny guest: a kernel in S mode with traps, ticks, Sv39 paging, user mode, other harts, a console and a disk driver, and a command loop
 * with workloads and with what a hypervisor must survive. Its source lies beside this class, and is assembled at first use; the bytes
 * are always the same.
 */
public final class TinyGuest {
    /** Printed once, when the guest takes commands. */
    public static final String BANNER = "hv tiny guest ready";
    /** Printed before each command. */
    public static final String PROMPT = "tiny> ";
    /** Where the image is linked to, and must lie: 2 MiB above the start of RAM, as its header says. */
    public static final long LOAD_GPA = 0x8020_0000L;

    private static final List<String> SOURCES = List.of("start.s", "trap.s", "console.s", "shell.s", "work.s", "disk.s", "abuse.s", "data.s");

    private TinyGuest() {
    }

    /** The kernel, a fresh copy. */
    public static byte[] image() {
        return Assembled.IMAGE.clone();
    }

    /** All source text, in the order in which it is assembled. */
    static String source() {
        StringBuilder text = new StringBuilder();
        for (String name : SOURCES) {
            text.append(source(name)).append('\n');
        }
        return text.toString();
    }

    static byte[] assemble() {
        try {
            return new Assembler(LOAD_GPA).assemble(source());
        } catch (AssemblerException e) {
            throw new IllegalStateException("the tiny guest's source does not assemble: " + e.getMessage(), e);
        }
    }

    private static String source(String name) {
        try (InputStream in = TinyGuest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks the tiny guest's source " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the tiny guest's source " + name + " cannot be read", e);
        }
    }

    /** Assembled when first asked for. */
    private static final class Assembled {
        static final byte[] IMAGE = assemble();
    }
}
