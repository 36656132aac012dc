package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;

import hv.api.engine.spi.EngineInterrupts;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import hv.host.ControlFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What KVM has for a machine as a whole: two 8259s, an I/O APIC with 24 pins, an 8254, and the clock that guests read by kvmclock. States are the kernel's
 * structures. Lines and messages on any thread.
 */
final class KvmChips implements Stateful, EngineInterrupts {
    private static final StateTag TAG = new StateTag("x86-chips", 1);
    private static final int LINES = 24;
    /** Of the 8259s, the second one too, and the I/O APIC. */
    private static final int[] CHIPS = {0, 1, 2};
    private static final int CHIP_STATE = 8;
    private static final long LOW = 0xffff_ffffL;

    private final ControlFile vm;
    private final MemorySegment line;
    private final MemorySegment message;
    private final byte[][] chipsAtReset;
    private final byte[] pitAtReset;
    /** Restored, and set when it wakes; negative for none. */
    private long clockToSet = -1;

    KvmChips(ControlFile vm, Arena arena) {
        this.vm = vm;
        line = arena.allocate(Long.BYTES, Long.BYTES);
        message = arena.allocate(KvmAbi.MSI_BYTES, Long.BYTES);
        KvmError.check("make interrupt controllers", vm.ioctl(KvmAbi.CREATE_IRQCHIP, 0));
        KvmError.check("make a PIT", vm.ioctl(KvmAbi.CREATE_PIT2, arena.allocate(KvmAbi.PIT_CONFIG_BYTES, Long.BYTES)));
        chipsAtReset = chips();
        pitAtReset = pit();
    }

    @Override
    public int lines() {
        return LINES;
    }

    @Override
    public void input(int irq, boolean high) {
        if (irq < 0 || irq >= LINES) {
            return;
        }
        synchronized (line) {
            line.set(U32, 0, irq);
            line.set(U32, 4, high ? 1 : 0);
            KvmError.check("set an interrupt line", vm.ioctl(KvmAbi.IRQ_LINE, line));
        }
    }

    /** A message that no local APIC takes is lost, as on hardware. */
    @Override
    public void message(long gpa, int data) {
        synchronized (message) {
            message.set(U32, 0, (int) (gpa & LOW));
            message.set(U32, 4, (int) (gpa >>> Integer.SIZE));
            message.set(U32, 8, data);
            vm.ioctl(KvmAbi.SIGNAL_MSI, message);
        }
    }

    private byte[][] chips() {
        byte[][] out = new byte[CHIPS.length][];
        try (Arena call = Arena.ofConfined()) {
            MemorySegment chip = call.allocate(KvmAbi.IRQCHIP_BYTES, Long.BYTES);
            for (int i = 0; i < CHIPS.length; i++) {
                chip.fill((byte) 0);
                chip.set(U32, 0, CHIPS[i]);
                KvmError.check("tell an interrupt controller's state", vm.ioctl(KvmAbi.GET_IRQCHIP, chip));
                out[i] = chip.asSlice(CHIP_STATE).toArray(ValueLayout.JAVA_BYTE);
            }
        }
        return out;
    }

    private int putChip(int chip, byte[] state) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment s = call.allocate(KvmAbi.IRQCHIP_BYTES, Long.BYTES);
            s.set(U32, 0, chip);
            MemorySegment.copy(state, 0, s, ValueLayout.JAVA_BYTE, CHIP_STATE, state.length);
            return vm.ioctl(KvmAbi.SET_IRQCHIP, s);
        }
    }

    private byte[] pit() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment pit = call.allocate(KvmAbi.PIT_BYTES, Long.BYTES);
            KvmError.check("tell the PIT's state", vm.ioctl(KvmAbi.GET_PIT2, pit));
            return pit.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private int putPit(byte[] state) {
        try (Arena call = Arena.ofConfined()) {
            return vm.ioctl(KvmAbi.SET_PIT2, call.allocateFrom(ValueLayout.JAVA_BYTE, state));
        }
    }

    private void put(byte[][] chips, byte[] pit) throws StateException {
        for (int i = 0; i < chips.length; i++) {
            int result = putChip(CHIPS[i], chips[i]);
            if (result < 0) {
                throw new StateException("the interrupt controllers' state is refused by this host's KVM, errno " + -result);
            }
        }
        int result = putPit(pit);
        if (result < 0) {
            throw new StateException("the PIT's state is refused by this host's KVM, errno " + -result);
        }
    }

    void reset() {
        try {
            put(chipsAtReset, pitAtReset);
        } catch (StateException e) {
            throw new KvmError("reset its chips: " + e.getMessage(), -KvmAbi.EINVAL);
        }
    }

    @Override
    public PartId id() {
        return new PartId("chips", TAG);
    }

    @Override
    public void sleep(Deadline by) {
        // With the vCPUs asleep nothing but its clock changes.
    }

    @Override
    public void save(StateWriter out) {
        out.section("chips");
        for (byte[] chip : chips()) {
            out.putBytes(chip);
        }
        out.section("pit").putBytes(pit());
        out.section("clock").putLong(clockToSet >= 0 ? clockToSet : clock());
    }

    private long clock() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment clock = call.allocate(KvmAbi.CLOCK_BYTES, Long.BYTES);
            KvmError.check("tell the guest's clock", vm.ioctl(KvmAbi.GET_CLOCK, clock));
            return clock.get(U64, 0);
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("chips");
        byte[][] chips = new byte[CHIPS.length][];
        for (int i = 0; i < chips.length; i++) {
            chips[i] = in.getBytes(KvmAbi.IRQCHIP_BYTES - CHIP_STATE);
        }
        in.section("pit");
        byte[] pit = in.getBytes(KvmAbi.PIT_BYTES);
        in.section("clock");
        long clock = in.getLong();
        in.end();
        for (byte[] chip : chips) {
            if (chip.length != KvmAbi.IRQCHIP_BYTES - CHIP_STATE) {
                throw new StateException("an interrupt controller's state has " + chip.length + " bytes");
            }
        }
        if (pit.length != KvmAbi.PIT_BYTES || clock < 0) {
            throw new StateException("the PIT's state has " + pit.length + " bytes, the clock is at " + clock);
        }
        byte[][] chipsBefore = chips();
        byte[] pitBefore = pit();
        try {
            put(chips, pit);
        } catch (StateException e) {
            put(chipsBefore, pitBefore);
            throw e;
        }
        clockToSet = clock;
    }

    @Override
    public void wake() {
        if (clockToSet < 0) {
            return;
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment clock = call.allocate(KvmAbi.CLOCK_BYTES, Long.BYTES);
            clock.set(U64, 0, clockToSet);
            clockToSet = -1;
            KvmError.check("set the guest's clock", vm.ioctl(KvmAbi.SET_CLOCK, clock));
        }
    }
}
