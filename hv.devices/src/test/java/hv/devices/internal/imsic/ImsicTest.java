package hv.devices.internal.imsic;

import static hv.api.riscv.spi.InterruptFile.EIDELIVERY;
import static hv.api.riscv.spi.InterruptFile.EIE0;
import static hv.api.riscv.spi.InterruptFile.EIP0;
import static hv.api.riscv.spi.InterruptFile.EITHRESHOLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.part.PartException;
import hv.api.riscv.spi.Imsic;
import hv.api.riscv.spi.InterruptFile;
import hv.api.state.Deadline;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section numbers are those of the RISC-V Advanced Interrupt Architecture 1.0. */
class ImsicTest extends StatefulLaws<Imsic> {
    private static final long ALL = -1L;

    private FakeDeviceContext context;
    private Imsic imsic;
    private InterruptFile file;

    @BeforeEach
    void create() throws PartException {
        context = twoHarts();
        imsic = imsic(context, Map.of());
        file = imsic.file(1);
        imsic.wake();
    }

    private static FakeDeviceContext twoHarts() {
        return new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 2);
    }

    private static Imsic imsic(FakeDeviceContext context, Map<String, String> properties) throws PartException {
        return new ImsicFactory().create(new DeviceSpec("imsic-s", "riscv-imsic", 0x2800_0000, 0x2000, 0, properties), context);
    }

    @Override
    protected Imsic createPart() throws PartException {
        return imsic(twoHarts(), Map.of());
    }

    @Override
    protected void exercise(Imsic part) {
        enable(part.file(0), 5);
        part.file(1).change(EITHRESHOLD, ALL, 77);
        part.message(0x1000, 200);
        part.message(0, 5);
    }

    private static void enable(InterruptFile file, int identity) {
        file.change(EIDELIVERY, ALL, 1);
        file.change(EIE0 + identity / 64 * 2, 0, 1L << identity);
    }

    private boolean interrupted(int hart) {
        return context.vcpuLine(hart, 9).isHigh();
    }

    private static int top(int identity) {
        return identity << 16 | identity;
    }

    /** 3.5. */
    @Test
    void aStoreIntoAHartsPagePendsItsIdentity() {
        imsic.write(0x1000, 4, 63);
        imsic.write(0x1004, 4, 64L << 24);
        assertEquals(1L << 63, file.change(EIP0, 0, 0));
        assertEquals(1, file.change(EIP0 + 2, 0, 0));
        assertEquals(0, imsic.file(0).change(EIP0, 0, 0), "the other hart's file is another");
        assertEquals(0, imsic.read(0x1000, 4));
    }

    /** 3.5: other identities, widths and places are ignored. */
    @Test
    void whatIsNoMessageIsIgnored() {
        for (int identity : new int[] {0, 256, -1, 1 << 24, Integer.MIN_VALUE}) {
            imsic.message(0x1000, identity);
        }
        imsic.write(0x1000, 8, 1);
        imsic.write(0x1000, 2, 1);
        imsic.write(0x1001, 4, 1);
        imsic.write(0x1008, 4, 1);
        imsic.message(0x1ffc, 1);
        imsic.message(0x2000, 1);
        imsic.message(Long.MAX_VALUE & ~3L, 1);
        for (int word = 0; word < 4; word++) {
            assertEquals(0, file.change(EIP0 + 2 * word, 0, 0));
        }
    }

    /** 3.9: the lowest of those that are pending and enabled; delivery does not matter to the register. */
    @Test
    void topIsTheLowestThatIsPendingAndEnabled() {
        imsic.message(0x1000, 7);
        imsic.message(0x1000, 200);
        assertEquals(0, file.top(), "none is enabled");
        file.change(EIE0 + 6, ALL, ALL);
        assertEquals(top(200), file.top());
        file.change(EIE0, ALL, ALL);
        assertEquals(top(7), file.top());
        assertFalse(interrupted(1), "delivery is disabled");
        file.change(EIDELIVERY, ALL, 1);
        assertTrue(interrupted(1));
        assertFalse(interrupted(0));
    }

    /** 3.9. */
    @Test
    void aClaimClearsWhatItTells() {
        enable(file, 7);
        enable(file, 200);
        imsic.message(0x1000, 200);
        imsic.message(0x1000, 7);
        assertEquals(top(7), file.claim());
        assertTrue(interrupted(1));
        assertEquals(top(200), file.claim());
        assertFalse(interrupted(1));
        assertEquals(0, file.claim());
        imsic.message(0x1000, 7);
        assertTrue(interrupted(1));
    }

    /** 3.8.2: identities of the threshold and above do not count; 0 is none. */
    @Test
    void theThresholdHidesIdentitiesFromItOn() {
        enable(file, 7);
        imsic.message(0x1000, 7);
        file.change(EITHRESHOLD, ALL, 7);
        assertEquals(0, file.top());
        assertFalse(interrupted(1));
        file.change(EITHRESHOLD, ALL, 8);
        assertEquals(top(7), file.top());
        assertTrue(interrupted(1));
        assertEquals(8, file.change(EITHRESHOLD, ALL, 0x1ff));
        assertEquals(0xff, file.change(EITHRESHOLD, 0, 0));
    }

    /** 3.8.1: 0 and 1 alone. */
    @Test
    void deliveryHoldsWhatIsLegal() {
        file.change(EIDELIVERY, ALL, 1);
        file.change(EIDELIVERY, ALL, 0x4000_0000);
        assertEquals(1, file.change(EIDELIVERY, ALL, 0));
        assertEquals(0, file.change(EIDELIVERY, 0, 2));
        assertEquals(0, file.change(EIDELIVERY, 0, 0));
    }

    /** 3.8.3 and 3.8.4: identity 0 and those above 255 are read-only zeros; 3.6: so are reserved registers. */
    @Test
    void bitsOfNoIdentityAreZero() {
        for (int register = 0x70; register <= 0xff; register += register < EIP0 ? 1 : 2) {
            file.change(register, ALL, ALL);
            long expected = register == EITHRESHOLD ? 0xff
                    : register == EIP0 || register == EIE0 ? ~1L : (register & 0x3f) < 8 && register > EIP0 ? ALL : 0;
            assertEquals(expected, file.change(register, 0, 0), Integer.toHexString(register));
        }
        assertEquals(~1L, file.change(EIP0, 2, 0), "a change tells what was before");
        assertEquals(~3L, file.change(EIP0, 0, 0));
    }

    @Test
    void machineLevelFilesDriveTheMachineExternalLine() throws PartException {
        Imsic machine = imsic(context, Map.of("machine-level", "true"));
        machine.wake();
        assertTrue(machine.isMachineLevel());
        enable(machine.file(0), 1);
        machine.message(0, 1);
        assertTrue(context.vcpuLine(0, 11).isHigh());
        assertFalse(context.vcpuLine(0, 9).isHigh());
    }

    @Test
    void aSuccessorDeliversWhatWasPendingAndWhatCameMeanwhile() throws Exception {
        enable(file, 9);
        enable(file, 10);
        imsic.message(0x1000, 10);
        imsic.sleep(Deadline.afterMillis(100));
        imsic.message(0x1000, 9);
        Imsic next = imsic(context, Map.of());
        StateImage.of(imsic).into(next);
        next.wake();
        assertTrue(interrupted(1));
        assertEquals(top(9), next.file(1).claim());
        assertEquals(top(10), next.file(1).claim());
        assertFalse(interrupted(1));
    }

    @Test
    void statesOfNoSuchImsicAreRefused() throws Exception {
        assertThrows(StateException.class, () -> StateImage.of(imsic(new FakeDeviceContext(), Map.of())).into(createPart()), "of one hart");
        assertTrue(assertThrows(PartException.class, () -> imsic(new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 3), Map.of())).getMessage()
                .contains("needs a region of 12288 bytes"));
    }

    /** Messages come from several threads while the hart claims: each that was sent after the last claim of its identity is claimed. */
    @Test
    void noMessageIsLostWhileTheHartClaims() throws InterruptedException {
        int threads = 3;
        int each = 60_000;
        for (int word = 0; word < 4; word++) {
            file.change(EIE0 + 2 * word, ALL, ALL);
        }
        file.change(EIDELIVERY, ALL, 1);
        AtomicIntegerArray sent = new AtomicIntegerArray(PendingFile.IDENTITIES);
        int[] seen = new int[PendingFile.IDENTITIES];
        Thread[] senders = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int first = t;
            senders[t] = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    int identity = 1 + (first * 31 + n * 7) % 255;
                    sent.incrementAndGet(identity);
                    imsic.message(0x1000, identity);
                }
            });
        }
        boolean over = false;
        for (;;) {
            boolean last = over;
            over = true;
            for (Thread t : senders) {
                over &= !t.isAlive();
            }
            int claimed = file.claim() >>> 16;
            if (claimed != 0) {
                // What was counted before its message was claimed with it.
                seen[claimed] = sent.get(claimed);
            } else if (last) {
                break;
            }
        }
        for (int identity = 1; identity < PendingFile.IDENTITIES; identity++) {
            assertEquals(sent.get(identity), seen[identity], "identity " + identity + " was sent after its last claim");
        }
        assertFalse(interrupted(1));
    }
}
