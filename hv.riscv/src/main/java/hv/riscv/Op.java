// Generated from instructions.txt by hv.riscv.tool.Generator; do not edit.
package hv.riscv;

/** Numbers of the operations, in the order of the instruction table. A state or a stream never holds them: they change with the table. */
public final class Op {
    /** No instruction of the table. */
    public static final int ILLEGAL = 0;
    public static final int LUI = 1;
    public static final int AUIPC = 2;
    public static final int JAL = 3;
    public static final int JALR = 4;
    public static final int BEQ = 5;
    public static final int BNE = 6;
    public static final int BLT = 7;
    public static final int BGE = 8;
    public static final int BLTU = 9;
    public static final int BGEU = 10;
    public static final int LB = 11;
    public static final int LH = 12;
    public static final int LW = 13;
    public static final int LD = 14;
    public static final int LBU = 15;
    public static final int LHU = 16;
    public static final int LWU = 17;
    public static final int SB = 18;
    public static final int SH = 19;
    public static final int SW = 20;
    public static final int SD = 21;
    public static final int ADDI = 22;
    public static final int SLTI = 23;
    public static final int SLTIU = 24;
    public static final int XORI = 25;
    public static final int ORI = 26;
    public static final int ANDI = 27;
    public static final int SLLI = 28;
    public static final int SRLI = 29;
    public static final int SRAI = 30;
    public static final int ADDIW = 31;
    public static final int SLLIW = 32;
    public static final int SRLIW = 33;
    public static final int SRAIW = 34;
    public static final int ADD = 35;
    public static final int SUB = 36;
    public static final int SLL = 37;
    public static final int SLT = 38;
    public static final int SLTU = 39;
    public static final int XOR = 40;
    public static final int SRL = 41;
    public static final int SRA = 42;
    public static final int OR = 43;
    public static final int AND = 44;
    public static final int ADDW = 45;
    public static final int SUBW = 46;
    public static final int SLLW = 47;
    public static final int SRLW = 48;
    public static final int SRAW = 49;
    public static final int ECALL = 50;
    public static final int EBREAK = 51;
    public static final int PAUSE = 52;
    public static final int FENCE = 53;
    public static final int FENCE_I = 54;
    public static final int CSRRW = 55;
    public static final int CSRRS = 56;
    public static final int CSRRC = 57;
    public static final int CSRRWI = 58;
    public static final int CSRRSI = 59;
    public static final int CSRRCI = 60;
    public static final int SRET = 61;
    public static final int WFI = 62;
    public static final int SFENCE_VMA = 63;
    public static final int MRET = 64;
    public static final int MUL = 65;
    public static final int MULH = 66;
    public static final int MULHSU = 67;
    public static final int MULHU = 68;
    public static final int DIV = 69;
    public static final int DIVU = 70;
    public static final int REM = 71;
    public static final int REMU = 72;
    public static final int MULW = 73;
    public static final int DIVW = 74;
    public static final int DIVUW = 75;
    public static final int REMW = 76;
    public static final int REMUW = 77;
    public static final int LR_W = 78;
    public static final int SC_W = 79;
    public static final int AMOSWAP_W = 80;
    public static final int AMOADD_W = 81;
    public static final int AMOXOR_W = 82;
    public static final int AMOAND_W = 83;
    public static final int AMOOR_W = 84;
    public static final int AMOMIN_W = 85;
    public static final int AMOMAX_W = 86;
    public static final int AMOMINU_W = 87;
    public static final int AMOMAXU_W = 88;
    public static final int LR_D = 89;
    public static final int SC_D = 90;
    public static final int AMOSWAP_D = 91;
    public static final int AMOADD_D = 92;
    public static final int AMOXOR_D = 93;
    public static final int AMOAND_D = 94;
    public static final int AMOOR_D = 95;
    public static final int AMOMIN_D = 96;
    public static final int AMOMAX_D = 97;
    public static final int AMOMINU_D = 98;
    public static final int AMOMAXU_D = 99;
    public static final int FLW = 100;
    public static final int FSW = 101;
    public static final int FMADD_S = 102;
    public static final int FMSUB_S = 103;
    public static final int FNMSUB_S = 104;
    public static final int FNMADD_S = 105;
    public static final int FADD_S = 106;
    public static final int FSUB_S = 107;
    public static final int FMUL_S = 108;
    public static final int FDIV_S = 109;
    public static final int FSQRT_S = 110;
    public static final int FSGNJ_S = 111;
    public static final int FSGNJN_S = 112;
    public static final int FSGNJX_S = 113;
    public static final int FMIN_S = 114;
    public static final int FMAX_S = 115;
    public static final int FCVT_W_S = 116;
    public static final int FCVT_WU_S = 117;
    public static final int FCVT_L_S = 118;
    public static final int FCVT_LU_S = 119;
    public static final int FMV_X_W = 120;
    public static final int FCLASS_S = 121;
    public static final int FEQ_S = 122;
    public static final int FLT_S = 123;
    public static final int FLE_S = 124;
    public static final int FCVT_S_W = 125;
    public static final int FCVT_S_WU = 126;
    public static final int FCVT_S_L = 127;
    public static final int FCVT_S_LU = 128;
    public static final int FMV_W_X = 129;
    public static final int FLD = 130;
    public static final int FSD = 131;
    public static final int FMADD_D = 132;
    public static final int FMSUB_D = 133;
    public static final int FNMSUB_D = 134;
    public static final int FNMADD_D = 135;
    public static final int FADD_D = 136;
    public static final int FSUB_D = 137;
    public static final int FMUL_D = 138;
    public static final int FDIV_D = 139;
    public static final int FSQRT_D = 140;
    public static final int FSGNJ_D = 141;
    public static final int FSGNJN_D = 142;
    public static final int FSGNJX_D = 143;
    public static final int FMIN_D = 144;
    public static final int FMAX_D = 145;
    public static final int FCVT_S_D = 146;
    public static final int FCVT_D_S = 147;
    public static final int FEQ_D = 148;
    public static final int FLT_D = 149;
    public static final int FLE_D = 150;
    public static final int FCLASS_D = 151;
    public static final int FCVT_W_D = 152;
    public static final int FCVT_WU_D = 153;
    public static final int FCVT_L_D = 154;
    public static final int FCVT_LU_D = 155;
    public static final int FCVT_D_W = 156;
    public static final int FCVT_D_WU = 157;
    public static final int FCVT_D_L = 158;
    public static final int FCVT_D_LU = 159;
    public static final int FMV_X_D = 160;
    public static final int FMV_D_X = 161;
    public static final int ADD_UW = 162;
    public static final int SH1ADD = 163;
    public static final int SH1ADD_UW = 164;
    public static final int SH2ADD = 165;
    public static final int SH2ADD_UW = 166;
    public static final int SH3ADD = 167;
    public static final int SH3ADD_UW = 168;
    public static final int SLLI_UW = 169;
    public static final int ANDN = 170;
    public static final int ORN = 171;
    public static final int XNOR = 172;
    public static final int CLZ = 173;
    public static final int CLZW = 174;
    public static final int CTZ = 175;
    public static final int CTZW = 176;
    public static final int CPOP = 177;
    public static final int CPOPW = 178;
    public static final int MAX = 179;
    public static final int MAXU = 180;
    public static final int MIN = 181;
    public static final int MINU = 182;
    public static final int SEXT_B = 183;
    public static final int SEXT_H = 184;
    public static final int ZEXT_H = 185;
    public static final int ROL = 186;
    public static final int ROLW = 187;
    public static final int ROR = 188;
    public static final int RORW = 189;
    public static final int RORI = 190;
    public static final int RORIW = 191;
    public static final int ORC_B = 192;
    public static final int REV8 = 193;
    public static final int BCLR = 194;
    public static final int BCLRI = 195;
    public static final int BEXT = 196;
    public static final int BEXTI = 197;
    public static final int BINV = 198;
    public static final int BINVI = 199;
    public static final int BSET = 200;
    public static final int BSETI = 201;
    /** One more than the highest. */
    public static final int COUNT = 202;

