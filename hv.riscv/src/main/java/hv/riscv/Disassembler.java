// Generated from instructions.txt by hv.riscv.tool.Generator; do not edit.
package hv.riscv;

/** Encoding to text that the assembler takes. Long since it is one decision tree over the whole table. */
public final class Disassembler {
    private static final String[] ROUNDING = {"rne", "rtz", "rdn", "rup", "rmm", "5", "6", "dyn"};

    private Disassembler() { }

    /**
     * The instruction as text; targets of jumps and branches as absolute addresses.
     *
     * @param code the encoding; of a 16-bit instruction only the low 16 bits count
     * @param pc   its address
     */
    public static String disassemble(int code, long pc) {
        if ((code & 3) == 3) {
            return text32(code, pc);
        }
        return text16(code & 0xffff, pc);
    }

    private static String x(int number) {
        return Registers.integerName(number & 31);
    }

    private static String f(int number) {
        return Registers.floatName(number & 31);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String set(int bits) {
        if ((bits & 15) == 0) {
            return "0";
        }
        return ((bits & 8) != 0 ? "i" : "") + ((bits & 4) != 0 ? "o" : "") + ((bits & 2) != 0 ? "r" : "") + ((bits & 1) != 0 ? "w" : "");
    }

    private static String order(int code) {
        return ((code & 1 << 26) != 0 ? (code & 1 << 25) != 0 ? ".aqrl" : ".aq" : (code & 1 << 25) != 0 ? ".rl" : "");
    }

    private static String text32(int code, long pc) {
        return switch (code >>> 2 & 31) {
            case 0 -> text32_0(code, pc);
            case 1 -> text32_1(code, pc);
            case 3 -> text32_3(code, pc);
            case 4 -> text32_4(code, pc);
            case 5 -> text32_5(code, pc);
            case 6 -> text32_6(code, pc);
            case 8 -> text32_8(code, pc);
            case 9 -> text32_9(code, pc);
            case 11 -> text32_11(code, pc);
            case 12 -> text32_12(code, pc);
            case 13 -> text32_13(code, pc);
            case 14 -> text32_14(code, pc);
            case 16 -> text32_16(code, pc);
            case 17 -> text32_17(code, pc);
            case 18 -> text32_18(code, pc);
            case 19 -> text32_19(code, pc);
            case 20 -> text32_20(code, pc);
            case 24 -> text32_24(code, pc);
            case 25 -> text32_25(code, pc);
            case 27 -> text32_27(code, pc);
            case 28 -> text32_28(code, pc);
            default -> (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
        };
    }

    private static String text16(int code, long pc) {
        return switch ((code & 3) << 3 | code >>> 13 & 7) {
            case 0 -> text16_0(code, pc);
            case 1 -> text16_1(code, pc);
            case 2 -> text16_2(code, pc);
            case 3 -> text16_3(code, pc);
            case 5 -> text16_5(code, pc);
            case 6 -> text16_6(code, pc);
            case 7 -> text16_7(code, pc);
            case 8 -> text16_8(code, pc);
            case 9 -> text16_9(code, pc);
            case 10 -> text16_10(code, pc);
            case 11 -> text16_11(code, pc);
            case 12 -> text16_12(code, pc);
            case 13 -> text16_13(code, pc);
            case 14 -> text16_14(code, pc);
            case 15 -> text16_15(code, pc);
            case 16 -> text16_16(code, pc);
            case 17 -> text16_17(code, pc);
            case 18 -> text16_18(code, pc);
            case 19 -> text16_19(code, pc);
            case 20 -> text16_20(code, pc);
            case 21 -> text16_21(code, pc);
            case 22 -> text16_22(code, pc);
            case 23 -> text16_23(code, pc);
            default -> (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
        };
    }

    private static String text32_0(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x3) {
                    return "lb " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1003) {
                    return "lh " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2003) {
                    return "lw " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3003) {
                    return "ld " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4003) {
                    return "lbu " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5003) {
                    return "lhu " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6003) {
                    return "lwu " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_1(int code, long pc) {
        if ((code & 0x707f) == 0x2007) {
            return "flw " + f(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
        }
        if ((code & 0x707f) == 0x3007) {
            return "fld " + f(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_3(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xffffffff) == 0x100000f) {
                    return "pause";
                }
                if ((code & 0x707f) == 0xf) {
                    return "fence " + set((code >>> 24 & 15)) + ", " + set((code >>> 20 & 15));
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x100f) {
                    return "fence.i";
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_4(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x13) {
                    return "addi " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 1:
                if ((code & 0xfc00707f) == 0x1013) {
                    return "slli " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfff0707f) == 0x60001013) {
                    return "clz " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x60101013) {
                    return "ctz " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x60201013) {
                    return "cpop " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x60401013) {
                    return "sext.b " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x60501013) {
                    return "sext.h " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfc00707f) == 0x48001013) {
                    return "bclri " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfc00707f) == 0x68001013) {
                    return "binvi " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfc00707f) == 0x28001013) {
                    return "bseti " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2013) {
                    return "slti " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3013) {
                    return "sltiu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4013) {
                    return "xori " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 5:
                if ((code & 0xfc00707f) == 0x5013) {
                    return "srli " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfc00707f) == 0x40005013) {
                    return "srai " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfc00707f) == 0x60005013) {
                    return "rori " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfff0707f) == 0x28705013) {
                    return "orc.b " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x6b805013) {
                    return "rev8 " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfc00707f) == 0x48005013) {
                    return "bexti " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6013) {
                    return "ori " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7013) {
                    return "andi " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_5(int code, long pc) {
        if ((code & 0x7f) == 0x17) {
            return "auipc " + x(code >>> 7 & 31) + ", " + hex(imm2(code) >>> 12 & 0xfffff);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_6(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x1b) {
                    return "addiw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm0(code);
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x101b) {
                    return "slliw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm3(code);
                }
                if ((code & 0xfc00707f) == 0x800101b) {
                    return "slli.uw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm1(code);
                }
                if ((code & 0xfff0707f) == 0x6000101b) {
                    return "clzw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x6010101b) {
                    return "ctzw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0x6020101b) {
                    return "cpopw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x501b) {
                    return "srliw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm3(code);
                }
                if ((code & 0xfe00707f) == 0x4000501b) {
                    return "sraiw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm3(code);
                }
                if ((code & 0xfe00707f) == 0x6000501b) {
                    return "roriw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + imm3(code);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_8(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x23) {
                    return "sb " + x(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1023) {
                    return "sh " + x(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2023) {
                    return "sw " + x(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3023) {
                    return "sd " + x(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_9(int code, long pc) {
        if ((code & 0x707f) == 0x2027) {
            return "fsw " + f(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
        }
        if ((code & 0x707f) == 0x3027) {
            return "fsd " + f(code >>> 20 & 31) + ", " + imm4(code) + "(" + x(code >>> 15 & 31) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_11(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 2:
                if ((code & 0xf9f0707f) == 0x1000202f) {
                    return "lr.w" + order(code) + " " + x(code >>> 7 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x1800202f) {
                    return "sc.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x800202f) {
                    return "amoswap.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x202f) {
                    return "amoadd.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x2000202f) {
                    return "amoxor.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x6000202f) {
                    return "amoand.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x4000202f) {
                    return "amoor.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x8000202f) {
                    return "amomin.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xa000202f) {
                    return "amomax.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xc000202f) {
                    return "amominu.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xe000202f) {
                    return "amomaxu.w" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                break;
            case 3:
                if ((code & 0xf9f0707f) == 0x1000302f) {
                    return "lr.d" + order(code) + " " + x(code >>> 7 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x1800302f) {
                    return "sc.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x800302f) {
                    return "amoswap.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x302f) {
                    return "amoadd.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x2000302f) {
                    return "amoxor.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x6000302f) {
                    return "amoand.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x4000302f) {
                    return "amoor.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0x8000302f) {
                    return "amomin.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xa000302f) {
                    return "amomax.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xc000302f) {
                    return "amominu.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                if ((code & 0xf800707f) == 0xe000302f) {
                    return "amomaxu.d" + order(code) + " " + x(code >>> 7 & 31) + ", " + x(code >>> 20 & 31) + ", (" + x(code >>> 15 & 31) + ")";
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_12(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xfe00707f) == 0x33) {
                    return "add " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x40000033) {
                    return "sub " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2000033) {
                    return "mul " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x1033) {
                    return "sll " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2001033) {
                    return "mulh " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x60001033) {
                    return "rol " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x48001033) {
                    return "bclr " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x68001033) {
                    return "binv " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x28001033) {
                    return "bset " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 2:
                if ((code & 0xfe00707f) == 0x2033) {
                    return "slt " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2002033) {
                    return "mulhsu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x20002033) {
                    return "sh1add " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 3:
                if ((code & 0xfe00707f) == 0x3033) {
                    return "sltu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2003033) {
                    return "mulhu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 4:
                if ((code & 0xfe00707f) == 0x4033) {
                    return "xor " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2004033) {
                    return "div " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x20004033) {
                    return "sh2add " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x40004033) {
                    return "xnor " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa004033) {
                    return "min " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x5033) {
                    return "srl " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x40005033) {
                    return "sra " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2005033) {
                    return "divu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa005033) {
                    return "minu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x60005033) {
                    return "ror " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x48005033) {
                    return "bext " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 6:
                if ((code & 0xfe00707f) == 0x6033) {
                    return "or " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2006033) {
                    return "rem " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x20006033) {
                    return "sh3add " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x40006033) {
                    return "orn " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa006033) {
                    return "max " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 7:
                if ((code & 0xfe00707f) == 0x7033) {
                    return "and " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2007033) {
                    return "remu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x40007033) {
                    return "andn " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa007033) {
                    return "maxu " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_13(int code, long pc) {
        if ((code & 0x7f) == 0x37) {
            return "lui " + x(code >>> 7 & 31) + ", " + hex(imm2(code) >>> 12 & 0xfffff);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_14(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xfe00707f) == 0x3b) {
                    return "addw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x4000003b) {
                    return "subw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x200003b) {
                    return "mulw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x800003b) {
                    return "add.uw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x103b) {
                    return "sllw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x6000103b) {
                    return "rolw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 2:
                if ((code & 0xfe00707f) == 0x2000203b) {
                    return "sh1add.uw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 4:
                if ((code & 0xfe00707f) == 0x200403b) {
                    return "divw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2000403b) {
                    return "sh2add.uw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfff0707f) == 0x800403b) {
                    return "zext.h " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x503b) {
                    return "srlw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x4000503b) {
                    return "sraw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x200503b) {
                    return "divuw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x6000503b) {
                    return "rorw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 6:
                if ((code & 0xfe00707f) == 0x200603b) {
                    return "remw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2000603b) {
                    return "sh3add.uw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            case 7:
                if ((code & 0xfe00707f) == 0x200703b) {
                    return "remuw " + x(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_16(int code, long pc) {
        if ((code & 0x600007f) == 0x43) {
            return "fmadd.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        if ((code & 0x600007f) == 0x2000043) {
            return "fmadd.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_17(int code, long pc) {
        if ((code & 0x600007f) == 0x47) {
            return "fmsub.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        if ((code & 0x600007f) == 0x2000047) {
            return "fmsub.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_18(int code, long pc) {
        if ((code & 0x600007f) == 0x4b) {
            return "fnmsub.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        if ((code & 0x600007f) == 0x200004b) {
            return "fnmsub.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_19(int code, long pc) {
        if ((code & 0x600007f) == 0x4f) {
            return "fnmadd.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        if ((code & 0x600007f) == 0x200004f) {
            return "fnmadd.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + f(code >>> 27 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_20(int code, long pc) {
        switch (code >>> 25 & 127) {
            case 0:
                if ((code & 0xfe00007f) == 0x53) {
                    return "fadd.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 1:
                if ((code & 0xfe00007f) == 0x2000053) {
                    return "fadd.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 4:
                if ((code & 0xfe00007f) == 0x8000053) {
                    return "fsub.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 5:
                if ((code & 0xfe00007f) == 0xa000053) {
                    return "fsub.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 8:
                if ((code & 0xfe00007f) == 0x10000053) {
                    return "fmul.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 9:
                if ((code & 0xfe00007f) == 0x12000053) {
                    return "fmul.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 12:
                if ((code & 0xfe00007f) == 0x18000053) {
                    return "fdiv.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 13:
                if ((code & 0xfe00007f) == 0x1a000053) {
                    return "fdiv.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 16:
                if ((code & 0xfe00707f) == 0x20000053) {
                    return "fsgnj.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x20001053) {
                    return "fsgnjn.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x20002053) {
                    return "fsgnjx.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 17:
                if ((code & 0xfe00707f) == 0x22000053) {
                    return "fsgnj.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x22001053) {
                    return "fsgnjn.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x22002053) {
                    return "fsgnjx.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 20:
                if ((code & 0xfe00707f) == 0x28000053) {
                    return "fmin.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x28001053) {
                    return "fmax.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 21:
                if ((code & 0xfe00707f) == 0x2a000053) {
                    return "fmin.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0x2a001053) {
                    return "fmax.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 32:
                if ((code & 0xfff0007f) == 0x40100053) {
                    return "fcvt.s.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 33:
                if ((code & 0xfff0007f) == 0x42000053) {
                    return "fcvt.d.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 44:
                if ((code & 0xfff0007f) == 0x58000053) {
                    return "fsqrt.s " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 45:
                if ((code & 0xfff0007f) == 0x5a000053) {
                    return "fsqrt.d " + f(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 80:
                if ((code & 0xfe00707f) == 0xa0002053) {
                    return "feq.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa0001053) {
                    return "flt.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa0000053) {
                    return "fle.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 81:
                if ((code & 0xfe00707f) == 0xa2002053) {
                    return "feq.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa2001053) {
                    return "flt.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                if ((code & 0xfe00707f) == 0xa2000053) {
                    return "fle.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + f(code >>> 20 & 31);
                }
                break;
            case 96:
                if ((code & 0xfff0007f) == 0xc0000053) {
                    return "fcvt.w.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc0100053) {
                    return "fcvt.wu.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc0200053) {
                    return "fcvt.l.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc0300053) {
                    return "fcvt.lu.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 97:
                if ((code & 0xfff0007f) == 0xc2000053) {
                    return "fcvt.w.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc2100053) {
                    return "fcvt.wu.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc2200053) {
                    return "fcvt.l.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xc2300053) {
                    return "fcvt.lu.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 104:
                if ((code & 0xfff0007f) == 0xd0000053) {
                    return "fcvt.s.w " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd0100053) {
                    return "fcvt.s.wu " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd0200053) {
                    return "fcvt.s.l " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd0300053) {
                    return "fcvt.s.lu " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 105:
                if ((code & 0xfff0007f) == 0xd2000053) {
                    return "fcvt.d.w " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd2100053) {
                    return "fcvt.d.wu " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd2200053) {
                    return "fcvt.d.l " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                if ((code & 0xfff0007f) == 0xd2300053) {
                    return "fcvt.d.lu " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31) + ", " + ROUNDING[(code >>> 12 & 7)];
                }
                break;
            case 112:
                if ((code & 0xfff0707f) == 0xe0000053) {
                    return "fmv.x.w " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0xe0001053) {
                    return "fclass.s " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31);
                }
                break;
            case 113:
                if ((code & 0xfff0707f) == 0xe2001053) {
                    return "fclass.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31);
                }
                if ((code & 0xfff0707f) == 0xe2000053) {
                    return "fmv.x.d " + x(code >>> 7 & 31) + ", " + f(code >>> 15 & 31);
                }
                break;
            case 120:
                if ((code & 0xfff0707f) == 0xf0000053) {
                    return "fmv.w.x " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 121:
                if ((code & 0xfff0707f) == 0xf2000053) {
                    return "fmv.d.x " + f(code >>> 7 & 31) + ", " + x(code >>> 15 & 31);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_24(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x63) {
                    return "beq " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1063) {
                    return "bne " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4063) {
                    return "blt " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5063) {
                    return "bge " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6063) {
                    return "bltu " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7063) {
                    return "bgeu " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31) + ", " + hex(pc + imm5(code));
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_25(int code, long pc) {
        if ((code & 0x707f) == 0x67) {
            return "jalr " + x(code >>> 7 & 31) + ", " + imm0(code) + "(" + x(code >>> 15 & 31) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_27(int code, long pc) {
        if ((code & 0x7f) == 0x6f) {
            return "jal " + x(code >>> 7 & 31) + ", " + hex(pc + imm6(code));
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text32_28(int code, long pc) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xffffffff) == 0x73) {
                    return "ecall";
                }
                if ((code & 0xffffffff) == 0x100073) {
                    return "ebreak";
                }
                if ((code & 0xffffffff) == 0x10200073) {
                    return "sret";
                }
                if ((code & 0xffffffff) == 0x10500073) {
                    return "wfi";
                }
                if ((code & 0xfe007fff) == 0x12000073) {
                    return "sfence.vma " + x(code >>> 15 & 31) + ", " + x(code >>> 20 & 31);
                }
                if ((code & 0xffffffff) == 0x30200073) {
                    return "mret";
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1073) {
                    return "csrrw " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2073) {
                    return "csrrs " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3073) {
                    return "csrrc " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + x(code >>> 15 & 31);
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5073) {
                    return "csrrwi " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + imm7(code);
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6073) {
                    return "csrrsi " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + imm7(code);
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7073) {
                    return "csrrci " + x(code >>> 7 & 31) + ", " + Registers.csrName((code >>> 20 & 4095)) + ", " + imm7(code);
                }
                break;
            default:
                break;
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_0(int code, long pc) {
        if ((code & 0xe003) == 0x0 && imm8(code) != 0) {
            return "c.addi4spn " + x((code >>> 2 & 7) + 8) + ", " + imm8(code);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_1(int code, long pc) {
        if ((code & 0xe003) == 0x2000) {
            return "c.fld " + f((code >>> 2 & 7) + 8) + ", " + imm9(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_2(int code, long pc) {
        if ((code & 0xe003) == 0x4000) {
            return "c.lw " + x((code >>> 2 & 7) + 8) + ", " + imm10(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_3(int code, long pc) {
        if ((code & 0xe003) == 0x6000) {
            return "c.ld " + x((code >>> 2 & 7) + 8) + ", " + imm9(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_5(int code, long pc) {
        if ((code & 0xe003) == 0xa000) {
            return "c.fsd " + f((code >>> 2 & 7) + 8) + ", " + imm9(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_6(int code, long pc) {
        if ((code & 0xe003) == 0xc000) {
            return "c.sw " + x((code >>> 2 & 7) + 8) + ", " + imm10(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_7(int code, long pc) {
        if ((code & 0xe003) == 0xe000) {
            return "c.sd " + x((code >>> 2 & 7) + 8) + ", " + imm9(code) + "(" + x((code >>> 7 & 7) + 8) + ")";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_8(int code, long pc) {
        if ((code & 0xef83) == 0x1) {
            return "c.nop " + imm11(code);
        }
        if ((code & 0xe003) == 0x1 && (code >>> 7 & 31) != 0) {
            return "c.addi " + x(code >>> 7 & 31) + ", " + imm11(code);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_9(int code, long pc) {
        if ((code & 0xe003) == 0x2001 && (code >>> 7 & 31) != 0) {
            return "c.addiw " + x(code >>> 7 & 31) + ", " + imm11(code);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_10(int code, long pc) {
        if ((code & 0xe003) == 0x4001) {
            return "c.li " + x(code >>> 7 & 31) + ", " + imm11(code);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_11(int code, long pc) {
        if ((code & 0xef83) == 0x6101 && imm12(code) != 0) {
            return "c.addi16sp " + imm12(code);
        }
        if ((code & 0xe003) == 0x6001 && imm13(code) != 0) {
            return "c.lui " + x(code >>> 7 & 31) + ", " + hex(imm13(code) >>> 12 & 0xfffff);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_12(int code, long pc) {
        if ((code & 0xec03) == 0x8001) {
            return "c.srli " + x((code >>> 7 & 7) + 8) + ", " + imm14(code);
        }
        if ((code & 0xec03) == 0x8401) {
            return "c.srai " + x((code >>> 7 & 7) + 8) + ", " + imm14(code);
        }
        if ((code & 0xec03) == 0x8801) {
            return "c.andi " + x((code >>> 7 & 7) + 8) + ", " + imm11(code);
        }
        if ((code & 0xfc63) == 0x8c01) {
            return "c.sub " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        if ((code & 0xfc63) == 0x8c21) {
            return "c.xor " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        if ((code & 0xfc63) == 0x8c41) {
            return "c.or " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        if ((code & 0xfc63) == 0x8c61) {
            return "c.and " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        if ((code & 0xfc63) == 0x9c01) {
            return "c.subw " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        if ((code & 0xfc63) == 0x9c21) {
            return "c.addw " + x((code >>> 7 & 7) + 8) + ", " + x((code >>> 2 & 7) + 8);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_13(int code, long pc) {
        if ((code & 0xe003) == 0xa001) {
            return "c.j " + hex(pc + imm15(code));
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_14(int code, long pc) {
        if ((code & 0xe003) == 0xc001) {
            return "c.beqz " + x((code >>> 7 & 7) + 8) + ", " + hex(pc + imm16(code));
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_15(int code, long pc) {
        if ((code & 0xe003) == 0xe001) {
            return "c.bnez " + x((code >>> 7 & 7) + 8) + ", " + hex(pc + imm16(code));
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_16(int code, long pc) {
        if ((code & 0xe003) == 0x2) {
            return "c.slli " + x(code >>> 7 & 31) + ", " + imm14(code);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_17(int code, long pc) {
        if ((code & 0xe003) == 0x2002) {
            return "c.fldsp " + f(code >>> 7 & 31) + ", " + imm17(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_18(int code, long pc) {
        if ((code & 0xe003) == 0x4002 && (code >>> 7 & 31) != 0) {
            return "c.lwsp " + x(code >>> 7 & 31) + ", " + imm18(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_19(int code, long pc) {
        if ((code & 0xe003) == 0x6002 && (code >>> 7 & 31) != 0) {
            return "c.ldsp " + x(code >>> 7 & 31) + ", " + imm17(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_20(int code, long pc) {
        if ((code & 0xf07f) == 0x8002 && (code >>> 7 & 31) != 0) {
            return "c.jr " + x(code >>> 7 & 31);
        }
        if ((code & 0xf003) == 0x8002 && (code >>> 2 & 31) != 0) {
            return "c.mv " + x(code >>> 7 & 31) + ", " + x(code >>> 2 & 31);
        }
        if ((code & 0xffff) == 0x9002) {
            return "c.ebreak";
        }
        if ((code & 0xf07f) == 0x9002 && (code >>> 7 & 31) != 0) {
            return "c.jalr " + x(code >>> 7 & 31);
        }
        if ((code & 0xf003) == 0x9002 && (code >>> 2 & 31) != 0) {
            return "c.add " + x(code >>> 7 & 31) + ", " + x(code >>> 2 & 31);
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_21(int code, long pc) {
        if ((code & 0xe003) == 0xa002) {
            return "c.fsdsp " + f(code >>> 2 & 31) + ", " + imm19(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_22(int code, long pc) {
        if ((code & 0xe003) == 0xc002) {
            return "c.swsp " + x(code >>> 2 & 31) + ", " + imm20(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static String text16_23(int code, long pc) {
        if ((code & 0xe003) == 0xe002) {
            return "c.sdsp " + x(code >>> 2 & 31) + ", " + imm19(code) + "(sp)";
        }
        return (code & 3) == 3 ? ".word " + hex(code & 0xffff_ffffL) : ".half " + hex(code);
    }

    private static int imm0(int code) {
        return code >> 20;
    }

    private static int imm1(int code) {
        return (code >>> 20 & 63);
    }

    private static int imm2(int code) {
        return (code >> 12) << 12;
    }

    private static int imm3(int code) {
        return (code >>> 20 & 31);
    }

    private static int imm4(int code) {
        return (code >> 25) << 5 | (code >>> 7 & 31);
    }

    private static int imm5(int code) {
        return (code >> 31) << 12 | (code >>> 25 & 63) << 5 | (code >>> 8 & 15) << 1 | (code >>> 7 & 1) << 11;
    }

    private static int imm6(int code) {
        return (code >> 31) << 20 | (code >>> 21 & 1023) << 1 | (code >>> 20 & 1) << 11 | (code >>> 12 & 255) << 12;
    }

    private static int imm7(int code) {
        return (code >>> 15 & 31);
    }

    private static int imm8(int code) {
        return (code >>> 11 & 3) << 4 | (code >>> 7 & 15) << 6 | (code >>> 6 & 1) << 2 | (code >>> 5 & 1) << 3;
    }

    private static int imm9(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 5 & 3) << 6;
    }

    private static int imm10(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 6 & 1) << 2 | (code >>> 5 & 1) << 6;
    }

    private static int imm11(int code) {
        return (code << 19 >> 31) << 5 | (code >>> 2 & 31);
    }

    private static int imm12(int code) {
        return (code << 19 >> 31) << 9 | (code >>> 6 & 1) << 4 | (code >>> 5 & 1) << 6 | (code >>> 3 & 3) << 7 | (code >>> 2 & 1) << 5;
    }

    private static int imm13(int code) {
        return (code << 19 >> 31) << 17 | (code >>> 2 & 31) << 12;
    }

    private static int imm14(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 2 & 31);
    }

    private static int imm15(int code) {
        return (code << 19 >> 31) << 11 | (code >>> 11 & 1) << 4 | (code >>> 9 & 3) << 8 | (code >>> 8 & 1) << 10 | (code >>> 7 & 1) << 6 | (code >>> 6 & 1) << 7 | (code >>> 3 & 7) << 1 | (code >>> 2 & 1) << 5;
    }

    private static int imm16(int code) {
        return (code << 19 >> 31) << 8 | (code >>> 10 & 3) << 3 | (code >>> 5 & 3) << 6 | (code >>> 3 & 3) << 1 | (code >>> 2 & 1) << 5;
    }

    private static int imm17(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 5 & 3) << 3 | (code >>> 2 & 7) << 6;
    }

    private static int imm18(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 4 & 7) << 2 | (code >>> 2 & 3) << 6;
    }

    private static int imm19(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 7 & 7) << 6;
    }

    private static int imm20(int code) {
        return (code >>> 9 & 15) << 2 | (code >>> 7 & 3) << 6;
    }
}
