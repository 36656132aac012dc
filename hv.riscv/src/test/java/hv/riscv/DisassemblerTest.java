package hv.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.riscv.InstructionTable.Field;
import hv.riscv.InstructionTable.Instruction;
import hv.riscv.asm.Assembler;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DisassemblerTest {
    private static final long PC = 0x8000_0000L;

    /** Fields that the text does not show must be as the assembler sets them. */
    private static int canonical(Instruction i, int code) {
        int c = code;
        for (Field f : i.fields()) {
            boolean hidden = f.name().equals("fm") || i.name().equals("fence") && (f.name().equals("rd") || f.name().equals("rs1"));
            if (hidden) {
                c &= ~((1 << f.widthBits()) - 1 << f.lsb());
            }
            if (f.name().equals("rm") && ((c >>> 12 & 7) == 5 || (c >>> 12 & 7) == 6)) {
                c &= ~(7 << 12);
            }
        }
        return c;
    }

    @Test
    void everyInstructionSurvivesDisassemblyAndAssembly() {
        Random random = new Random(1);
        for (Instruction i : InstructionTable.get().instructions()) {
            if (i.name().equals("fence.i") || i.name().equals("c.nop")) {
                continue;   // their immediates are not shown
            }
            int done = 0;
            for (int n = 0; n < 2000 && done < 50; n++) {
                int code = canonical(i, random.nextInt() & ~i.mask() | i.match());
                if (i.lenBytes() == 2) {
                    code &= 0xffff;
                }
                String text = Disassembler.disassemble(code, PC);
                if (!text.matches(java.util.regex.Pattern.quote(i.name()) + "(\\.(aq|rl|aqrl))?( .*)?")) {
                    continue;   // another line of the table has it
                }
                byte[] b = new Assembler(PC).assemble(text);
                int back = b[0] & 255 | (b[1] & 255) << 8 | (b.length == 4 ? (b[2] & 255) << 16 | b[3] << 24 : 0);
                assertEquals(Integer.toHexString(code), Integer.toHexString(back), text);
                assertNotEquals(Op.ILLEGAL, Decoded.op(Decoder.decode(code)), text);
                done++;
            }
            assertTrue(done >= 1, i.name() + " was never disassembled as itself");
        }
    }

    @Test
    void decoderAndDisassemblerAgreeOnWhatIsIllegal() {
        Random random = new Random(2);
        for (int n = 0; n < 1_000_000; n++) {
            int code = random.nextInt();
            boolean illegal = Decoded.op(Decoder.decode(code)) == Op.ILLEGAL;
            String text = n % 100 == 0 || !illegal && n % 10 == 0 ? Disassembler.disassemble(code, PC) : null;
            if (text != null) {
                assertEquals(illegal, text.startsWith("."), text);
            }
        }
    }

    @Test
    void allZerosAndAllOnesAreIllegal() {
        assertEquals(Op.ILLEGAL, Decoded.op(Decoder.decode(0)));
        assertEquals(Op.ILLEGAL, Decoded.op(Decoder.decode(-1)));
    }
}
