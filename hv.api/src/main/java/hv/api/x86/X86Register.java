package hv.api.x86;

/** Numbers of x86-64 registers for {@link hv.api.vcpu.Registers}. */
public final class X86Register {
    /** General registers in the order of their encoding (Intel SDM volume 2, table 2-2): RAX .. RDI, R8 .. R15. */
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R15 = 15;
    public static final int RIP = 16;
    public static final int RFLAGS = 17;
    public static final int CR0 = 18;
    public static final int CR2 = 19;
    public static final int CR3 = 20;
    public static final int CR4 = 21;
    public static final int CR8 = 22;
    public static final int EFER = 23;
    /** Linear address and limit in bytes of the descriptor tables. */
    public static final int GDT_BASE = 24;
    public static final int GDT_LIMIT = 25;
    public static final int IDT_BASE = 26;
    public static final int IDT_LIMIT = 27;

    /** Segments, for {@link #selector} and its fellows. */
    public static final int ES = 0;
    public static final int CS = 1;
    public static final int SS = 2;
    public static final int DS = 3;
    public static final int FS = 4;
    public static final int GS = 5;
    public static final int TR = 6;
    public static final int LDTR = 7;
    public static final int SEGMENTS = 8;

    private static final int SEGMENT0 = 32;
    private static final int PER_SEGMENT = 4;

    private X86Register() {
    }

    public static int selector(int segment) {
        return SEGMENT0 + PER_SEGMENT * check(segment);
    }

    public static int base(int segment) {
        return selector(segment) + 1;
    }

    /** In bytes, whatever the granularity. */
    public static int limit(int segment) {
        return selector(segment) + 2;
    }

    /**
     * Access rights as in a VMCS (Intel SDM volume 3, table 25-2): type in bits 0 to 3, S 4, DPL 5 and 6, P 7, AVL 12, L 13, D/B 14, G 15, unusable 16.
     */
    public static int access(int segment) {
        return selector(segment) + 3;
    }

    private static int check(int segment) {
        if (segment < 0 || segment >= SEGMENTS) {
            throw new IllegalArgumentException("segment " + segment);
        }
        return segment;
    }
}
