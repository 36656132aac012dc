package hv.devices.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.devices.internal.VirtioRig;
import hv.testkit.fake.DriverQueue;
import hv.testkit.fake.FakeChannel;
import hv.testkit.fake.MmioDriver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsoleModelTest {
    private VirtioRig rig;
    private FakeChannel channel;

    @BeforeEach
    void start() throws Exception {
        rig = new VirtioRig(new ConsoleModelFactory(), null).start(ConsoleModel.F_SIZE | MmioDriver.EVENT_IDX | MmioDriver.INDIRECT_DESC);
        channel = rig.context.channel("console");
    }

    private void print(String text) {
        rig.queues[1].send(rig.queues[1].out(text.getBytes(StandardCharsets.ISO_8859_1)));
        rig.kick(1);
    }

    @Test
    void whatTheGuestPrintsArrives() {
        print("hello");
        assertEquals("hello", channel.output());
        assertEquals(List.of(new DriverQueue.Used(0, 0)), rig.queues[1].takeUsed());
        assertFalse(rig.context.line().isHigh(), "a driver that polls is not interrupted at once");
        rig.context.advance(2_000_000);
        rig.context.runPosted();
        assertTrue(rig.context.line().isHigh());
        rig.acknowledge();
        assertFalse(rig.context.line().isHigh());
    }

    @Test
    void outputThatIsNotTakenWaitsAndIsNotRepeated() {
        channel.setRoom(3);
        print("hello");
        print(" world");
        assertEquals("hel", channel.output());
        assertEquals(List.of(), rig.queues[1].takeUsed());
        channel.setRoom(100);
        rig.context.runPosted();
        assertEquals("hello world", channel.output());
        assertEquals(2, rig.queues[1].takeUsed().size());
    }

    @Test
    void inputWaitsForABuffer() {
        channel.type("abc");
        rig.context.runPosted();
        assertEquals(3, channel.pendingInput());
        DriverQueue.Buffer buffer = rig.queues[0].in(8);
        int head = rig.queues[0].send(buffer);
        rig.kick(0);
        assertEquals(List.of(new DriverQueue.Used(head, 3)), rig.queues[0].takeUsed());
        assertEquals("abc", new String(rig.queues[0].content(buffer), 0, 3, StandardCharsets.ISO_8859_1));
    }

    @Test
    void aNewSizeIsTold() {
        int generation = (int) rig.driver.read(MmioDriver.CONFIG_GENERATION);
        channel.resize(132, 43);
        rig.context.runPosted();
        assertEquals(2, rig.driver.read(MmioDriver.INTERRUPT_STATUS) & 2);
        assertTrue(rig.driver.read(MmioDriver.CONFIG_GENERATION) != generation);
        assertEquals(132, rig.driver.config(0, 2));
        assertEquals(43, rig.driver.config(2, 2));
        assertEquals(1, rig.driver.config(4, 4));
    }

    @Test
    void aReplacementUnderLoadLosesAndRepeatsNothing() throws Exception {
        Random random = new Random(7);
        StringBuilder printed = new StringBuilder();
        StringBuilder typed = new StringBuilder();
        StringBuilder received = new StringBuilder();
        channel.setRoom(0);
        int outstanding = 0;
        int filling = 0;
        DriverQueue.Buffer[] in = new DriverQueue.Buffer[VirtioRig.QUEUE_SIZE];
        for (int round = 0; round < 2000; round++) {
            if (outstanding < VirtioRig.QUEUE_SIZE) {
                String line = "line " + round + "\n";
                printed.append(line);
                print(line);
                outstanding++;
            }
            if (filling < VirtioRig.QUEUE_SIZE) {
                DriverQueue.Buffer buffer = rig.queues[0].in(1 + random.nextInt(8));
                in[rig.queues[0].send(buffer)] = buffer;
                rig.kick(0);
                filling++;
            }
            if (round % 3 == 0) {
                String text = Integer.toString(round);
                typed.append(text);
                channel.type(text);
            }
            channel.setRoom(random.nextInt(20));
            if (random.nextInt(5) == 0) {
                rig.replaceModel();
            }
            rig.context.runPosted();
            outstanding -= rig.queues[1].takeUsed().size();
            for (DriverQueue.Used used : rig.queues[0].takeUsed()) {
                received.append(new String(rig.queues[0].content(in[used.id()]), 0, (int) used.lenBytes(), StandardCharsets.ISO_8859_1));
                filling--;
            }
        }
        channel.setRoom(Integer.MAX_VALUE);
        rig.context.runPosted();
        assertEquals(printed.toString(), channel.output());
        assertEquals(typed.toString().substring(0, received.length()), received.toString());
        assertTrue(received.length() > 500);
        assertEquals(0, rig.context.memory().openLeases());
    }
}
