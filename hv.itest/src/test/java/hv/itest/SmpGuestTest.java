package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Machine;
import hv.machine.Platform;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several harts of a guest do to each other through the firmware, on the whole platform: started, stopped, suspended, fenced, interrupted, descheduled. */
class SmpGuestTest {
    @TempDir
    static Path folder;
    private static Platform platform;

    @BeforeAll
    static void start() throws Exception {
        platform = Platform.embedded();
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    /** Starts harts 1 to s5 less 1 at {@code other}, which is entered with gp in a1. */
    private static final String START_OTHERS = """
        start_others: li   s4, 1
        1:      mv   a0, s4
                la   a1, other
                mv   a2, gp
                sbi  HSM, 0
                bnez a0, bad
                addi s4, s4, 1
                bne  s4, s5, 1b
                ret
        """;

    /** Waits until all harts but this one have stopped. */
    private static final String AWAIT_OTHERS = """
        await_others: li   s4, 1
        2:      pause
                mv   a0, s4
                sbi  HSM, 2
                bnez a0, bad
                li   t0, 1
                bne  a1, t0, 2b
                addi s4, s4, 1
                bne  s4, s5, 2b
                ret
        """;

    private static final String STOP = """
                sbi  HSM, 1
                j    bad
        """;

    @Test
    void aHartThatHasStoppedCanBeStartedAtOnce() throws Exception {
        assertEquals(3 * 2000, BareGuest.run(platform, BareGuest.spec(folder, "hotplug", """
            entry:  li   s5, 4
                    li   s6, 2000
            round:  call start_others
                    call await_others
                    addi s6, s6, -1
                    bnez s6, round
                    ld   a0, 0(gp)
                    j    done
            other:  mv   gp, a1
                    li   t0, 1
                    amoadd.d t1, t0, (gp)
            """ + STOP + START_OTHERS + AWAIT_OTHERS).withVcpus(4), 60));
    }

    @Test
    void hartsThatFenceAndInterruptEachOtherAllGetOnWhileTheEngineIsReplaced() throws Exception {
        Machine m = platform.hypervisor().create(BareGuest.spec(folder, "fences", """
            entry:  li   s5, 4
                    call start_others
                    li   s0, 0
                    j    work
            other:  mv   s0, a0
                    mv   gp, a1
            work:   li   s6, 20000
            each:   li   a0, 0
                    li   a1, -1
                    sbi  RFENCE, 0
                    bnez a0, bad
                    li   a0, 0
                    li   a1, -1
                    li   a2, 0
                    li   a3, -1
                    sbi  RFENCE, 1
                    bnez a0, bad
                    li   a0, 0xf
                    li   a1, 0
                    sbi  IPI, 0
                    bnez a0, bad
                    csrr t0, sip
                    andi t0, t0, 2
                    beqz t0, bad
                    csrci sip, 2
                    sfence.vma
                    addi s6, s6, -1
                    bnez s6, each
                    li   t0, 1
                    amoadd.d t1, t0, (gp)
                    beqz s0, 1f
            """ + STOP + """
            1:      li   s5, 4
                    call await_others
                    ld   a0, 0(gp)
                    j    done
            """ + START_OTHERS + AWAIT_OTHERS).withVcpus(4));
        try {
            m.start();
            int rounds = 0;
            try {
                for (; rounds < 20 && m.state() == hv.api.machine.MachineState.RUNNING; rounds++) {
                    m.replace("engine", "hv.engine.riscv");
                    m.pause();
                    m.resume();
                    m.replace("interpreter", "hv.interpreter");
                }
            } catch (hv.api.HvException e) {
                // On a fast host the guest is through before the twentieth round; anything else is a failure.
                if (m.state() != hv.api.machine.MachineState.STOPPED) {
                    throw e;
                }
            }
            assertTrue(rounds > 0, "nothing was replaced while the guest ran");
            assertEquals(4, BareGuest.result(m, 120));
        } finally {
            platform.hypervisor().destroy(m.name());
        }
    }

    @Test
    void aTicketLockIsHandedOnThoughMostHartsWaitForAHostCpu() throws Exception {
        long begun = System.nanoTime();
        assertEquals(8 * 1000, BareGuest.run(platform, BareGuest.spec(folder, "tickets", """
            entry:  li   s5, 8
                    call start_others
                    li   s0, 0
                    j    work
            other:  mv   s0, a0
                    mv   gp, a1
            work:   li   s6, 1000
                    li   s7, 1
                    addi s8, gp, 128
                    addi s9, gp, 256
            each:   amoadd.w t0, s7, (s8)       # a ticket
            wait:   lw   t1, 0(s9)              # who is served
                    beq  t0, t1, mine
                    pause
                    j    wait
            mine:   fence r, rw
                    ld   t2, 0(gp)
                    addi t2, t2, 1
                    sd   t2, 0(gp)
                    fence rw, w
                    addi t1, t1, 1
                    sw   t1, 0(s9)
                    addi s6, s6, -1
                    bnez s6, each
                    beqz s0, 1f
            """ + STOP + """
            1:      li   s5, 8
                    call await_others
                    ld   a0, 0(gp)
                    j    done
            """ + START_OTHERS + AWAIT_OTHERS).withVcpus(8), 120));
        System.out.println("8 harts took a ticket lock 1000 times each in " + (System.nanoTime() - begun) / 1_000_000 + " ms");
    }

    @Test
    void hartsAreSuspendedUntilAnInterruptAndTheSystemByItsLastHart() throws Exception {
        assertEquals(0x5a5a, BareGuest.run(platform, BareGuest.spec(folder, "suspend", """
            entry:  li   t0, 32                 # STIE; sstatus.SIE stays off
                    csrw sie, t0
            # retentive: comes back behind the call
                    call alarm
                    li   a0, 0
                    sbi  HSM, 3
                    bnez a0, bad
                    call rang
            # not retentive: comes back at the address, with a1
                    call alarm
                    li   a0, 0x80000000
                    la   a1, resumed
                    li   a2, 0x77
                    sbi  HSM, 3
                    j    bad
            resumed: bnez a0, bad
                    li   t0, 0x77
                    bne  a1, t0, bad
                    la   gp, variables
                    call rang
            # the system: not while another hart is there, even a suspended one
                    li   s5, 2
                    call start_others
            3:      li   a0, 1
                    sbi  HSM, 2
                    li   t0, 4                  # suspended
                    bne  a1, t0, 3b
                    li   a0, 0
                    la   a1, again
                    li   a2, 0x5a5a
                    sbi  SUSP, 0
                    li   t0, -4                 # denied
                    bne  a0, t0, bad
                    li   a0, 2
                    li   a1, 0
                    sbi  IPI, 0
                    call await_others
                    call alarm
                    li   a0, 0
                    la   a1, again
                    li   a2, 0x5a5a
                    sbi  SUSP, 0
                    j    bad
            again:  mv   s2, a1
                    la   gp, variables
                    call rang
                    mv   a0, s2
                    j    done
            alarm:  csrr t0, time
                    li   t1, 200000             # 20 ms
                    add  t0, t0, t1
                    sd   t0, 0(gp)
                    csrw stimecmp, t0
                    ret
            rang:   csrr t0, time
                    ld   t1, 0(gp)
                    bltu t0, t1, bad
                    li   t0, -1
                    csrw stimecmp, t0
                    ret
            other:  li   t0, 2                  # SSIE
                    csrw sie, t0
                    li   a0, 0
                    sbi  HSM, 3
            """ + STOP + START_OTHERS + AWAIT_OTHERS).withVcpus(2), 60));
    }

    @Test
    void hartsAreToldWhatWasStolenFromThem() throws Exception {
        // More than there are host CPUs, all of them busy for 300 ms.
        int harts = Math.min(8, 2 * Runtime.getRuntime().availableProcessors());
        long stolenNanos = BareGuest.run(platform, BareGuest.spec(folder, "steal", """
            entry:  li   s5, @HARTS
                    call start_others
                    addi a0, gp, 1024
                    li   a1, 0
                    li   a2, 0
                    sbi  STA, 0
                    bnez a0, bad
                    csrr s6, time
                    li   t0, 3000000
                    add  s6, s6, t0
            busy:   csrr t0, time
                    bltu t0, s6, busy
                    lw   t0, 1024(gp)
                    andi t1, t0, 1
                    bnez t1, bad
                    beqz t0, bad
                    ld   a0, 1032(gp)
                    j    done
            other:  j    other
            """.replace("@HARTS", Integer.toString(harts)) + START_OTHERS).withVcpus(harts), 60);
        assertTrue(stolenNanos > 30_000_000 && stolenNanos < 10_000_000_000L, "stolen " + stolenNanos + " ns of at least 300 ms");
    }

    @Test
    void countersCountWhatTheHartDoes() throws Exception {
        assertEquals(3 << 16 | 1003, BareGuest.run(platform, BareGuest.spec(folder, "pmu", """
            entry:  li   s5, 2
                    call start_others
                    li   a0, 0                  # all counters, stopped and free
                    li   a1, 0x7fffd
                    li   a2, 1
                    sbi  PMU, 4
                    li   a0, 0                  # instructions
                    li   a1, 0x7fffd
                    li   a2, 2
                    li   a3, 2
                    sbi  PMU, 2
                    bnez a0, bad
                    li   t0, 2
                    bne  a1, t0, bad
                    li   a0, 3                  # IPIs that were sent
                    li   a1, 0xffff
                    li   a2, 6
                    li   a3, 0xf0006
                    sbi  PMU, 2
                    bnez a0, bad
                    mv   s2, a1
                    csrr t0, instret
                    bnez t0, bad                # it stands at 0
                    li   a0, 2
                    li   a1, 1
                    li   a2, 1
                    li   a3, 1000
                    sbi  PMU, 3
                    bnez a0, bad
                    csrr t0, instret            # behind the ecall, the branch, and not yet itself
                    csrr t1, instret
                    sub  t2, t1, t0
                    li   t3, 1
                    bne  t2, t3, bad
                    mv   s3, t1
                    li   s4, 3
            1:      li   a0, 2
                    li   a1, 0
                    sbi  IPI, 0
                    addi s4, s4, -1
                    bnez s4, 1b
                    mv   a0, s2
                    sbi  PMU, 5
                    bnez a0, bad
                    slli a0, a1, 16
                    or   a0, a0, s3
                    j    done
            other:  wfi
                    j    other
            """ + START_OTHERS).withVcpus(2), 60));
    }
}
