package hv.engine.kvm.internal;

import java.lang.foreign.ValueLayout;

/**
 * Numbers and layouts of KVM on x86-64. Structures are read and written by offset.
 * <p>Source: Linux, {@code include/uapi/linux/kvm.h}, {@code arch/x86/include/uapi/asm/kvm.h}, {@code Documentation/virt/kvm/api.rst}.
 */
final class KvmAbi {
    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    static final int API_VERSION = 12;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int E2BIG = 7;

    // --- of /dev/kvm
    static final long GET_API_VERSION = 0xae00L;
    static final long CREATE_VM = 0xae01L;
    static final long GET_MSR_INDEX_LIST = 0xc004ae02L;
    static final long CHECK_EXTENSION = 0xae03L;
    static final long GET_VCPU_MMAP_SIZE = 0xae04L;
    static final long GET_SUPPORTED_CPUID = 0xc008ae05L;

    // --- of a machine
    static final long CREATE_VCPU = 0xae41L;
    static final long GET_DIRTY_LOG = 0x4010ae42L;
    static final long SET_USER_MEMORY_REGION = 0x4020ae46L;
    static final long SET_TSS_ADDR = 0xae47L;
    static final long SET_IDENTITY_MAP_ADDR = 0x4008ae48L;
    static final long CREATE_IRQCHIP = 0xae60L;
    static final long IRQ_LINE = 0x4008ae61L;
    static final long GET_IRQCHIP = 0xc208ae62L;
    static final long SET_IRQCHIP = 0x8208ae63L;
    static final long CREATE_PIT2 = 0x4040ae77L;
    static final long SET_CLOCK = 0x4030ae7bL;
    static final long GET_CLOCK = 0x8030ae7cL;
    static final long GET_PIT2 = 0x8070ae9fL;
    static final long SET_PIT2 = 0x4070aea0L;
    static final long SIGNAL_MSI = 0x4020aea5L;

    // --- of a vCPU
    static final long RUN = 0xae80L;
    static final long GET_REGS = 0x8090ae81L;
    static final long SET_REGS = 0x4090ae82L;
    static final long GET_SREGS = 0x8138ae83L;
    static final long SET_SREGS = 0x4138ae84L;
    static final long GET_MSRS = 0xc008ae88L;
    static final long SET_MSRS = 0x4008ae89L;
    static final long SET_SIGNAL_MASK = 0x4004ae8bL;
    static final long GET_LAPIC = 0x8400ae8eL;
    static final long SET_LAPIC = 0x4400ae8fL;
    static final long SET_CPUID2 = 0x4008ae90L;
    static final long GET_MP_STATE = 0x8004ae98L;
    static final long SET_MP_STATE = 0x4004ae99L;
    static final long GET_VCPU_EVENTS = 0x8040ae9fL;
    static final long SET_VCPU_EVENTS = 0x4040aea0L;
    static final long GET_DEBUGREGS = 0x8080aea1L;
    static final long SET_DEBUGREGS = 0x4080aea2L;
    static final long GET_TSC_KHZ = 0xaea3L;
    static final long GET_XSAVE = 0x9000aea4L;
    static final long SET_XSAVE = 0x5000aea5L;
    static final long GET_XCRS = 0x8188aea6L;
    static final long SET_XCRS = 0x4188aea7L;
    static final long GET_XSAVE2 = 0x9000aecfL;

    // --- extensions, for CHECK_EXTENSION
    static final int CAP_IRQCHIP = 0;
    static final int CAP_USER_MEMORY = 3;
    static final int CAP_NR_VCPUS = 9;
    static final int CAP_MP_STATE = 14;
    static final int CAP_PIT2 = 33;
    static final int CAP_ADJUST_CLOCK = 39;
    static final int CAP_VCPU_EVENTS = 41;
    static final int CAP_XCRS = 56;
    static final int CAP_MAX_VCPUS = 66;
    static final int CAP_TSC_DEADLINE_TIMER = 72;
    static final int CAP_SIGNAL_MSI = 77;
    static final int CAP_IMMEDIATE_EXIT = 136;
    static final int CAP_XSAVE2 = 208;

    // --- struct kvm_run
    static final int RUN_IMMEDIATE_EXIT = 1;
    static final int RUN_EXIT_REASON = 8;
    static final int RUN_IO_DIRECTION = 32;
    static final int RUN_IO_SIZE = 33;
    static final int RUN_IO_PORT = 34;
    static final int RUN_IO_COUNT = 36;
    static final int RUN_IO_DATA_OFFSET = 40;
    static final int RUN_MMIO_ADDRESS = 32;
    static final int RUN_MMIO_DATA = 40;
    static final int RUN_MMIO_LEN = 48;
    static final int RUN_MMIO_WRITE = 52;
    static final int RUN_INTERNAL_SUBERROR = 32;
    static final int RUN_FAIL_ENTRY_REASON = 32;
    static final int RUN_SYSTEM_EVENT_TYPE = 32;
    static final int IO_OUT = 1;

    static final int EXIT_UNKNOWN = 0;
    static final int EXIT_IO = 2;
    static final int EXIT_HLT = 5;
    static final int EXIT_MMIO = 6;
    static final int EXIT_IRQ_WINDOW_OPEN = 7;
    static final int EXIT_SHUTDOWN = 8;
    static final int EXIT_FAIL_ENTRY = 9;
    static final int EXIT_INTR = 10;
    static final int EXIT_INTERNAL_ERROR = 17;
    static final int EXIT_SYSTEM_EVENT = 24;

    // --- sizes of structures, bytes
    static final int REGS_BYTES = 144;
    static final int SREGS_BYTES = 312;
    static final int SREGS_APIC_BASE = 272;
    static final int LAPIC_BYTES = 1024;
    static final int EVENTS_BYTES = 64;
    static final int DEBUGREGS_BYTES = 128;
    static final int XCRS_BYTES = 392;
    static final int XSAVE_BYTES = 4096;
    static final int IRQCHIP_BYTES = 520;
    static final int PIT_BYTES = 112;
    static final int PIT_CONFIG_BYTES = 64;
    static final int CLOCK_BYTES = 48;
    static final int MSI_BYTES = 32;
    static final int REGION_BYTES = 32;
    static final int MEM_LOG_DIRTY_PAGES = 1;

    static final int MP_STATE_RUNNABLE = 0;
    static final int MP_STATE_MAX = 4;

    private KvmAbi() {
    }
}
