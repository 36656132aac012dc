package hv.oracle;

import hv.riscv.asm.Assembler;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Writes the slots of a program one after the other. Instructions that are not to be kept become as many bytes that do nothing. */
final class CodeWriter {
    private static final int NOP = 0x13;
    private static final int COMPRESSED_NOP = 1;
    /** An instruction: offset from the first slot, length, and whether it is the program's own, not filling. */
    record Place(int offset, int lenBytes) { }

    private final BitSet kept;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Place> places = new ArrayList<>();
    private int slotStart;

    /** @param kept numbers of the instructions to keep beside fences; null for all */
    CodeWriter(BitSet kept) {
        this.kept = kept;
    }

    /** Offset of the next instruction from the first slot. */
    int here() {
        return out.size();
    }

    int slotStart() {
        return slotStart;
    }

    /** Bytes that are left in the slot. */
    int room() {
        return slotStart + Layout.SLOT_BYTES - out.size();
    }

    List<Place> places() {
        return places;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    void code(int code, int lenBytes) {
        if (room() < lenBytes) {
            throw new IllegalStateException("a slot has more than " + Layout.SLOT_BYTES + " bytes");
        }
        int written = kept == null || kept.get(places.size()) || fence(code) ? code : lenBytes == 4 ? NOP : COMPRESSED_NOP;
        places.add(new Place(out.size(), lenBytes));
        raw(written, lenBytes);
    }

    /** Whether it is sfence.vma or fence.i: a program without them may differ by right. */
    private static boolean fence(int code) {
        return (code & 0xfe00_7fff) == 0x1200_0073 || code == 0x0000_100f;
    }

    private void raw(int code, int lenBytes) {
        for (int k = 0; k < lenBytes; k++) {
            out.write(code >> 8 * k);
        }
    }

    /** Assembles one line, which may stand for several instructions; targets are offsets from the first slot. */
    void line(String text) {
        byte[] b = new Assembler(out.size()).assemble(text);
        for (int at = 0; at < b.length;) {
            int low = b[at] & 0xff | (b[at + 1] & 0xff) << 8;
            if ((low & 3) == 3) {
                code(low | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24, 4);
                at += 4;
            } else {
                code(low, 2);
                at += 2;
            }
        }
    }

    void lines(String... texts) {
        for (String t : texts) {
            line(t);
        }
    }

    /** Fills the rest of the slot; straight on, or by a jump. */
    void endSlot(boolean jump) {
        int left = room();
        if (jump && left > 4) {
            raw((left & 2) != 0 ? COMPRESSED_NOP : NOP, (left & 2) != 0 ? 2 : 4);
            left = room();
            // jal zero, left
            raw(0x6f | (left & 0x7fe) << 20, 4);
            left = room();
        }
        while (left >= 4 && left % 4 == 0 || left > 4) {
            raw((left & 2) != 0 ? COMPRESSED_NOP : NOP, (left & 2) != 0 ? 2 : 4);
            left = room();
        }
        if (left > 0) {
            raw(COMPRESSED_NOP, 2);
        }
        slotStart = out.size();
    }
}
