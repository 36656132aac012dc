package hv.devices.internal.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketTest {
    @Test
    void theSumIsThatOfRfc1071() {
        byte[] example = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertEquals(0xddf2, Packet.sum(example, 0, 8));
        Random random = new Random(1);
        byte[] b = new byte[70_000];
        random.nextBytes(b);
        for (int i = 0; i < 3_000; i++) {
            int from = random.nextInt(100);
            int len = random.nextInt(i % 100 == 0 ? 69_000 : 200);
            int expected = TcpPacket.sum(b, from, len, 0);
            int sum = Packet.sum(b, from, len);
            // 0 and 0xffff are the same number modulo 65535.
            assertEquals(expected % 0xffff, sum % 0xffff, from + "+" + len);
        }
        java.util.Arrays.fill(b, (byte) 0xff);
        assertEquals(0xffff, Packet.sum(b, 0, 70_000), "the largest sum there is");
    }
}
