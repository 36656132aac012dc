package hv.devices.internal.aclint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeDeviceContext;
import hv.testkit.fake.FakeGuestMemory;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AclintTest extends StatefulLaws<Device> {
    private FakeDeviceContext context;
    private Device aclint;

    @BeforeEach
    void create() {
        context = twoHarts();
        aclint = aclint(context);
        aclint.wake();
    }

    private static FakeDeviceContext twoHarts() {
        return new FakeDeviceContext(new FakeGuestMemory(0x8000_0000L, 4096), 2);
    }

    private static Device aclint(FakeDeviceContext context) {
        return aclint(context, Map.of());
    }

    private static Device aclint(FakeDeviceContext context, Map<String, String> properties) {
        return new AclintFactory().create(new DeviceSpec("aclint0", "riscv-aclint", 0x200_0000, 0x1_0000, 0, properties), context);
    }

    private Device withMachineMode() {
        context = twoHarts();
        Device device = aclint(context, Map.of("machine-mode", "true"));
        device.wake();
        return device;
    }

    private boolean software(int hart) {
        return context.vcpuLine(hart, 3).isHigh();
    }

    private boolean timer(int hart) {
        return context.vcpuLine(hart, 7).isHigh();
    }

    private void advance(long nanos) {
        context.advance(nanos);
        context.runPosted();
    }

    @Override
    protected Device createPart() {
        return aclint(twoHarts());
    }

    @Override
    protected void exercise(Device part) {
        part.write(4, 4, 1);
        part.write(0x4000, 8, 0x1234_5678_9abc_def0L);
    }

    @Test
    void mtimeIsGuestTimeInTicksAndReadOnly() {
        context.advance(3_600_000_000_000L * 1000 + 199);
        long ticks = 3600L * 1000 * 10_000_000 + 1;
        assertEquals(ticks, aclint.read(0xbff8, 8));
        assertEquals(ticks & 0xffff_ffffL, aclint.read(0xbff8, 4));
        assertEquals(ticks >>> 32, aclint.read(0xbffc, 4));
        aclint.write(0xbff8, 8, 0);
        assertEquals(ticks, aclint.read(0xbff8, 8));
    }

    @Test
    void registersKeepWhatIsWrittenAndInterruptNobody() {
        aclint.write(4, 4, -1);
        assertEquals(1, aclint.read(4, 4));
        assertEquals(0, aclint.read(0, 4));
        aclint.write(0x4008, 4, 7);
        aclint.write(0x400c, 4, 0);
        assertEquals(7, aclint.read(0x4008, 8));
        context.advance(1_000_000_000);
        context.runPosted();
        assertFalse(context.vcpuLine(1, 3).isHigh());
        assertFalse(context.vcpuLine(1, 7).isHigh());
    }

    @Test
    void withMachineModeMsipIsALine() {
        Device device = withMachineMode();
        device.write(4, 4, -1);
        assertTrue(software(1) && !software(0));
        device.write(4, 4, 2);
        assertFalse(software(1), "bit 0 alone counts");
        device.write(0, 4, 1);
        device.reset();
        assertFalse(software(0));
    }

    @Test
    void theTimerLineIsHighWhileMtimeHasReachedMtimecmp() {
        Device device = withMachineMode();
        device.write(0x4008, 8, 100);
        assertFalse(timer(1));
        advance(9_999);
        assertFalse(timer(1));
        advance(1);
        assertTrue(timer(1) && !timer(0), "100 ticks of 100 ns");
        device.write(0x4008, 8, 150);
        assertFalse(timer(1), "it falls with the write");
        advance(5_000);
        assertTrue(timer(1));
        device.write(0x4008, 4, -1);
        device.write(0x400c, 4, -1);
        assertFalse(timer(1));
        device.write(0x400c, 4, 0);
        device.write(0x4008, 4, 0);
        assertTrue(timer(1), "one in the past is due at once");
        device.write(0x4008, 8, Long.MAX_VALUE);
        advance(1_000_000_000_000L);
        assertFalse(timer(1));
    }

    @Test
    void sleepingItIsSilentAndItsSuccessorTakesOver() throws Exception {
        Device device = withMachineMode();
        device.write(0x4000, 8, 100);
        device.write(4, 4, 1);
        device.sleep(Deadline.afterMillis(100));
        advance(20_000);
        assertFalse(timer(0), "asleep: nothing changes by itself");
        Device successor = aclint(context, Map.of("machine-mode", "true"));
        StateImage.of(device).into(successor);
        successor.wake();
        assertTrue(timer(0) && software(1));
        successor.close();
        assertFalse(timer(0) || software(1), "closed, it lowers its lines");
    }

    @Test
    void hartsThatDoNotExistHaveNoRegisters() {
        aclint.write(8, 4, 1);
        assertEquals(0, aclint.read(8, 4));
        aclint.write(0x4010, 8, 5);
        assertEquals(0, aclint.read(0x4010, 8));
        assertEquals(0, aclint.read(0xfff8, 8));
        assertEquals(0, aclint.read(0x4001, 4));
        assertEquals(0, aclint.read(0x4000, 1));
    }
}
