package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.state.StateImage;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Chapter 16 of the SBI. */
class StealTimeTest extends SbiCase {
    private static final long AT = RAM + 0x1040;

    private int sequence() {
        return guest.ram().bytes().get(ValueLayout.JAVA_INT_UNALIGNED, AT - RAM);
    }

    private long steal() {
        return guest.ram().bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, AT - RAM + 8);
    }

    private void stolen(long nanos) {
        vcpu.steal(nanos);
        interpreter.turnBegins(vcpu);
    }

    @Test
    void aHartIsToldWhatWasStolenFromThenOn() {
        vcpu.steal(9_000_000);
        putLong(AT, -1);
        putLong(AT + 56, -1);
        assertEquals(0, call(Sbi.EXT_STA, 0, AT, 0, 0));
        assertEquals(0, guest.ram().bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, AT - RAM + 56), "it was zeroed");
        interpreter.turnBegins(vcpu);
        assertEquals(0, steal());
        stolen(3_000_000);
        assertEquals(3_000_000, steal());
        assertEquals(2, sequence());
        stolen(60_000);
        assertEquals(3_000_000, steal(), "little by little is told together");
        stolen(60_000);
        assertEquals(3_120_000, steal());
        assertEquals(4, sequence());
        assertEquals(0, call(Sbi.EXT_STA, 0, -1, -1, 0));
        stolen(5_000_000);
        assertEquals(3_120_000, steal());
    }

    @Test
    void wrongPlacesAreRefused() {
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_STA, 0, AT + 8, 0, 0));
        assertEquals(Sbi.ERR_INVALID_PARAM, call(Sbi.EXT_STA, 0, AT, 0, 1));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_STA, 0, AT, 1, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_STA, 0, 0x1000, 0, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_STA, 0, Long.MIN_VALUE, 0, 0));
        assertEquals(Sbi.ERR_INVALID_ADDRESS, call(Sbi.EXT_STA, 0, -64, 0, 0));
        stolen(5_000_000);
        assertEquals(0, steal());
    }

    @Test
    void aSuccessorGoesOnFromThere() throws Exception {
        call(Sbi.EXT_STA, 0, AT, 0, 0);
        stolen(3_000_000);
        RiscvSbi successor = new RiscvSbi();
        StateImage.of(interpreter).into(successor);
        vcpu.steal(1_000_000);
        successor.turnBegins(vcpu);
        assertEquals(4_000_000, steal());
        assertEquals(4, sequence());
    }

    @Test
    void aHartThatStoppedIsToldNothing() {
        call(Sbi.EXT_STA, 0, AT, 0, 0);
        call(Sbi.EXT_HSM, 1);
        stolen(5_000_000);
        assertEquals(0, steal());
    }
}
