package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.interpreter.spi.Interpreter;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.api.vcpu.ExitView;
import hv.testkit.StatefulLaws;
import hv.testkit.guest.RecordedGuest;
import hv.testkit.guest.RecordedVcpu;
import hv.testkit.guest.RegisterBus;
import org.junit.jupiter.api.Test;

class RiscvSbiStateTest extends StatefulLaws<Interpreter> {
    @Override
    protected Interpreter createPart() {
        return new RiscvSbiFactory().create();
    }

    /** A counter of IPIs that runs, a snapshot page, and steal time. */
    @Override
    protected void exercise(Interpreter part) {
        RecordedVcpu vcpu = new RecordedGuest(2).vcpu(1);
        call(part, vcpu, Sbi.EXT_PMU, 2, 3, 0xff, 4, 0xf_0006L);
        call(part, vcpu, Sbi.EXT_PMU, 7, RecordedGuest.RAM_BASE_GPA, 0, 0, 0);
        call(part, vcpu, Sbi.EXT_IPI, 0, 1, 0, 0, 0);
        call(part, vcpu, Sbi.EXT_STA, 0, RecordedGuest.RAM_BASE_GPA + 0x1040, 0, 0, 0);
        vcpu.steal(5_000_000);
        part.turnBegins(vcpu);
    }

    private static long call(Interpreter part, RecordedVcpu vcpu, long extension, long function, long... args) {
        ExitView.FirmwareCall call = vcpu.exit().firmwareCall();
        for (int k = 0; k < 6; k++) {
            call.setArg(k, k < args.length ? args[k] : 0);
        }
        call.setArg(6, function);
        call.setArg(7, extension);
        part.interpret(vcpu.exit(), vcpu, new RegisterBus());
        return vcpu.exit().completion().first();
    }

    @Test
    void countersGoOnInASuccessor() throws Exception {
        RecordedGuest guest = new RecordedGuest(2);
        guest.startVcpu(1, RecordedGuest.RAM_BASE_GPA, 0);
        RecordedVcpu vcpu = guest.vcpu(0);
        Interpreter before = createPart();
        assertEquals(0, call(before, vcpu, Sbi.EXT_PMU, 2, 3, 1, 4, 0xf_0006L));
        call(before, vcpu, Sbi.EXT_IPI, 0, 2, 0);
        Interpreter after = createPart();
        StateImage.of(before).into(after);
        call(after, vcpu, Sbi.EXT_IPI, 0, 2, 0);
        assertEquals(0, call(after, vcpu, Sbi.EXT_PMU, 5, 3));
        assertEquals(2, vcpu.exit().completion().second());
    }

    @Test
    void aMachineThatBootsAnewHasForgotten() throws Exception {
        Interpreter part = createPart();
        byte[] fresh = StateImage.of(part).toBytes();
        exercise(part);
        part.reset();
        assertArrayEquals(fresh, StateImage.of(part).toBytes());
    }

    @Test
    void theStateOfAPlatformWithoutCountersIsTaken() throws Exception {
        Interpreter part = createPart();
        image(out -> { }).into(part);
        assertEquals(0, call(part, new RecordedGuest(1).vcpu(0), Sbi.EXT_PMU, 2, 3, 1, 0, 0xf_0006L));
    }

    @Test
    void countersThatNoHartCanHaveAreRefused() throws Exception {
        PmuCounters c = new PmuCounters();
        assertThrows(StateException.class, () -> harts(64, c, -1, 0, 0).into(createPart()), "hart 64");
        c.give(0, PmuEvent.HW_INSTRUCTIONS);
        assertThrows(StateException.class, () -> harts(0, c, -1, 0, 0).into(createPart()), "cycle cannot count instructions");
        c.give(0, PmuCounters.FREE);
        c.give(4, 0xf_0000);
        assertThrows(StateException.class, () -> harts(0, c, -1, 0, 0).into(createPart()), "an event that is not counted");
        c.give(4, PmuCounters.FREE);
        c.snapshotAt(0x8000_0008L);
        assertThrows(StateException.class, () -> harts(0, c, -1, 0, 0).into(createPart()), "a crooked snapshot page");
        c.snapshotAt(PmuCounters.NOWHERE);
        assertThrows(StateException.class, () -> harts(0, c, 0x8000_0001L, 0, 0).into(createPart()), "crooked steal time");
        assertThrows(StateException.class, () -> harts(0, c, -1, 0, 1).into(createPart()), "in the middle of a change");
        assertThrows(StateException.class, () -> harts(0, c, -1, -5, 0).into(createPart()), "time that runs backwards");
        harts(0, c, -1, 0, 0).into(createPart());
    }

    private interface Body {
        void write(StateWriter out);
    }

    private static StateImage harts(int hart, PmuCounters counters, long stealGpa, long seen, int sequence) throws StateException {
        return image(out -> {
            out.section("harts").putInt(1).putInt(hart);
            counters.save(out);
            out.putLong(stealGpa).putLong(seen).putInt(sequence).putLong(0);
        });
    }

    private static StateImage image(Body body) throws StateException {
        return StateImage.of(new hv.api.state.Stateful() {
            @Override
            public hv.api.state.PartId id() {
                return RiscvSbi.ID;
            }

            @Override
            public void sleep(hv.api.state.Deadline by) {
                // Nothing runs in it.
            }

            @Override
            public void save(StateWriter out) {
                out.section("riscv-sbi");
                body.write(out);
            }

            @Override
            public void restore(StateReader in) {
                throw new UnsupportedOperationException("it only writes");
            }

            @Override
            public void wake() {
                // See sleep.
            }
        });
    }
}
