package hv.gdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.gdb.internal.PacketReader.Item;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketReaderTest {
    private final PacketReader reader = new PacketReader();

    private List<Item> items(byte[] bytes) {
        List<Item> out = new ArrayList<>();
        for (byte b : bytes) {
            Item i = reader.accept(b & 0xff);
            if (i != Item.NOTHING) {
                out.add(i);
            }
        }
        return out;
    }

    private List<Item> items(String bytes) {
        return items(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void whatIsFramedIsReadBackWhateverBytesItHas() {
        Random random = new Random(0x6db1);
        for (int round = 0; round < 2000; round++) {
            StringBuilder s = new StringBuilder();
            for (int k = random.nextInt(200); k > 0; k--) {
                s.append(random.nextInt(3) == 0 ? "}#$*\003+-".charAt(random.nextInt(7)) : (char) random.nextInt(256));
            }
            assertEquals(List.of(Item.PACKET), items(Packets.framed(s.toString())));
            assertEquals(s.toString(), reader.payload());
        }
    }

    @Test
    void checksumsAreThoseOfTheManual() {
        assertEquals("$OK#9a", new String(Packets.framed("OK"), StandardCharsets.ISO_8859_1));
        assertEquals("$}\003#80", new String(Packets.framed("#"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void aSpoiltPacketIsToldAndTheNextOneIsRead() {
        assertEquals(List.of(Item.BAD_CHECKSUM, Item.PACKET), items("$g#00$g#67"));
        assertEquals(List.of(Item.BAD_CHECKSUM), items("$g#zz"));
        assertEquals(List.of(Item.BAD_CHECKSUM), items("$}#7d"), "an escape without its byte");
    }

    @Test
    void aPacketThatBeginsInAnotherReplacesIt() {
        assertEquals(List.of(Item.PACKET), items("$m1000$g#67"));
        assertEquals("g", reader.payload());
    }

    @Test
    void acknowledgementsAndInterruptsStandBetweenPackets() {
        assertEquals(List.of(Item.ACK, Item.NAK, Item.INTERRUPT, Item.PACKET, Item.INTERRUPT), items("+-\003$g#67\003"));
    }

    @Test
    void aPacketOfNoBoundIsTold() {
        String most = "x".repeat(PacketReader.MAX_BYTES);
        assertEquals(List.of(Item.PACKET), items(Packets.framed(most)));
        assertEquals(Item.TOO_LONG, items("$" + most + "x").getFirst());
    }

    @Test
    void anotherProtocolIsTold() {
        assertEquals(Item.NO_PROTOCOL, items("GET / HTTP/1.1\r\n").getFirst());
    }

    @Test
    void anyBytesAreSurvived() {
        Random random = new Random(0x6db2);
        String likely = "$#}+-\003gmXvqG0123456789abcdef:;,=";
        int packets = 0;
        for (int k = 0; k < 2_000_000; k++) {
            int b = random.nextInt(4) == 0 ? random.nextInt(256) : likely.charAt(random.nextInt(likely.length()));
            if (reader.accept(b) == Item.PACKET) {
                packets++;
                assertTrue(reader.payload().length() <= PacketReader.MAX_BYTES);
            }
        }
        assertTrue(packets > 10, packets + " were whole by chance");
    }
}
