package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.Progress;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.machine.Platform;
import hv.riscv.asm.Assembler;
import hv.snapshot.SavedMachine;
import hv.snapshot.Snapshots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Firmware on the whole platform: machine mode on several harts, with the timers, software interrupts and external interrupts of the board. */
class FirmwareTest {
    private static final int HARTS = 4;
    private static final int TICKS = 300;
    /** Every hart takes its timer interrupts, then one software interrupt from the one before it; hart 0 an external one; then hart 0 prints the count of all. */
    private static final String PROGRAM = """
                .equ CLINT, 0x2000000
                .equ UART, 0x10000000
                .equ PLIC, 0xc000000
        entry:  csrr s0, mhartid
                bne  s0, a0, bad
                la   t0, trap
                csrw mtvec, t0
                la   gp, variables
                li   s1, CLINT
                slli t0, s0, 3
                li   s2, 0x4000
                add  s2, s2, s1
                add  s2, s2, t0
                li   s3, 0xbff8
                add  s3, s3, s1
                slli t0, s0, 2
                add  s4, s1, t0
                li   s5, 300
                li   t0, 0x88
                csrw mie, t0
                csrsi mstatus, 8
                call arm
                # Looks with interrupts off, since one may come between the look and wfi; wfi ends all the same.
        tick:   csrci mstatus, 8
                beqz s5, next
                wfi
                csrsi mstatus, 8
                j    tick
        next:   beqz s0, pass
        wait:   csrci mstatus, 8
                bnez s6, pass
                wfi
                csrsi mstatus, 8
                j    wait
        pass:   li   t0, 1
                addi t1, gp, 8
                amoadd.d t0, t0, (t1)
                addi t0, s0, 1
                li   t1, 4
                beq  t0, t1, rest
                slli t0, t0, 2
                add  t0, t0, s1
                li   t1, 1
                sw   t1, 0(t0)
                beqz s0, last
        rest:   csrci mstatus, 8
                csrw mie, zero
        sleep:  wfi
                j    sleep
        last:   pause
                addi t2, gp, 8
                ld   t0, 0(t2)
                li   t1, 4
                bne  t0, t1, last
                call external
                ld   s7, 0(gp)
                li   s8, UART
                la   t0, text
                call print
                li   s9, 60
        digit:  srl  t0, s7, s9
                andi t0, t0, 15
                la   t1, digits
                add  t0, t0, t1
                lbu  t0, 0(t0)
                call put
                addi s9, s9, -4
                bgez s9, digit
                la   t0, end
                call print
                li   t0, 0x100000
                li   t1, 0x5555
                sw   t1, 0(t0)
        stop:   j    stop

        # The UART's "ready to send" through the PLIC's context for machine mode of hart 0.
        external: csrci mstatus, 8
                li   t0, PLIC
                li   t1, 1
                sw   t1, 40(t0)
                li   t1, 0x400
                li   t2, 0x2000
                add  t2, t2, t0
                sw   t1, 0(t2)
                li   t1, UART
                li   t2, 2
                sb   t2, 1(t1)
                li   t2, 0x800
        1:      csrr t1, mip
                and  t1, t1, t2
                beqz t1, 1b
                li   t2, 0x200004
                add  t2, t2, t0
                lw   t1, 0(t2)
                li   t3, 10
                bne  t1, t3, bad
                li   t1, UART
                sb   zero, 1(t1)
                sw   t3, 0(t2)
                ret

        arm:    ld   t0, 0(s3)
                li   t1, 500
                add  t0, t0, t1
                sd   t0, 0(s2)
                ret

                .balign 8
        trap:   csrr t3, mcause
                bgez t3, bad
                andi t3, t3, 15
                li   t4, 7
                beq  t3, t4, timer
                li   t4, 3
                bne  t3, t4, bad
                sw   zero, 0(s4)
                li   s6, 1
                mret
        timer:  li   t3, 1
                amoadd.d t3, t3, (gp)
                addi s5, s5, -1
                beqz s5, quiet
                ld   t3, 0(s3)
                li   t4, 500
                add  t3, t3, t4
                sd   t3, 0(s2)
                mret
        quiet:  li   t3, -1
                sd   t3, 0(s2)
                mret

        bad:    li   s8, UART
                csrr s7, mcause
                la   t0, wrong
                call print
        1:      j    1b
        print:  mv   t2, t0
                mv   s10, ra
        2:      lbu  t0, 0(t2)
                beqz t0, 3f
                call put
                addi t2, t2, 1
                j    2b
        3:      jr   s10
        put:    sb   t0, 0(s8)
        4:      lbu  t1, 5(s8)
                andi t1, t1, 0x20
                beqz t1, 4b
                ret
        text:   .asciz "done "
        wrong:  .asciz "bad 0000000000000000 ."
        end:    .asciz " .\\n"
        digits: .ascii "0123456789abcdef"
                .balign 8
        variables: .zero 64
        """;
    @TempDir
    static Path folder;
    private static Platform platform;

    @BeforeAll
    static void start() throws Exception {
        platform = Platform.embedded();
    }

    private static MachineSpec spec(String name, int ticks) throws Exception {
        String program = PROGRAM.replace("li   s5, " + TICKS + "\n", "li   s5, " + ticks + "\n");
        Path image = Files.write(folder.resolve(name), new Assembler(0x8000_0000L).assemble(program));
        return MachineSpec.ofFirmware(name, image).withMemory(16 * MachineSpec.MIB).withVcpus(HARTS);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void allHartsStartInMachineModeAndTakeItsInterrupts() throws Exception {
        assertEquals(HARTS * TICKS, BareGuest.run(platform, spec("firmware", TICKS), 60));
    }

    @Test
    void strictModeDoesTheSame() throws Exception {
        assertEquals(HARTS * TICKS, BareGuest.run(platform, spec("strict", TICKS).withSetting("strict", "true"), 60));
    }

    @Test
    void noInterruptIsLostWhileItsSourcesAreReplaced() throws Exception {
        int ticks = 4_000;
        Machine m = platform.hypervisor().create(spec("replaced", ticks));
        try {
            m.start();
            for (int k = 0; k < 5; k++) {
                m.replace("aclint0", "hv.devices.internal.aclint");
                m.replace("engine", "hv.engine.riscv");
                m.replace("plic0", "hv.devices.internal.plic");
            }
            assertEquals(HARTS * ticks, BareGuest.result(m, 60));
        } finally {
            platform.hypervisor().destroy(m.name());
        }
    }

    @Test
    void aSavedMachineGoesOnInMachineMode() throws Exception {
        int ticks = 1_500;
        Snapshots snapshots = ServiceLoader.load(Snapshots.class).findFirst().orElseThrow();
        Path file = folder.resolve("firmware.hvsnap");
        Machine m = platform.hypervisor().create(spec("saved", ticks));
        m.start();
        m.pause();
        snapshots.save(m, file, Progress.NONE);
        platform.hypervisor().destroy(m.name());
        try (SavedMachine saved = snapshots.open(file)) {
            m = platform.hypervisor().restore(saved);
        }
        try {
            m.resume();
            assertEquals(HARTS * ticks, BareGuest.result(m, 60));
        } finally {
            platform.hypervisor().destroy(m.name());
        }
    }
}
