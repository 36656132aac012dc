package hv.riscv.asm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AssemblerTest {
    private static int[] words(String source) {
        ByteBuffer b = ByteBuffer.wrap(new Assembler(0x1000).assemble(source)).order(ByteOrder.LITTLE_ENDIAN);
        int[] w = new int[b.remaining() / 4];
        for (int k = 0; k < w.length; k++) {
            w[k] = b.getInt();
        }
        return w;
    }

    /** The encodings on the right were made by GNU as 2.40. */
    @Test
    void encodingsAreThoseOfGnuAs() {
        String source = """
            addi a0, a1, -5
            lui t0, 0x12345
            sd s1, 16(sp)
            beq a0, a1, . + 16
            jal ra, . - 4
            csrrw t0, sstatus, t1
            amoadd.w.aqrl a0, a1, (a2)
            fmadd.d ft0, ft1, ft2, ft3, rtz
            fcvt.w.s a0, fa0
            sh1add.uw a0, a1, a2
            rori a0, a1, 63
            sfence.vma a0, a1
            fence rw, w
            sret
            """;
        assertArrayEquals(new int[] {0xffb58513, 0x123452b7, 0x00913823, 0x00b50863, 0xffdff0ef, 0x100312f3, 0x06b6252f, 0x1a209043,
            0xc0057553, 0x20c5a53b, 0x63f5d513, 0x12b50073, 0x0310000f, 0x10200073}, words(source));
    }

    @Test
    void labelsWorkBeforeAndBehindTheirUse() {
        int[] w = words("""
            1: j 1f
            j 1b
            1: beqz a0, end
            end: nop
            """);
        assertArrayEquals(new int[] {0x0080006f, 0xffdff06f, 0x00050263, 0x00000013}, w);
    }

    @Test
    void dataAndSymbolsStandWhereTheyAreSaid() {
        Assembler a = new Assembler(0x1001_0000L);
        byte[] image = a.assemble("""
            .equ SIZE, 3 * (1 << 2)
            .byte 1, 'a', -1
            .align 3
            here: .dword here + SIZE   # a comment, with a comma
            .asciz "a, #\\n"
            .zero 2
            """);
        ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x1001_0008L, a.symbol("here"));
        assertEquals(0x1001_0014L, b.getLong(8));
        assertEquals("a, #\n", new String(image, 16, 5, StandardCharsets.UTF_8));
        assertEquals(16 + 6 + 2, image.length);
    }

    @Test
    void wrongLinesAreNamedWithTheirNumberAndReason() {
        for (String wrong : new String[] {"addi a0, a1, 2048", "addi a0, a1", "lw a0, a1", "frob a0", "beq a0, a1, nowhere", "addi a0, q1, 1",
            "c.lw a0, 2(a1)", "c.addi4spn a0, 0", "lwu a0, 4(", ".word 0x100000000", "li a0, later\nlater: nop", "x: nop\nx: nop", ".frob 1",
            "j . + 3", "fadd.s fa0, fa1, fa2, rzz", "slli a0, a0, 64"}) {
            AssemblerException e = assertThrows(AssemblerException.class, () -> new Assembler(0).assemble("nop\n" + wrong), wrong);
            assertTrue(e.getMessage().startsWith("line 2: ") || e.getMessage().startsWith("line 3: "), e.getMessage());
        }
    }
}
