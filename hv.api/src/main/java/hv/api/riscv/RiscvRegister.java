package hv.api.riscv;

/** Numbers of RISC-V registers for {@link hv.api.vcpu.Registers}. */
public final class RiscvRegister {
    /** x0 .. x31. */
    public static final int X0 = 0;
    public static final int RA = 1;
    public static final int SP = 2;
    public static final int A0 = 10;
    public static final int A1 = 11;
    public static final int A2 = 12;
    public static final int A7 = 17;
    /** f0 .. f31 as raw 64 bits. */
    public static final int F0 = 32;
    public static final int PC = 64;
    /** Privilege mode: 0 user, 1 supervisor, 3 machine. */
    public static final int MODE = 65;
    /** CSR n is register {@code CSR0 + n}, n in 0 .. 0xfff. */
    public static final int CSR0 = 0x1000;

    private RiscvRegister() {
    }

    public static int csr(int number) {
        return CSR0 + number;
    }
}
