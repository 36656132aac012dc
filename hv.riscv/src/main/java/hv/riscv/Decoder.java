// Generated from instructions.txt by hv.riscv.tool.Generator; do not edit.
package hv.riscv;

/** Encoding to {@link Decoded}. Pure functions, nothing allocated. Long since it is one decision tree over the whole table. */
public final class Decoder {
    private Decoder() { }

    /**
     * Decodes one instruction.
     *
     * @param code the encoding; of a 16-bit instruction only the low 16 bits count
     * @return see {@link Decoded}; its op is {@link Op#ILLEGAL} for what the table has not
     */
    public static long decode(int code) {
        if ((code & 3) == 3) {
            return decode32(code);
        }
        return decode16(code & 0xffff);
    }

    private static long decode32(int code) {
        return switch (code >>> 2 & 31) {
            case 0 -> decode32_0(code);
            case 1 -> decode32_1(code);
            case 3 -> decode32_3(code);
            case 4 -> decode32_4(code);
            case 5 -> decode32_5(code);
            case 6 -> decode32_6(code);
            case 8 -> decode32_8(code);
            case 9 -> decode32_9(code);
            case 11 -> decode32_11(code);
            case 12 -> decode32_12(code);
            case 13 -> decode32_13(code);
            case 14 -> decode32_14(code);
            case 16 -> decode32_16(code);
            case 17 -> decode32_17(code);
            case 18 -> decode32_18(code);
            case 19 -> decode32_19(code);
            case 20 -> decode32_20(code);
            case 24 -> decode32_24(code);
            case 25 -> decode32_25(code);
            case 27 -> decode32_27(code);
            case 28 -> decode32_28(code);
            default -> Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
        };
    }

    private static long decode16(int code) {
        return switch ((code & 3) << 3 | code >>> 13 & 7) {
            case 0 -> decode16_0(code);
            case 1 -> decode16_1(code);
            case 2 -> decode16_2(code);
            case 3 -> decode16_3(code);
            case 5 -> decode16_5(code);
            case 6 -> decode16_6(code);
            case 7 -> decode16_7(code);
            case 8 -> decode16_8(code);
            case 9 -> decode16_9(code);
            case 10 -> decode16_10(code);
            case 11 -> decode16_11(code);
            case 12 -> decode16_12(code);
            case 13 -> decode16_13(code);
            case 14 -> decode16_14(code);
            case 15 -> decode16_15(code);
            case 16 -> decode16_16(code);
            case 17 -> decode16_17(code);
            case 18 -> decode16_18(code);
            case 19 -> decode16_19(code);
            case 20 -> decode16_20(code);
            case 21 -> decode16_21(code);
            case 22 -> decode16_22(code);
            case 23 -> decode16_23(code);
            default -> Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
        };
    }

