package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * CPUID leaves as KVM takes them, and what of them is ours to say: which vCPU it is and how many there are, that there is a hypervisor, and no nested
 * virtualization (its state is not saved).
 * <p>Source: Intel SDM volume 2, CPUID; AMD64 APM volume 3, appendix E.
 */
record CpuidTable(List<Leaf> leaves) {
    static final int HEADER_BYTES = 8;
    static final int ENTRY_BYTES = 40;
    private static final int SIGNIFICANT_INDEX = 1;
    private static final int VMX = 1 << 5;
    private static final int TSC_DEADLINE = 1 << 24;
    private static final int HYPERVISOR = 1 << 31;
    private static final int HTT = 1 << 28;
    private static final int AMD_CMP_LEGACY = 1 << 1;
    /** "Auth", the beginning of AMD's name. */
    private static final int AMD_VENDOR = 0x68747541;
    private static final int AMD_SVM = 1 << 2;

    /** One leaf, or one index of a leaf (flags bit 0). */
    record Leaf(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
        Leaf with(int a, int b, int c, int d) {
            return new Leaf(function, index, flags, a, b, c, d);
        }
    }

    CpuidTable {
        leaves = List.copyOf(leaves);
    }

    static CpuidTable read(MemorySegment list) {
        int n = list.get(U32, 0);
        List<Leaf> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            long at = HEADER_BYTES + (long) i * ENTRY_BYTES;
            out.add(new Leaf(list.get(U32, at), list.get(U32, at + 4), list.get(U32, at + 8), list.get(U32, at + 12), list.get(U32, at + 16), list.get(U32, at + 20),
                    list.get(U32, at + 24)));
        }
        return new CpuidTable(out);
    }

    MemorySegment write(Arena arena) {
        MemorySegment list = arena.allocate(HEADER_BYTES + (long) leaves.size() * ENTRY_BYTES, Long.BYTES);
        list.set(U32, 0, leaves.size());
        for (int i = 0; i < leaves.size(); i++) {
            Leaf l = leaves.get(i);
            long at = HEADER_BYTES + (long) i * ENTRY_BYTES;
            int[] words = {l.function, l.index, l.flags, l.eax, l.ebx, l.ecx, l.edx};
            for (int w = 0; w < words.length; w++) {
                list.set(U32, at + 4L * w, words[w]);
            }
        }
        return list;
    }

    /** As one of a machine's vCPUs sees it: APIC id = its number, all in one package, one thread a core. */
    CpuidTable of(int vcpu, int vcpus, boolean tscDeadline) {
        int idBits = vcpus <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(vcpus - 1);
        List<Leaf> out = new ArrayList<>();
        boolean amd = leaves.stream().anyMatch(l -> l.function == 0 && l.ebx == AMD_VENDOR);
        boolean topology = false;
        for (Leaf l : leaves) {
            // Those two are made below, in as many indices as they need.
            if (l.function == 0xb || l.function == 0x1f) {
                topology |= l.function == 0xb;
                continue;
            }
            out.add(adjust(l, vcpu, vcpus, idBits, tscDeadline, amd && vcpus > 1));
        }
        if (topology) {
            out.add(new Leaf(0xb, 0, SIGNIFICANT_INDEX, 0, 1, 1 << 8, vcpu));
            out.add(new Leaf(0xb, 1, SIGNIFICANT_INDEX, idBits, vcpus, 2 << 8 | 1, vcpu));
            out.add(new Leaf(0xb, 2, SIGNIFICANT_INDEX, 0, 0, 2, vcpu));
        }
        return new CpuidTable(out);
    }

    private static Leaf adjust(Leaf l, int vcpu, int vcpus, int idBits, boolean tscDeadline, boolean cmpLegacy) {
        return switch (l.function) {
            case 1 -> l.with(l.eax, l.ebx & 0xffff | Math.min(vcpus, 255) << 16 | vcpu << 24, l.ecx & ~(VMX | TSC_DEADLINE) | HYPERVISOR | (tscDeadline ? TSC_DEADLINE : 0),
                    vcpus > 1 ? l.edx | HTT : l.edx & ~HTT);
            // Caches: those of level 3 are shared by all, others by nobody. Bits 31..26 and 25..14 are counts less one.
            case 4 -> (l.eax & 0x1f) == 0 ? l : l.with(l.eax & 0x3fff | (1 << idBits) - 1 << 26 | sharing(l.eax, idBits) << 14, l.ebx, l.ecx, l.edx);
            case 0x80000001 -> l.with(l.eax, l.ebx, l.ecx & ~(AMD_SVM | AMD_CMP_LEGACY) | (cmpLegacy ? AMD_CMP_LEGACY : 0), l.edx);
            // Physical threads less one, and how many bits of the APIC id tell them apart.
            case 0x80000008 -> l.with(l.eax, l.ebx, vcpus - 1 | idBits << 12, l.edx);
            case 0x8000000a -> l.with(0, 0, 0, 0);
            case 0x8000001d -> (l.eax & 0x1f) == 0 ? l : l.with(l.eax & 0x3fff | sharing(l.eax, idBits) << 14, l.ebx, l.ecx, l.edx);
            case 0x8000001e -> l.with(vcpu, vcpu & 0xff, 0, 0);
            default -> l;
        };
    }

    private static int sharing(int eax, int idBits) {
        return (eax >>> 5 & 7) >= 3 ? (1 << idBits) - 1 : 0;
    }
}
