package hv.runqueue;

import java.util.Arrays;

/**
 * Gives keys (ints from 0 on) slots of tables that lie beside it: a hash table with linear probing. Nothing is boxed; grows by doubling, never shrinks.
 */
final class KeyIndex {
    private static final int NONE = -1;

    private int[] keys = new int[16];
    /** Slots that were given back, as a stack. */
    private int[] nextFree = new int[16];
    private int free = NONE;
    private int used;
    private int count;
    /** slot + 1 by hash of key, 0 where empty; a power of two, at most half full. */
    private int[] index = new int[32];

    int count() {
        return count;
    }

    /** How many slots the tables need. */
    int capacity() {
        return keys.length;
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

    int key(int slot) {
        return keys[slot];
    }

    private int home(int key) {
        int h = key * 0x9E3779B9;
        return (h ^ h >>> 16) & index.length - 1;
    }

    /** @param key that is not there @return its slot; the tables may have to grow to {@link #capacity} */
    int add(int key) {
        int slot;
        if (free != NONE) {
            slot = free;
            free = nextFree[slot];
        } else {
            if (used == keys.length) {
                grow();
            }
            slot = used++;
        }
        keys[slot] = key;
        count++;
        enter(key, slot);
        return slot;
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
        nextFree = Arrays.copyOf(nextFree, n);
        // All slots are in use when this is called, so each enters the new index.
        index = new int[2 * n];
        for (int slot = 0; slot < used; slot++) {
            enter(keys[slot], slot);
        }
    }

    void remove(int slot) {
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
        nextFree[slot] = free;
        free = slot;
        count--;
    }

    /** All keys, ascending. */
    int[] sortedKeys() {
        int[] out = new int[count];
        int n = 0;
        for (int entry : index) {
            if (entry != 0) {
                out[n++] = keys[entry - 1];
            }
        }
        Arrays.sort(out);
        return out;
    }
}