    private static long decode32_0(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x3) {
                    return Decoded.pack(Op.LB, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1003) {
                    return Decoded.pack(Op.LH, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2003) {
                    return Decoded.pack(Op.LW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3003) {
                    return Decoded.pack(Op.LD, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4003) {
                    return Decoded.pack(Op.LBU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5003) {
                    return Decoded.pack(Op.LHU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6003) {
                    return Decoded.pack(Op.LWU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_1(int code) {
        if ((code & 0x707f) == 0x2007) {
            return Decoded.pack(Op.FLW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
        }
        if ((code & 0x707f) == 0x3007) {
            return Decoded.pack(Op.FLD, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_3(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xffffffff) == 0x100000f) {
                    return Decoded.pack(Op.PAUSE, 0, 0, 0, 2, 0);
                }
                if ((code & 0x707f) == 0xf) {
                    return Decoded.pack(Op.FENCE, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x100f) {
                    return Decoded.pack(Op.FENCE_I, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, code);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_4(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x13) {
                    return Decoded.pack(Op.ADDI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 1:
                if ((code & 0xfc00707f) == 0x1013) {
                    return Decoded.pack(Op.SLLI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfff0707f) == 0x60001013) {
                    return Decoded.pack(Op.CLZ, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x60101013) {
                    return Decoded.pack(Op.CTZ, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x60201013) {
                    return Decoded.pack(Op.CPOP, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x60401013) {
                    return Decoded.pack(Op.SEXT_B, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x60501013) {
                    return Decoded.pack(Op.SEXT_H, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfc00707f) == 0x48001013) {
                    return Decoded.pack(Op.BCLRI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfc00707f) == 0x68001013) {
                    return Decoded.pack(Op.BINVI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfc00707f) == 0x28001013) {
                    return Decoded.pack(Op.BSETI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2013) {
                    return Decoded.pack(Op.SLTI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3013) {
                    return Decoded.pack(Op.SLTIU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4013) {
                    return Decoded.pack(Op.XORI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 5:
                if ((code & 0xfc00707f) == 0x5013) {
                    return Decoded.pack(Op.SRLI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfc00707f) == 0x40005013) {
                    return Decoded.pack(Op.SRAI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfc00707f) == 0x60005013) {
                    return Decoded.pack(Op.RORI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfff0707f) == 0x28705013) {
                    return Decoded.pack(Op.ORC_B, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x6b805013) {
                    return Decoded.pack(Op.REV8, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfc00707f) == 0x48005013) {
                    return Decoded.pack(Op.BEXTI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6013) {
                    return Decoded.pack(Op.ORI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7013) {
                    return Decoded.pack(Op.ANDI, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_5(int code) {
        if ((code & 0x7f) == 0x17) {
            return Decoded.pack(Op.AUIPC, (code >>> 7 & 31), 0, 0, 2, imm2(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_6(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x1b) {
                    return Decoded.pack(Op.ADDIW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x101b) {
                    return Decoded.pack(Op.SLLIW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm3(code));
                }
                if ((code & 0xfc00707f) == 0x800101b) {
                    return Decoded.pack(Op.SLLI_UW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm1(code));
                }
                if ((code & 0xfff0707f) == 0x6000101b) {
                    return Decoded.pack(Op.CLZW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x6010101b) {
                    return Decoded.pack(Op.CTZW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0x6020101b) {
                    return Decoded.pack(Op.CPOPW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x501b) {
                    return Decoded.pack(Op.SRLIW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm3(code));
                }
                if ((code & 0xfe00707f) == 0x4000501b) {
                    return Decoded.pack(Op.SRAIW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm3(code));
                }
                if ((code & 0xfe00707f) == 0x6000501b) {
                    return Decoded.pack(Op.RORIW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm3(code));
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_8(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x23) {
                    return Decoded.pack(Op.SB, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1023) {
                    return Decoded.pack(Op.SH, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2023) {
                    return Decoded.pack(Op.SW, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3023) {
                    return Decoded.pack(Op.SD, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_9(int code) {
        if ((code & 0x707f) == 0x2027) {
            return Decoded.pack(Op.FSW, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
        }
        if ((code & 0x707f) == 0x3027) {
            return Decoded.pack(Op.FSD, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm4(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_11(int code) {
        switch (code >>> 12 & 7) {
            case 2:
                if ((code & 0xf9f0707f) == 0x1000202f) {
                    return Decoded.pack(Op.LR_W, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xf800707f) == 0x1800202f) {
                    return Decoded.pack(Op.SC_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x800202f) {
                    return Decoded.pack(Op.AMOSWAP_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x202f) {
                    return Decoded.pack(Op.AMOADD_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x2000202f) {
                    return Decoded.pack(Op.AMOXOR_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x6000202f) {
                    return Decoded.pack(Op.AMOAND_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x4000202f) {
                    return Decoded.pack(Op.AMOOR_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x8000202f) {
                    return Decoded.pack(Op.AMOMIN_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xa000202f) {
                    return Decoded.pack(Op.AMOMAX_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xc000202f) {
                    return Decoded.pack(Op.AMOMINU_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xe000202f) {
                    return Decoded.pack(Op.AMOMAXU_W, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 3:
                if ((code & 0xf9f0707f) == 0x1000302f) {
                    return Decoded.pack(Op.LR_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xf800707f) == 0x1800302f) {
                    return Decoded.pack(Op.SC_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x800302f) {
                    return Decoded.pack(Op.AMOSWAP_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x302f) {
                    return Decoded.pack(Op.AMOADD_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x2000302f) {
                    return Decoded.pack(Op.AMOXOR_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x6000302f) {
                    return Decoded.pack(Op.AMOAND_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x4000302f) {
                    return Decoded.pack(Op.AMOOR_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0x8000302f) {
                    return Decoded.pack(Op.AMOMIN_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xa000302f) {
                    return Decoded.pack(Op.AMOMAX_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xc000302f) {
                    return Decoded.pack(Op.AMOMINU_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xf800707f) == 0xe000302f) {
                    return Decoded.pack(Op.AMOMAXU_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_12(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xfe00707f) == 0x33) {
                    return Decoded.pack(Op.ADD, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x40000033) {
                    return Decoded.pack(Op.SUB, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2000033) {
                    return Decoded.pack(Op.MUL, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x1033) {
                    return Decoded.pack(Op.SLL, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2001033) {
                    return Decoded.pack(Op.MULH, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x60001033) {
                    return Decoded.pack(Op.ROL, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x48001033) {
                    return Decoded.pack(Op.BCLR, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x68001033) {
                    return Decoded.pack(Op.BINV, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x28001033) {
                    return Decoded.pack(Op.BSET, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 2:
                if ((code & 0xfe00707f) == 0x2033) {
                    return Decoded.pack(Op.SLT, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2002033) {
                    return Decoded.pack(Op.MULHSU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x20002033) {
                    return Decoded.pack(Op.SH1ADD, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 3:
                if ((code & 0xfe00707f) == 0x3033) {
                    return Decoded.pack(Op.SLTU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2003033) {
                    return Decoded.pack(Op.MULHU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 4:
                if ((code & 0xfe00707f) == 0x4033) {
                    return Decoded.pack(Op.XOR, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2004033) {
                    return Decoded.pack(Op.DIV, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x20004033) {
                    return Decoded.pack(Op.SH2ADD, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x40004033) {
                    return Decoded.pack(Op.XNOR, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa004033) {
                    return Decoded.pack(Op.MIN, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x5033) {
                    return Decoded.pack(Op.SRL, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x40005033) {
                    return Decoded.pack(Op.SRA, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2005033) {
                    return Decoded.pack(Op.DIVU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa005033) {
                    return Decoded.pack(Op.MINU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x60005033) {
                    return Decoded.pack(Op.ROR, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x48005033) {
                    return Decoded.pack(Op.BEXT, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 6:
                if ((code & 0xfe00707f) == 0x6033) {
                    return Decoded.pack(Op.OR, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2006033) {
                    return Decoded.pack(Op.REM, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x20006033) {
                    return Decoded.pack(Op.SH3ADD, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x40006033) {
                    return Decoded.pack(Op.ORN, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa006033) {
                    return Decoded.pack(Op.MAX, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 7:
                if ((code & 0xfe00707f) == 0x7033) {
                    return Decoded.pack(Op.AND, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2007033) {
                    return Decoded.pack(Op.REMU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x40007033) {
                    return Decoded.pack(Op.ANDN, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa007033) {
                    return Decoded.pack(Op.MAXU, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_13(int code) {
        if ((code & 0x7f) == 0x37) {
            return Decoded.pack(Op.LUI, (code >>> 7 & 31), 0, 0, 2, imm2(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_14(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xfe00707f) == 0x3b) {
                    return Decoded.pack(Op.ADDW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x4000003b) {
                    return Decoded.pack(Op.SUBW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x200003b) {
                    return Decoded.pack(Op.MULW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x800003b) {
                    return Decoded.pack(Op.ADD_UW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 1:
                if ((code & 0xfe00707f) == 0x103b) {
                    return Decoded.pack(Op.SLLW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x6000103b) {
                    return Decoded.pack(Op.ROLW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 2:
                if ((code & 0xfe00707f) == 0x2000203b) {
                    return Decoded.pack(Op.SH1ADD_UW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 4:
                if ((code & 0xfe00707f) == 0x200403b) {
                    return Decoded.pack(Op.DIVW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2000403b) {
                    return Decoded.pack(Op.SH2ADD_UW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfff0707f) == 0x800403b) {
                    return Decoded.pack(Op.ZEXT_H, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 5:
                if ((code & 0xfe00707f) == 0x503b) {
                    return Decoded.pack(Op.SRLW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x4000503b) {
                    return Decoded.pack(Op.SRAW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x200503b) {
                    return Decoded.pack(Op.DIVUW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x6000503b) {
                    return Decoded.pack(Op.RORW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 6:
                if ((code & 0xfe00707f) == 0x200603b) {
                    return Decoded.pack(Op.REMW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2000603b) {
                    return Decoded.pack(Op.SH3ADD_UW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 7:
                if ((code & 0xfe00707f) == 0x200703b) {
                    return Decoded.pack(Op.REMUW, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_16(int code) {
        if ((code & 0x600007f) == 0x43) {
            return Decoded.pack(Op.FMADD_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        if ((code & 0x600007f) == 0x2000043) {
            return Decoded.pack(Op.FMADD_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_17(int code) {
        if ((code & 0x600007f) == 0x47) {
            return Decoded.pack(Op.FMSUB_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        if ((code & 0x600007f) == 0x2000047) {
            return Decoded.pack(Op.FMSUB_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_18(int code) {
        if ((code & 0x600007f) == 0x4b) {
            return Decoded.pack(Op.FNMSUB_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        if ((code & 0x600007f) == 0x200004b) {
            return Decoded.pack(Op.FNMSUB_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_19(int code) {
        if ((code & 0x600007f) == 0x4f) {
            return Decoded.pack(Op.FNMADD_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        if ((code & 0x600007f) == 0x200004f) {
            return Decoded.pack(Op.FNMADD_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7) | (code >>> 27 & 31) << 3);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_20(int code) {
        switch (code >>> 25 & 127) {
            case 0:
                if ((code & 0xfe00007f) == 0x53) {
                    return Decoded.pack(Op.FADD_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 1:
                if ((code & 0xfe00007f) == 0x2000053) {
                    return Decoded.pack(Op.FADD_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 4:
                if ((code & 0xfe00007f) == 0x8000053) {
                    return Decoded.pack(Op.FSUB_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 5:
                if ((code & 0xfe00007f) == 0xa000053) {
                    return Decoded.pack(Op.FSUB_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 8:
                if ((code & 0xfe00007f) == 0x10000053) {
                    return Decoded.pack(Op.FMUL_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 9:
                if ((code & 0xfe00007f) == 0x12000053) {
                    return Decoded.pack(Op.FMUL_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 12:
                if ((code & 0xfe00007f) == 0x18000053) {
                    return Decoded.pack(Op.FDIV_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 13:
                if ((code & 0xfe00007f) == 0x1a000053) {
                    return Decoded.pack(Op.FDIV_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, (code >>> 12 & 7));
                }
                break;
            case 16:
                if ((code & 0xfe00707f) == 0x20000053) {
                    return Decoded.pack(Op.FSGNJ_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x20001053) {
                    return Decoded.pack(Op.FSGNJN_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x20002053) {
                    return Decoded.pack(Op.FSGNJX_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 17:
                if ((code & 0xfe00707f) == 0x22000053) {
                    return Decoded.pack(Op.FSGNJ_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x22001053) {
                    return Decoded.pack(Op.FSGNJN_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x22002053) {
                    return Decoded.pack(Op.FSGNJX_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 20:
                if ((code & 0xfe00707f) == 0x28000053) {
                    return Decoded.pack(Op.FMIN_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x28001053) {
                    return Decoded.pack(Op.FMAX_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 21:
                if ((code & 0xfe00707f) == 0x2a000053) {
                    return Decoded.pack(Op.FMIN_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0x2a001053) {
                    return Decoded.pack(Op.FMAX_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 32:
                if ((code & 0xfff0007f) == 0x40100053) {
                    return Decoded.pack(Op.FCVT_S_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 33:
                if ((code & 0xfff0007f) == 0x42000053) {
                    return Decoded.pack(Op.FCVT_D_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 44:
                if ((code & 0xfff0007f) == 0x58000053) {
                    return Decoded.pack(Op.FSQRT_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 45:
                if ((code & 0xfff0007f) == 0x5a000053) {
                    return Decoded.pack(Op.FSQRT_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 80:
                if ((code & 0xfe00707f) == 0xa0002053) {
                    return Decoded.pack(Op.FEQ_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa0001053) {
                    return Decoded.pack(Op.FLT_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa0000053) {
                    return Decoded.pack(Op.FLE_S, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 81:
                if ((code & 0xfe00707f) == 0xa2002053) {
                    return Decoded.pack(Op.FEQ_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa2001053) {
                    return Decoded.pack(Op.FLT_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                if ((code & 0xfe00707f) == 0xa2000053) {
                    return Decoded.pack(Op.FLE_D, (code >>> 7 & 31), (code >>> 15 & 31), (code >>> 20 & 31), 2, 0);
                }
                break;
            case 96:
                if ((code & 0xfff0007f) == 0xc0000053) {
                    return Decoded.pack(Op.FCVT_W_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc0100053) {
                    return Decoded.pack(Op.FCVT_WU_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc0200053) {
                    return Decoded.pack(Op.FCVT_L_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc0300053) {
                    return Decoded.pack(Op.FCVT_LU_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 97:
                if ((code & 0xfff0007f) == 0xc2000053) {
                    return Decoded.pack(Op.FCVT_W_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc2100053) {
                    return Decoded.pack(Op.FCVT_WU_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc2200053) {
                    return Decoded.pack(Op.FCVT_L_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xc2300053) {
                    return Decoded.pack(Op.FCVT_LU_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 104:
                if ((code & 0xfff0007f) == 0xd0000053) {
                    return Decoded.pack(Op.FCVT_S_W, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd0100053) {
                    return Decoded.pack(Op.FCVT_S_WU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd0200053) {
                    return Decoded.pack(Op.FCVT_S_L, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd0300053) {
                    return Decoded.pack(Op.FCVT_S_LU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 105:
                if ((code & 0xfff0007f) == 0xd2000053) {
                    return Decoded.pack(Op.FCVT_D_W, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd2100053) {
                    return Decoded.pack(Op.FCVT_D_WU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd2200053) {
                    return Decoded.pack(Op.FCVT_D_L, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                if ((code & 0xfff0007f) == 0xd2300053) {
                    return Decoded.pack(Op.FCVT_D_LU, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, (code >>> 12 & 7));
                }
                break;
            case 112:
                if ((code & 0xfff0707f) == 0xe0000053) {
                    return Decoded.pack(Op.FMV_X_W, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0xe0001053) {
                    return Decoded.pack(Op.FCLASS_S, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 113:
                if ((code & 0xfff0707f) == 0xe2001053) {
                    return Decoded.pack(Op.FCLASS_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                if ((code & 0xfff0707f) == 0xe2000053) {
                    return Decoded.pack(Op.FMV_X_D, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 120:
                if ((code & 0xfff0707f) == 0xf0000053) {
                    return Decoded.pack(Op.FMV_W_X, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            case 121:
                if ((code & 0xfff0707f) == 0xf2000053) {
                    return Decoded.pack(Op.FMV_D_X, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, 0);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_24(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0x707f) == 0x63) {
                    return Decoded.pack(Op.BEQ, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1063) {
                    return Decoded.pack(Op.BNE, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            case 4:
                if ((code & 0x707f) == 0x4063) {
                    return Decoded.pack(Op.BLT, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5063) {
                    return Decoded.pack(Op.BGE, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6063) {
                    return Decoded.pack(Op.BLTU, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7063) {
                    return Decoded.pack(Op.BGEU, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, imm5(code));
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_25(int code) {
        if ((code & 0x707f) == 0x67) {
            return Decoded.pack(Op.JALR, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, imm0(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_27(int code) {
        if ((code & 0x7f) == 0x6f) {
            return Decoded.pack(Op.JAL, (code >>> 7 & 31), 0, 0, 2, imm6(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode32_28(int code) {
        switch (code >>> 12 & 7) {
            case 0:
                if ((code & 0xffffffff) == 0x73) {
                    return Decoded.pack(Op.ECALL, 0, 0, 0, 2, code);
                }
                if ((code & 0xffffffff) == 0x100073) {
                    return Decoded.pack(Op.EBREAK, 0, 0, 0, 2, code);
                }
                if ((code & 0xffffffff) == 0x10200073) {
                    return Decoded.pack(Op.SRET, 0, 0, 0, 2, code);
                }
                if ((code & 0xffffffff) == 0x10500073) {
                    return Decoded.pack(Op.WFI, 0, 0, 0, 2, code);
                }
                if ((code & 0xfe007fff) == 0x12000073) {
                    return Decoded.pack(Op.SFENCE_VMA, 0, (code >>> 15 & 31), (code >>> 20 & 31), 2, code);
                }
                if ((code & 0xffffffff) == 0x30200073) {
                    return Decoded.pack(Op.MRET, 0, 0, 0, 2, code);
                }
                break;
            case 1:
                if ((code & 0x707f) == 0x1073) {
                    return Decoded.pack(Op.CSRRW, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, code);
                }
                break;
            case 2:
                if ((code & 0x707f) == 0x2073) {
                    return Decoded.pack(Op.CSRRS, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, code);
                }
                break;
            case 3:
                if ((code & 0x707f) == 0x3073) {
                    return Decoded.pack(Op.CSRRC, (code >>> 7 & 31), (code >>> 15 & 31), 0, 2, code);
                }
                break;
            case 5:
                if ((code & 0x707f) == 0x5073) {
                    return Decoded.pack(Op.CSRRWI, (code >>> 7 & 31), 0, 0, 2, code);
                }
                break;
            case 6:
                if ((code & 0x707f) == 0x6073) {
                    return Decoded.pack(Op.CSRRSI, (code >>> 7 & 31), 0, 0, 2, code);
                }
                break;
            case 7:
                if ((code & 0x707f) == 0x7073) {
                    return Decoded.pack(Op.CSRRCI, (code >>> 7 & 31), 0, 0, 2, code);
                }
                break;
            default:
                break;
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 2, code);
    }

    private static long decode16_0(int code) {
        if ((code & 0xe003) == 0x0 && imm7(code) != 0) {
            return Decoded.pack(Op.ADDI, ((code >>> 2 & 7) + 8), 2, 0, 1, imm7(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_1(int code) {
        if ((code & 0xe003) == 0x2000) {
            return Decoded.pack(Op.FLD, ((code >>> 2 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm8(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_2(int code) {
        if ((code & 0xe003) == 0x4000) {
            return Decoded.pack(Op.LW, ((code >>> 2 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm9(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_3(int code) {
        if ((code & 0xe003) == 0x6000) {
            return Decoded.pack(Op.LD, ((code >>> 2 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm8(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_5(int code) {
        if ((code & 0xe003) == 0xa000) {
            return Decoded.pack(Op.FSD, 0, ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, imm8(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_6(int code) {
        if ((code & 0xe003) == 0xc000) {
            return Decoded.pack(Op.SW, 0, ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, imm9(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_7(int code) {
        if ((code & 0xe003) == 0xe000) {
            return Decoded.pack(Op.SD, 0, ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, imm8(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_8(int code) {
        if ((code & 0xef83) == 0x1) {
            return Decoded.pack(Op.ADDI, 0, 0, 0, 1, imm10(code));
        }
        if ((code & 0xe003) == 0x1 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.ADDI, (code >>> 7 & 31), (code >>> 7 & 31), 0, 1, imm10(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_9(int code) {
        if ((code & 0xe003) == 0x2001 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.ADDIW, (code >>> 7 & 31), (code >>> 7 & 31), 0, 1, imm10(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_10(int code) {
        if ((code & 0xe003) == 0x4001) {
            return Decoded.pack(Op.ADDI, (code >>> 7 & 31), 0, 0, 1, imm10(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_11(int code) {
        if ((code & 0xef83) == 0x6101 && imm11(code) != 0) {
            return Decoded.pack(Op.ADDI, 2, 2, 0, 1, imm11(code));
        }
        if ((code & 0xe003) == 0x6001 && imm12(code) != 0) {
            return Decoded.pack(Op.LUI, (code >>> 7 & 31), 0, 0, 1, imm12(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_12(int code) {
        if ((code & 0xec03) == 0x8001) {
            return Decoded.pack(Op.SRLI, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm13(code));
        }
        if ((code & 0xec03) == 0x8401) {
            return Decoded.pack(Op.SRAI, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm13(code));
        }
        if ((code & 0xec03) == 0x8801) {
            return Decoded.pack(Op.ANDI, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), 0, 1, imm10(code));
        }
        if ((code & 0xfc63) == 0x8c01) {
            return Decoded.pack(Op.SUB, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        if ((code & 0xfc63) == 0x8c21) {
            return Decoded.pack(Op.XOR, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        if ((code & 0xfc63) == 0x8c41) {
            return Decoded.pack(Op.OR, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        if ((code & 0xfc63) == 0x8c61) {
            return Decoded.pack(Op.AND, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        if ((code & 0xfc63) == 0x9c01) {
            return Decoded.pack(Op.SUBW, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        if ((code & 0xfc63) == 0x9c21) {
            return Decoded.pack(Op.ADDW, ((code >>> 7 & 7) + 8), ((code >>> 7 & 7) + 8), ((code >>> 2 & 7) + 8), 1, 0);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_13(int code) {
        if ((code & 0xe003) == 0xa001) {
            return Decoded.pack(Op.JAL, 0, 0, 0, 1, imm14(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_14(int code) {
        if ((code & 0xe003) == 0xc001) {
            return Decoded.pack(Op.BEQ, 0, ((code >>> 7 & 7) + 8), 0, 1, imm15(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_15(int code) {
        if ((code & 0xe003) == 0xe001) {
            return Decoded.pack(Op.BNE, 0, ((code >>> 7 & 7) + 8), 0, 1, imm15(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_16(int code) {
        if ((code & 0xe003) == 0x2) {
            return Decoded.pack(Op.SLLI, (code >>> 7 & 31), (code >>> 7 & 31), 0, 1, imm13(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_17(int code) {
        if ((code & 0xe003) == 0x2002) {
            return Decoded.pack(Op.FLD, (code >>> 7 & 31), 2, 0, 1, imm16(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_18(int code) {
        if ((code & 0xe003) == 0x4002 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.LW, (code >>> 7 & 31), 2, 0, 1, imm17(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_19(int code) {
        if ((code & 0xe003) == 0x6002 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.LD, (code >>> 7 & 31), 2, 0, 1, imm16(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_20(int code) {
        if ((code & 0xf07f) == 0x8002 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.JALR, 0, (code >>> 7 & 31), 0, 1, 0);
        }
        if ((code & 0xf003) == 0x8002 && (code >>> 2 & 31) != 0) {
            return Decoded.pack(Op.ADD, (code >>> 7 & 31), 0, (code >>> 2 & 31), 1, 0);
        }
        if ((code & 0xffff) == 0x9002) {
            return Decoded.pack(Op.EBREAK, 0, 0, 0, 1, code);
        }
        if ((code & 0xf07f) == 0x9002 && (code >>> 7 & 31) != 0) {
            return Decoded.pack(Op.JALR, 1, (code >>> 7 & 31), 0, 1, 0);
        }
        if ((code & 0xf003) == 0x9002 && (code >>> 2 & 31) != 0) {
            return Decoded.pack(Op.ADD, (code >>> 7 & 31), (code >>> 7 & 31), (code >>> 2 & 31), 1, 0);
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_21(int code) {
        if ((code & 0xe003) == 0xa002) {
            return Decoded.pack(Op.FSD, 0, 2, (code >>> 2 & 31), 1, imm18(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_22(int code) {
        if ((code & 0xe003) == 0xc002) {
            return Decoded.pack(Op.SW, 0, 2, (code >>> 2 & 31), 1, imm19(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
    }

    private static long decode16_23(int code) {
        if ((code & 0xe003) == 0xe002) {
            return Decoded.pack(Op.SD, 0, 2, (code >>> 2 & 31), 1, imm18(code));
        }
        return Decoded.pack(Op.ILLEGAL, 0, 0, 0, 1, code);
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
        return (code >>> 11 & 3) << 4 | (code >>> 7 & 15) << 6 | (code >>> 6 & 1) << 2 | (code >>> 5 & 1) << 3;
    }

    private static int imm8(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 5 & 3) << 6;
    }

    private static int imm9(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 6 & 1) << 2 | (code >>> 5 & 1) << 6;
    }

    private static int imm10(int code) {
        return (code << 19 >> 31) << 5 | (code >>> 2 & 31);
    }

    private static int imm11(int code) {
        return (code << 19 >> 31) << 9 | (code >>> 6 & 1) << 4 | (code >>> 5 & 1) << 6 | (code >>> 3 & 3) << 7 | (code >>> 2 & 1) << 5;
    }

    private static int imm12(int code) {
        return (code << 19 >> 31) << 17 | (code >>> 2 & 31) << 12;
    }

    private static int imm13(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 2 & 31);
    }

    private static int imm14(int code) {
        return (code << 19 >> 31) << 11 | (code >>> 11 & 1) << 4 | (code >>> 9 & 3) << 8 | (code >>> 8 & 1) << 10 | (code >>> 7 & 1) << 6 | (code >>> 6 & 1) << 7 | (code >>> 3 & 7) << 1 | (code >>> 2 & 1) << 5;
    }

    private static int imm15(int code) {
        return (code << 19 >> 31) << 8 | (code >>> 10 & 3) << 3 | (code >>> 5 & 3) << 6 | (code >>> 3 & 3) << 1 | (code >>> 2 & 1) << 5;
    }

    private static int imm16(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 5 & 3) << 3 | (code >>> 2 & 7) << 6;
    }

    private static int imm17(int code) {
        return (code >>> 12 & 1) << 5 | (code >>> 4 & 7) << 2 | (code >>> 2 & 3) << 6;
    }

    private static int imm18(int code) {
        return (code >>> 10 & 7) << 3 | (code >>> 7 & 7) << 6;
    }

    private static int imm19(int code) {
        return (code >>> 9 & 15) << 2 | (code >>> 7 & 3) << 6;
    }
}
