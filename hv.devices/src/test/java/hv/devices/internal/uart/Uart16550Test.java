package hv.devices.internal.uart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.DeviceSpec;
import hv.api.device.spi.Device;
import hv.api.state.Deadline;
import hv.api.state.StateImage;
import hv.testkit.StatefulLaws;
import hv.testkit.fake.FakeChannel;
import hv.testkit.fake.FakeDeviceContext;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Uart16550Test extends StatefulLaws<Device> {
    private static final int DATA = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private FakeDeviceContext context;
    private FakeChannel channel;
    private Device uart;

    @BeforeEach
    void create() {
        context = new FakeDeviceContext();
        channel = context.channel("serial");
        uart = uart(context);
        uart.wake();
        context.runPosted();
    }

    private static Device uart(FakeDeviceContext context) {
        return new Uart16550Factory().create(new DeviceSpec("uart0", "uart16550", 0x1000_0000, 0x100, 10, Map.of()), context);
    }

    @Override
    protected Device createPart() {
        return uart(new FakeDeviceContext());
    }

    @Override
    protected void exercise(Device part) {
        part.write(LCR, 1, 0x83);
        part.write(DATA, 1, 1);
        part.write(LCR, 1, 3);
        part.write(FCR, 1, 0x81);
        part.write(IER, 1, 7);
        part.write(MCR, 1, 0x1b);
        part.write(DATA, 1, 'x'); // looped back
        part.write(SCR, 1, 0x5a);
    }

    private int read(int register) {
        return (int) uart.read(register, 1);
    }

    private void write(int register, int value) {
        uart.write(register, 1, value);
    }

    @Test
    void outputGoesOut() {
        for (char c : "hello".toCharArray()) {
            assertTrue((read(LSR) & 0x20) != 0);
            write(DATA, c);
        }
        assertEquals("hello", channel.output());
    }

    @Test
    void nothingIsLostWhenTheWorldTakesNothing() {
        channel.setRoom(0);
        write(FCR, 1);
        StringBuilder sent = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            if ((read(LSR) & 0x60) == 0x60) {
                for (int k = 0; k < 16; k++) {
                    char c = (char) ('a' + random.nextInt(26));
                    write(DATA, c);
                    sent.append(c);
                }
            }
            if (random.nextInt(3) == 0) {
                channel.setRoom(random.nextInt(10));
                context.runPosted();
            }
        }
        channel.setRoom(100);
        context.runPosted();
        assertEquals(sent.toString(), channel.output());
        assertTrue(sent.length() > 1000);
    }

    @Test
    void theTransmitterInterruptsWhenThereIsRoomAgain() {
        write(IER, 2);
        assertTrue(context.line().isHigh());
        assertEquals(2, read(IIR) & 0x0f);
        assertFalse(context.line().isHigh(), "reading IIR takes the transmitter's interrupt");
        channel.setRoom(0);
        write(DATA, 'x');
        assertFalse(context.line().isHigh());
        channel.setRoom(1);
        context.runPosted();
        assertTrue(context.line().isHigh());
        assertEquals("x", channel.output());
    }

    @Test
    void inputArrivesWholeWhateverItsLength() {
        write(FCR, 0x81);
        write(IER, 1);
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            typed.append((char) ('0' + i % 75));
        }
        channel.type(typed.toString());
        StringBuilder got = new StringBuilder();
        for (int i = 0; i < 2000 && got.length() < typed.length(); i++) {
            context.runPosted();
            assertTrue(context.line().isHigh());
            while ((read(LSR) & 1) != 0) {
                got.append((char) read(DATA));
            }
            context.runPosted();
        }
        assertEquals(typed.toString(), got.toString());
        assertFalse(context.line().isHigh());
        assertEquals(1, read(IIR) & 0x0f);
    }

    @Test
    void fewBytesTimeOutAndManyTrigger() {
        write(FCR, 0x81); // trigger at 8
        write(IER, 1);
        channel.type("abc");
        context.runPosted();
        assertEquals(0xcc, read(IIR));
        channel.type("defgh");
        context.runPosted();
        assertEquals(0xc4, read(IIR));
    }

    @Test
    void withoutFifosOneByteIsHeld() {
        channel.type("ab");
        context.runPosted();
        assertEquals(1, channel.pendingInput());
        assertEquals('a', read(DATA));
        context.runPosted();
        assertEquals('b', read(DATA));
        assertEquals(0, read(LSR) & 1);
    }

    @Test
    void theDivisorHidesBehindDlab() {
        write(LCR, 0x80);
        write(DATA, 0x34);
        write(IER, 0x12);
        assertEquals(0x34, read(DATA));
        assertEquals(0x12, read(IER));
        write(LCR, 0x03);
        assertEquals(0, read(IER));
        assertEquals("", channel.output());
    }

    @Test
    void loopbackReturnsBytesAndModemLines() {
        write(MCR, 0x10 | 0x0f);
        assertEquals(0xf0, read(MSR));
        write(DATA, 'q');
        assertEquals('q', read(DATA));
        assertEquals("", channel.output());
        write(MCR, 0x10);
        assertEquals(0, read(MSR));
        write(MCR, 0);
        assertEquals(0xb0, read(MSR));
    }

    @Test
    void anOverrunInLoopbackIsALineError() {
        write(MCR, 0x10);
        write(IER, 4);
        write(DATA, 1);
        write(DATA, 2);
        assertTrue(context.line().isHigh());
        assertEquals(6, read(IIR) & 0x0f);
        assertEquals(2, read(LSR) & 2);
        assertEquals(0, read(LSR) & 2);
        assertFalse(context.line().isHigh());
    }

    @Test
    void scratchKeepsAndHighRegistersAreEmpty() {
        write(SCR, 0xa5);
        assertEquals(0xa5, read(SCR));
        uart.write(8, 1, 0xff);
        assertEquals(0, uart.read(8, 1));
        assertEquals(0, uart.read(0xfc, 4));
    }

    @Test
    void aSuccessorGoesOnWithoutLossWhileOutputIsBlocked() throws Exception {
        channel.setRoom(0);
        write(FCR, 1);
        write(IER, 3);
        for (char c : "pending".toCharArray()) {
            write(DATA, c);
        }
        channel.type("in");
        context.runPosted();
        assertTrue(context.line().isHigh());
        uart.sleep(Deadline.afterMillis(100));
        Device next = uart(context);
        StateImage.of(uart).into(next);
        next.wake();
        uart.close();
        assertTrue(context.line().isHigh(), "the old part's close must not lower its successor's line");
        channel.setRoom(100);
        context.runPosted();
        assertEquals("pending", channel.output());
        assertEquals('i', next.read(DATA, 1));
        assertEquals('n', next.read(DATA, 1));
    }

    @Test
    void closedWhileRunningItLowersItsLine() {
        write(IER, 2);
        assertTrue(context.line().isHigh());
        uart.close();
        assertFalse(context.line().isHigh());
        assertFalse(channel.hasListener());
    }

    @Test
    void aRegisterAccessAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        write(MCR, 0x10); // looped back: the fake channel may allocate
        poke(20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        poke(20_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 20_000, bytes + " bytes for 160000 accesses");
    }

    private void poke(int times) {
        for (int i = 0; i < times; i++) {
            write(DATA, i);
            read(LSR);
            read(IIR);
            write(IER, i & 15);
            read(MSR);
            write(SCR, i);
            read(SCR);
            write(FCR, i & 1);
        }
    }
}
