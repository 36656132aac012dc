package hv.itest;

import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.machine.Platform;
import hv.riscv.asm.Assembler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A program of a few instructions that is the whole guest. It begins at {@code entry} in hart 0, with gp at zeroed variables and
 * {@code sbi EXTENSION, FUNCTION} in place of the two registers and the ecall; it ends with {@code j done}, which prints a0, or {@code j bad},
 * which prints a0 as what went wrong; both power off.
 */
final class BareGuest {
    private static final long LOAD_GPA = 0x8020_0000L;
    private static final String FRAME = """
                .equ HSM, 0x48534d
                .equ IPI, 0x735049
                .equ RFENCE, 0x52464e43
                .equ SUSP, 0x53555350
                .equ PMU, 0x504d55
                .equ STA, 0x535441
                .equ DBCN, 0x4442434e
                .equ SRST, 0x53525354
        # ---- header of a flat Image
        start:  j    begin
                .word 0
                .dword 0x200000
                .dword image_end - start
                .dword 0
                .word 2, 0
                .dword 0
                .ascii "RISCV\\0\\0\\0"
                .word 0x05435352, 0
        begin:  la   gp, variables
                j    entry
        bad:    la   s1, text_bad
                j    tell
        done:   la   s1, text_done
        tell:   mv   s2, a0
                call print
                li   s3, 60
        digit:  srl  t0, s2, s3
                andi t0, t0, 15
                la   t1, digits
                add  t0, t0, t1
                lbu  a0, 0(t0)
                sbi  DBCN, 2
                addi s3, s3, -4
                bgez s3, digit
                la   s1, text_end
                call print
                li   a0, 0
                li   a1, 0
                sbi  SRST, 0
        print:  lbu  a0, 0(s1)
                beqz a0, printed
                sbi  DBCN, 2
                addi s1, s1, 1
                j    print
        printed: ret
        text_done: .ascii "done \\0"
        text_bad: .ascii "bad \\0"
        text_end: .ascii " .\\n\\0"
        digits: .ascii "0123456789abcdef"
                .balign 4
        """;

    private BareGuest() {
    }

    /** Assembles a program into a file that can be booted. */
    static MachineSpec spec(Path folder, String name, String program) throws java.io.IOException {
        String source = (FRAME + program + "\n        .balign 4096\nvariables: .zero 4096\nimage_end:\n")
            .replaceAll("(?m)\\bsbi +(\\w+), *(\\w+)$", "li a7, $1\n li a6, $2\n ecall");
        Path image = folder.resolve(name + ".img");
        Files.write(image, new Assembler(LOAD_GPA).assemble(source));
        return MachineSpec.named(name, image).withMemory(16 * MachineSpec.MIB);
    }

    /** What a running guest prints in the end. */
    static long result(Machine m, int seconds) throws Exception {
        try (GuestDriver g = new GuestDriver(m)) {
            java.util.regex.Matcher end = g.expect(Pattern.compile("(done|bad) ([0-9a-f]{16}) \\."), seconds);
            if (end.group(1).equals("bad")) {
                throw new AssertionError("the guest found something wrong: " + end.group(2));
            }
            return Long.parseUnsignedLong(end.group(2), 16);
        }
    }

    /** Boots, runs to the end, and destroys. */
    static long run(Platform platform, MachineSpec spec, int seconds) throws Exception {
        Machine m = platform.hypervisor().create(spec);
        try {
            m.start();
            return result(m, seconds);
        } finally {
            platform.hypervisor().destroy(m.name());
        }
    }
}
