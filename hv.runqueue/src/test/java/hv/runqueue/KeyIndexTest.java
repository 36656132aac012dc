package hv.runqueue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyIndexTest {
    @Test
    void itFindsWhatAMapFinds() {
        KeyIndex index = new KeyIndex();
        Map<Integer, Integer> map = new HashMap<>();
        Random random = new Random(4711);
        for (int i = 0; i < 100_000; i++) {
            // Few distinct keys, so that they collide, leave and come back.
            int key = random.nextInt(60) * 0x0101_0101 & Integer.MAX_VALUE;
            if (map.containsKey(key)) {
                assertEquals(map.remove(key), index.slot(key));
                index.remove(index.slot(key));
            } else {
                map.put(key, index.add(key));
            }
            assertEquals(map.size(), index.count());
            int probe = random.nextInt(60) * 0x0101_0101 & Integer.MAX_VALUE;
            assertEquals(map.getOrDefault(probe, -1), index.slot(probe));
        }
        assertArrayEquals(map.keySet().stream().mapToInt(k -> k).sorted().toArray(), index.sortedKeys());
        assertEquals(map.size(), map.values().stream().distinct().count(), "slots are given once");
    }
}
