package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.part.ReplaceException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two harts that send each other one message at a time, hart 0 through a source of the APLIC and hart 1 by a store into the IMSIC, and wait for it by WFI:
 * if one is lost, both wait for ever; one that comes twice, or another's, is found by the guest.
 */
class MessageGuestTest {
    private static final String PROGRAM = """
                .equ ROUNDS, %d
        entry:  li   t0, 0xd000000          # source 20: detached, as identity 9 to hart 1, enabled
                li   t1, 1
                sw   t1, 80(t0)
                li   t0, 0xd003050
                li   t1, 0x40009
                sw   t1, 0(t0)
                li   t0, 0xd001edc
                li   t1, 20
                sw   t1, 0(t0)
                li   t0, 0xd000000
                li   t1, 0x100
                sw   t1, 0(t0)
                call open
                li   a0, 1
                la   a1, other
                mv   a2, gp
                sbi  HSM, 0
                bnez a0, bad
        1:      ld   t0, 0(gp)
                beqz t0, 1b
                li   s6, ROUNDS
                li   s7, 7
        each:   li   t0, 0xd002000          # setipnum_le
                li   t1, 20
                sw   t1, 0(t0)
                call await
                addi s6, s6, -1
                bnez s6, each
                csrr a0, stopei
                bnez a0, bad
                li   a0, ROUNDS
                j    done
        other:  mv   gp, a1
                call open
                li   t0, 1
                sd   t0, 0(gp)
                li   s7, 9
        2:      call await
                li   t0, 0x28000000         # seteipnum_le of hart 0
                li   t1, 7
                sw   t1, 0(t0)
                j    2b
        # ---- its file: delivers, all are enabled; SEIE, and sstatus.SIE stays off
        open:   li   t0, 0x70
                csrw siselect, t0
                csrwi sireg, 1
                li   t0, 0xc0
                csrw siselect, t0
                li   t0, -1
                csrw sireg, t0
                li   t0, 0x200
                csrw sie, t0
                ret
        # ---- waits for identity s7
        await:  wfi
                csrrw a0, stopei, zero
                beqz a0, await
                srli t0, a0, 16
                bne  t0, s7, bad
                ret
        """;

    @TempDir
    Path folder;
    private InFramework framework;

    @BeforeEach
    void start() throws Exception {
        framework = new InFramework(folder.resolve("felix"));
    }

    @AfterEach
    void stop() throws Exception {
        framework.close();
    }

    private Machine machine(int rounds) throws Exception {
        MachineSpec spec = BareGuest.spec(folder, "messages", PROGRAM.formatted(rounds)).withVcpus(2).withSetting("aia", "aplic-imsic");
        return framework.hypervisor().create(spec);
    }

    @Test
    void noMessageIsLostWhileControllersAndEngineAreReplaced() throws Exception {
        int rounds = 100_000;
        for (String bundle : List.of("hv.devices", "hv.engine.riscv")) {
            framework.installCopy(bundle, "0.1.1");
        }
        Machine m = machine(rounds);
        m.start();
        int replaced = 0;
        try {
            for (; replaced < 120; replaced++) {
                String version = replaced / 3 % 2 == 0 ? ":0.1.1" : ":0.1.0";
                switch (replaced % 3) {
                    case 0 -> m.replace("imsic-s", "hv.devices" + version);
                    case 1 -> m.replace("aplic0", "hv.devices" + version);
                    default -> m.replace("engine", "hv.engine.riscv" + version);
                }
            }
        } catch (ReplaceException e) {
            // The guest may be done first, on a fast host.
            assertEquals(MachineState.STOPPED, m.state(), e.getMessage());
        }
        assertTrue(replaced >= 3, "the guest was over before each was replaced once");
        assertEquals(rounds, BareGuest.result(m, 120));
        assertEquals(List.of(), framework.hypervisor().health());
        System.out.println(replaced + " replacements of IMSIC, APLIC and engine under " + rounds + " messages each way");
    }

    @Test
    void noMessageIsLostWhenTheMachineIsSavedAndRestored() throws Exception {
        int rounds = 30_000;
        Machine m = machine(rounds);
        m.start();
        for (int k = 0; k < 5; k++) {
            Path file = folder.resolve("saved" + k);
            framework.snapshots().save(m, file, hv.api.Progress.NONE);
            framework.hypervisor().destroy(m.name());
            try (var saved = framework.snapshots().open(file)) {
                m = framework.hypervisor().restore(saved);
            }
        }
        assertEquals(rounds, BareGuest.result(m, 120));
    }

    @Test
    void inStrictModeTheSameMessagesCome() throws Exception {
        MachineSpec spec = BareGuest.spec(folder, "strict", PROGRAM.formatted(500)).withVcpus(2).withSetting("aia", "aplic-imsic").withSetting("strict", "true");
        Machine m = framework.hypervisor().create(spec);
        m.start();
        assertEquals(500, BareGuest.result(m, 60));
    }
}
