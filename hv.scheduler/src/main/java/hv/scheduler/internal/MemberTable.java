package hv.scheduler.internal;

import hv.api.scheduler.spi.Share;
import java.util.Arrays;

/**
 * vCPUs by key, and the line of the runnable ones: a hash table with linear probing (key to slot) over parallel arrays with a linked list in them.
 * Nothing is boxed; grows by doubling, never shrinks.
 */
final class MemberTable {
    static final int BLOCKED = 0;
    static final int RUNNABLE = 1;
    static final int RUNNING = 2;
    private static final int NONE = -1;

    private int[] keys = new int[16];
    private Share[] shares = new Share[16];
    private byte[] statuses = new byte[16];
    private int[] next = new int[16];
    private int[] previous = new int[16];
    /** Slots that were given back, as a stack through {@code next}. */
    private int free = NONE;
    private int used;
    private int count;
    private int head = NONE;
    private int tail = NONE;
    /** slot + 1 by hash of key, 0 where empty; a power of two, at most half full. */
    private int[] index = new int[32];

    int count() {
        return count;
    }

    /** @return slot of the key, or -1 */
    int slot(int key) {
        for (int i = home(key);; i = i + 1 & index.length - 1) {
            int s = index[i] - 1;
            if (s < 0 || keys[s] == key) {
                return s;
            }
        }
    }

    private int home(int key) {
        int h = key * 0x9E3779B9;
        return (h ^ h >>> 16) & index.length - 1;
    }

    void add(int key, Share share) {
        int slot;
        if (free != NONE) {
            slot = free;
            free = next[slot];
        } else {
            if (used == keys.length) {
                grow();
            }
            slot = used++;
        }
        keys[slot] = key;
        shares[slot] = share;
        statuses[slot] = BLOCKED;
        next[slot] = NONE;
        previous[slot] = NONE;
        count++;
        enter(key, slot);
    }

    private void enter(int key, int slot) {
        int i = home(key);
        while (index[i] != 0) {
            i = i + 1 & index.length - 1;
        }
        index[i] = slot + 1;
    }

    private void grow() {
        int n = 2 * keys.length;
        keys = Arrays.copyOf(keys, n);
        shares = Arrays.copyOf(shares, n);
        statuses = Arrays.copyOf(statuses, n);
        next = Arrays.copyOf(next, n);
        previous = Arrays.copyOf(previous, n);
        // All slots are in use when this is called, so each enters the new index.
        index = new int[2 * n];
        for (int slot = 0; slot < used; slot++) {
            enter(keys[slot], slot);
        }
    }

    void remove(int slot) {
        if (statuses[slot] == RUNNABLE) {
            dequeue(slot, BLOCKED);
        }
        int mask = index.length - 1;
        int hole = home(keys[slot]);
        while (index[hole] != slot + 1) {
            hole = hole + 1 & mask;
        }
        // Knuth, TAOCP 6.4, algorithm R: move back whoever could not be found across the hole.
        for (int i = hole + 1 & mask; index[i] != 0; i = i + 1 & mask) {
            int wanted = home(keys[index[i] - 1]);
            if ((i - wanted & mask) >= (i - hole & mask)) {
                index[hole] = index[i];
                hole = i;
            }
        }
        index[hole] = 0;
        shares[slot] = null;
        next[slot] = free;
        free = slot;
        count--;
    }

    int key(int slot) {
        return keys[slot];
    }

    int status(int slot) {
        return statuses[slot];
    }

    Share share(int slot) {
        return shares[slot];
    }

    void share(int slot, Share share) {
        shares[slot] = share;
    }

    /** The first in the line, or -1. */
    int first() {
        return head;
    }

    /** Who stands behind, or -1. */
    int behind(int slot) {
        return next[slot];
    }

    /** To the end of the line. */
    void enqueue(int slot) {
        statuses[slot] = RUNNABLE;
        next[slot] = NONE;
        previous[slot] = tail;
        if (tail == NONE) {
            head = slot;
        } else {
            next[tail] = slot;
        }
        tail = slot;
    }

    /** Out of the line. */
    void dequeue(int slot, int status) {
        if (previous[slot] == NONE) {
            head = next[slot];
        } else {
            next[previous[slot]] = next[slot];
        }
        if (next[slot] == NONE) {
            tail = previous[slot];
        } else {
            previous[next[slot]] = previous[slot];
        }
        next[slot] = NONE;
        previous[slot] = NONE;
        statuses[slot] = (byte) status;
    }

    void block(int slot) {
        statuses[slot] = BLOCKED;
    }

    void run(int slot) {
        statuses[slot] = RUNNING;
    }

    /** Keys of all members, in no order. */
    int[] keys() {
        int[] out = new int[count];
        int n = 0;
        for (int entry : index) {
            if (entry != 0) {
                out[n++] = keys[entry - 1];
            }
        }
        return out;
    }
}