    private static final String[] NAMES = {"illegal",
        "lui", "auipc", "jal", "jalr", "beq", "bne", "blt", "bge",
        "bltu", "bgeu", "lb", "lh", "lw", "ld", "lbu", "lhu",
        "lwu", "sb", "sh", "sw", "sd", "addi", "slti", "sltiu",
        "xori", "ori", "andi", "slli", "srli", "srai", "addiw", "slliw",
        "srliw", "sraiw", "add", "sub", "sll", "slt", "sltu", "xor",
        "srl", "sra", "or", "and", "addw", "subw", "sllw", "srlw",
        "sraw", "ecall", "ebreak", "pause", "fence", "fence.i", "csrrw", "csrrs",
        "csrrc", "csrrwi", "csrrsi", "csrrci", "sret", "wfi", "sfence.vma", "mret",
        "mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu",
        "mulw", "divw", "divuw", "remw", "remuw", "lr.w", "sc.w", "amoswap.w",
        "amoadd.w", "amoxor.w", "amoand.w", "amoor.w", "amomin.w", "amomax.w", "amominu.w", "amomaxu.w",
        "lr.d", "sc.d", "amoswap.d", "amoadd.d", "amoxor.d", "amoand.d", "amoor.d", "amomin.d",
        "amomax.d", "amominu.d", "amomaxu.d", "flw", "fsw", "fmadd.s", "fmsub.s", "fnmsub.s",
        "fnmadd.s", "fadd.s", "fsub.s", "fmul.s", "fdiv.s", "fsqrt.s", "fsgnj.s", "fsgnjn.s",
        "fsgnjx.s", "fmin.s", "fmax.s", "fcvt.w.s", "fcvt.wu.s", "fcvt.l.s", "fcvt.lu.s", "fmv.x.w",
        "fclass.s", "feq.s", "flt.s", "fle.s", "fcvt.s.w", "fcvt.s.wu", "fcvt.s.l", "fcvt.s.lu",
        "fmv.w.x", "fld", "fsd", "fmadd.d", "fmsub.d", "fnmsub.d", "fnmadd.d", "fadd.d",
        "fsub.d", "fmul.d", "fdiv.d", "fsqrt.d", "fsgnj.d", "fsgnjn.d", "fsgnjx.d", "fmin.d",
        "fmax.d", "fcvt.s.d", "fcvt.d.s", "feq.d", "flt.d", "fle.d", "fclass.d", "fcvt.w.d",
        "fcvt.wu.d", "fcvt.l.d", "fcvt.lu.d", "fcvt.d.w", "fcvt.d.wu", "fcvt.d.l", "fcvt.d.lu", "fmv.x.d",
        "fmv.d.x", "add.uw", "sh1add", "sh1add.uw", "sh2add", "sh2add.uw", "sh3add", "sh3add.uw",
        "slli.uw", "andn", "orn", "xnor", "clz", "clzw", "ctz", "ctzw",
        "cpop", "cpopw", "max", "maxu", "min", "minu", "sext.b", "sext.h",
        "zext.h", "rol", "rolw", "ror", "rorw", "rori", "roriw", "orc.b",
        "rev8", "bclr", "bclri", "bext", "bexti", "binv", "binvi", "bset",
        "bseti",
    };

    private Op() { }

    /** The instruction's name, as in the table. */
    public static String name(int op) {
        return NAMES[op];
    }
}
