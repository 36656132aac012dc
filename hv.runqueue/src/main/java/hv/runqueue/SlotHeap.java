package hv.runqueue;

import java.util.Arrays;

/** Slots by order, the least first; of equal ones that of the lower tie. A binary heap that knows where each slot is, so that leaving from the middle costs a logarithm too. */
public final class SlotHeap {
    private int[] heap = new int[16];
    private int size;
    /** By slot: place in the heap + 1, 0 if not in it. */
    private int[] place = new int[16];
    private long[] order = new long[16];
    private int[] tie = new int[16];

    public int size() {
        return size;
    }

    /** The slot of the least order, or -1. */
    public int first() {
        return size == 0 ? -1 : heap[0];
    }

    /** @param i 0 .. size-1; 0 is the first, the others are in no order */
    public int at(int i) {
        return heap[i];
    }

    /** The least order of all but the first; Long.MAX_VALUE if there is none. */
    public long secondOrder() {
        long least = Long.MAX_VALUE;
        for (int i = 1; i < size && i < 3; i++) {
            least = Math.min(least, order[heap[i]]);
        }
        return least;
    }

    public boolean contains(int slot) {
        return slot < place.length && place[slot] != 0;
    }

    /** Of one that is in it. */
    public long order(int slot) {
        return order[slot];
    }

    /** @param slot that is not in it */
    public void add(int slot, long itsOrder, int itsTie) {
        if (slot >= place.length) {
            int n = Math.max(slot + 1, 2 * place.length);
            heap = Arrays.copyOf(heap, n);
            place = Arrays.copyOf(place, n);
            order = Arrays.copyOf(order, n);
            tie = Arrays.copyOf(tie, n);
        }
        order[slot] = itsOrder;
        tie[slot] = itsTie;
        heap[size] = slot;
        place[slot] = ++size;
        up(size - 1);
    }

    /** Nothing happens if it is not in it. */
    public void remove(int slot) {
        if (!contains(slot)) {
            return;
        }
        int hole = place[slot] - 1;
        place[slot] = 0;
        int last = heap[--size];
        if (hole == size) {
            return;
        }
        heap[hole] = last;
        place[last] = hole + 1;
        up(hole);
        down(place[last] - 1);
    }

    public void clear() {
        for (int i = 0; i < size; i++) {
            place[heap[i]] = 0;
        }
        size = 0;
    }

    private boolean before(int a, int b) {
        return order[a] < order[b] || order[a] == order[b] && tie[a] < tie[b];
    }

    private void up(int from) {
        int i = from;
        int slot = heap[i];
        while (i > 0) {
            int parent = i - 1 >>> 1;
            if (!before(slot, heap[parent])) {
                break;
            }
            heap[i] = heap[parent];
            place[heap[i]] = i + 1;
            i = parent;
        }
        heap[i] = slot;
        place[slot] = i + 1;
    }

    private void down(int from) {
        int i = from;
        int slot = heap[i];
        for (;;) {
            int child = 2 * i + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], slot)) {
                break;
            }
            heap[i] = heap[child];
            place[heap[i]] = i + 1;
            i = child;
        }
        heap[i] = slot;
        place[slot] = i + 1;
    }
}
