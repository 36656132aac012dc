package hv.board.x86.internal;

import hv.api.vcpu.Registers;
import hv.api.x86.X86Register;

/**
 * The boot vCPU as firmware would leave it, and what of that lies in RAM. Long mode: Linux, {@code Documentation/arch/x86/boot.rst}, "64-bit Boot Protocol"; PVH: Xen,
 * {@code docs/misc/pvh.pandoc}. Registers that are not written keep their reset values.
 */
final class BootCpu {
    private static final int CODE_SELECTOR = 0x10;
    private static final int DATA_SELECTOR = 0x18;
    private static final int TASK_SELECTOR = 0x20;
    private static final long FLAT_LIMIT = 0xffff_ffffL;
    private static final long TASK_LIMIT = 0x67;
    /** Access rights: present, accessed, flat in pages; code for long mode, code of 32 bits, data; a busy task. */
    private static final int CODE_64 = 0xa09b;
    private static final int CODE_32 = 0xc09b;
    private static final int DATA = 0xc093;
    private static final int TASK = 0x008b;

    private static final long CR0_PROTECTED = 0x11;
    private static final long CR0_PAGED = CR0_PROTECTED | 1L << 31;
    private static final long CR4_PAE = 1L << 5;
    private static final long EFER_LONG_MODE = 1L << 8 | 1L << 10;
    private static final long FLAGS_ALWAYS_SET = 2;

    private static final int ENTRIES = 512;
    private static final long PAGE_BYTES = 4096;
    private static final long TABLE = 0x03;
    private static final long LARGE_PAGE = 0x83;
    private static final long LARGE_PAGE_BYTES = 2L << 20;
    private static final int GIBIBYTES = 4;

    private BootCpu() {
    }

    /** Page tables for {@link X86Map#PAGE_TABLES_GPA}: the lowest 4 GiB at themselves, writable, in pages of 2 MiB. One of level 4, one of level 3, four of level 2. */
    static byte[] pageTables() {
        long level3 = X86Map.PAGE_TABLES_GPA + PAGE_BYTES;
        long level2 = level3 + PAGE_BYTES;
        LittleEndian out = new LittleEndian();
        out.u64(level3 | TABLE).to((int) PAGE_BYTES);
        for (int i = 0; i < GIBIBYTES; i++) {
            out.u64(level2 + i * PAGE_BYTES | TABLE);
        }
        out.to(2 * (int) PAGE_BYTES);
        for (long i = 0; i < (long) GIBIBYTES * ENTRIES; i++) {
            out.u64(i * LARGE_PAGE_BYTES | LARGE_PAGE);
        }
        return out.toBytes();
    }

    /** The descriptor table for {@link X86Map#GDT_GPA}: null, null, code, data, task. */
    static byte[] gdt(LinuxKernel.Entry entry) {
        return new LittleEndian().u64(0).u64(0).u64(descriptor(code(entry), FLAT_LIMIT)).u64(descriptor(DATA, FLAT_LIMIT)).u64(descriptor(TASK, TASK_LIMIT)).toBytes();
    }

    private static int code(LinuxKernel.Entry entry) {
        return switch (entry) {
            case LINUX_64 -> CODE_64;
            case PVH -> CODE_32;
        };
    }

    /** A segment of base 0 (Intel SDM volume 3, 3.4.5). */
    private static long descriptor(int access, long limitBytes) {
        long limit = (access & 0x8000) != 0 ? limitBytes >> 12 : limitBytes;
        return limit & 0xffff | (long) (access & 0xff) << 40 | (limit >> 16 & 0xf) << 48 | (long) (access >> 12 & 0xf) << 52;
    }

    /** Writes what differs from the reset state, in any order. */
    static void begin(LinuxKernel.Entry entry, long entryGpa, Registers registers) {
        registers.write(X86Register.RIP, entryGpa);
        registers.write(X86Register.RFLAGS, FLAGS_ALWAYS_SET);
        registers.write(X86Register.GDT_BASE, X86Map.GDT_GPA);
        registers.write(X86Register.GDT_LIMIT, gdt(entry).length - 1);
        segment(registers, X86Register.CS, CODE_SELECTOR, FLAT_LIMIT, code(entry));
        for (int data : new int[] {X86Register.DS, X86Register.ES, X86Register.SS, X86Register.FS, X86Register.GS}) {
            segment(registers, data, DATA_SELECTOR, FLAT_LIMIT, DATA);
        }
        segment(registers, X86Register.TR, TASK_SELECTOR, TASK_LIMIT, TASK);
        switch (entry) {
            case LINUX_64 -> {
                registers.write(X86Register.RSI, X86Map.BOOT_PARAMS_GPA);
                registers.write(X86Register.CR3, X86Map.PAGE_TABLES_GPA);
                registers.write(X86Register.CR4, CR4_PAE);
                registers.write(X86Register.EFER, EFER_LONG_MODE);
                registers.write(X86Register.CR0, CR0_PAGED);
            }
            case PVH -> {
                registers.write(X86Register.RBX, X86Map.START_INFO_GPA);
                registers.write(X86Register.CR4, 0);
                registers.write(X86Register.EFER, 0);
                registers.write(X86Register.CR0, CR0_PROTECTED);
            }
        }
    }

    private static void segment(Registers registers, int segment, int selector, long limitBytes, int access) {
        registers.write(X86Register.selector(segment), selector);
        registers.write(X86Register.base(segment), 0);
        registers.write(X86Register.limit(segment), limitBytes);
        registers.write(X86Register.access(segment), access);
    }
}
