package hv.runqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlotHeapTest {
    @Test
    void theFirstIsThatOfASortedMap() {
        SlotHeap heap = new SlotHeap();
        // Order and slot as one number, so that the map sorts ties by slot as the heap does.
        TreeMap<Long, Integer> map = new TreeMap<>();
        long[] of = new long[50];
        Random random = new Random(12);
        for (int i = 0; i < 100_000; i++) {
            int slot = random.nextInt(of.length);
            if (heap.contains(slot)) {
                heap.remove(slot);
                map.remove(of[slot]);
            } else {
                long order = random.nextInt(40) - 20;
                of[slot] = order * 1_000 + slot;
                heap.add(slot, order, slot);
                map.put(of[slot], slot);
            }
            assertEquals(map.size(), heap.size());
            assertEquals(map.isEmpty() ? -1 : map.firstEntry().getValue(), heap.first());
        }
    }
}
