package hv.testkit.engine;

import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamView;
import hv.api.vcpu.ExitView;
import java.util.Map;

/**
 * An ISA's side of the laws of engines: what they ask guests to do, in that ISA's machine code. Stateless.
 * <pre>
 * CODE        where a program is loaded, and begins; up to 64 KiB, its handlers and constants included
 * SUBROUTINE  in another page than CODE, for {@link #returns}
 * DATA        doublewords that programs leave their results in
 * PAGES       16 pages for {@link #touches}
 * DEVICE      a page that is not RAM: a load or store of 8 bytes leaves the guest
 * FINISH      in it: a store there is the last that a program with an end does
 * </pre>
 * Programs run with all privileges of an operating system's kernel, interrupts disabled, addresses not translated (or one to one).
 */
public interface GuestCode {
    long RAM_BASE = 0x8000_0000L;
    int RAM_BYTES = 64 << 12;
    long CODE = RAM_BASE;
    long SUBROUTINE = RAM_BASE + 0xf000;
    long DATA = RAM_BASE + 0x1_0000;
    long PAGES = RAM_BASE + 0x2_0000;
    long DEVICE = 0x1000_0000L;
    long FINISH = DEVICE + 0xff8;

    /** Lets a core that was just created or reset begin at {@link #CODE}. */
    void begin(VcpuCore core);

    /** Registers that are compared in lock step: name and number of {@link hv.api.vcpu.Registers}, the program counter first. */
    Map<String, Integer> registers();

    /** The instruction that the core would execute next as text; "" if it cannot be told. */
    String disassemble(VcpuCore core, RamView ram);

    /** Does what the interpreter does with an instruction that the engine left to it. */
    void execute(VcpuCore core, ExitView.Privileged exit);

    /** A line of {@link VcpuCore#setInterrupt} that {@link #takesInterrupts} takes. */
    int interruptLine();

    /** Endless: adds one to DATA each round. No privileged instruction in the loop. */
    byte[] counts();

    /**
     * {@code rounds} times: reads DEVICE, appends what it read to a table at DATA, writes that plus one to DEVICE + 8. Then finishes.
     *
     * @param rounds 1 .. 1000
     */
    byte[] asksDevice(int rounds);

    /**
     * As {@link #counts}; an interrupt's handler adds one to DATA + 8, reads DEVICE, and returns with the next
     * instruction. {@code enabled}: the guest takes interrupts.
     */
    byte[] takesInterrupts(boolean enabled);

    /** Waits for an interrupt with the line enabled, but taking none; then finishes. */
    byte[] waits();

    /**
     * In round k of {@code rounds}, from 1: changes an instruction of its own so that it yields k, does the ISA's fence, executes it, and
     * stores what it yields at DATA + 8 k. Then finishes.
     *
     * @param rounds 1 .. 1000
     */
    byte[] patchesItself(int rounds);

    /** Endless: the ISA's fence of code if {@code fences}, a call of SUBROUTINE, what it returned to DATA, one more to DATA + 8. */
    byte[] calls(boolean fences);

    /** For SUBROUTINE: returns {@code value}, 0 .. 1000. */
    byte[] returns(int value);

    /** Endless: a doubleword from DATA + 64 to DATA, one more to DATA + 8. */
    byte[] copies();

    /**
     * Endless: one more to DATA; that to the first doubleword of each of the first {@code pages} pages of PAGES; a read of DEVICE.
     *
     * @param pages 1 .. 16
     */
    byte[] touches(int pages);

    /** Begins with an instruction that traps into a handler that traps, and so on: no progress for ever. */
    byte[] trapsForEver();

    /**
     * A program of random instructions of all kinds, traps and all, which finishes or not; the same for the same seed. It may read DEVICE and call the firmware.
     *
     * @param keepsReservations whether it may hold what a save may lose by the ISA's rules (RISC-V: the reservation of LR)
     */
    byte[] random(long seed, boolean keepsReservations);
}
