package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;
import static hv.engine.kvm.internal.KvmAbi.U64;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineInterrupts;
import hv.api.engine.spi.EngineTraits;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.DirtySource;
import hv.api.memory.RamView;
import hv.api.state.Stateful;
import hv.host.ControlFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** KVM for one machine: a VM with its RAM as one memory slot, chips in the kernel, and vCPUs. */
final class KvmEngine implements Engine, DirtySource {
    private static final int RAM_SLOT = 0;
    private static final int PAGE = 4096;
    /** Four pages below 4 GiB that Intel's CPUs need in real mode; boards leave them free (three for the TSS, one for the identity map). */
    private static final long TSS_GPA = 0xfffb_d000L;
    private static final long IDENTITY_MAP_GPA = 0xfffb_c000L;

    final EngineContext context;
    private final KvmHost host;
    private final ControlFile vm;
    private final Arena arena = Arena.ofShared();
    private final KvmChips chips;
    private final CpuidTable cpuid;
    private final int[] stateMsrs;
    private final KvmVcpu[] vcpus;
    private final RamView.AttributeListener attributeListener = this::attributesGained;
    /** Under this: whether KVM logs what the guest writes; once on it stays so. */
    private boolean logging;

    /** @throws KvmError nothing is left behind but the host's file */
    KvmEngine(EngineContext context, KvmHost host) {
        this.context = context;
        this.host = host;
        vcpus = new KvmVcpu[context.vcpuCount()];
        cpuid = host.supportedCpuid();
        stateMsrs = host.stateMsrs();
        vm = host.file.made(KvmError.check("make a VM", host.file.ioctl(KvmAbi.CREATE_VM, 0)));
        try {
            KvmError.check("place the TSS", vm.ioctl(KvmAbi.SET_TSS_ADDR, TSS_GPA));
            MemorySegment identity = arena.allocate(Long.BYTES, Long.BYTES);
            identity.set(U64, 0, IDENTITY_MAP_GPA);
            KvmError.check("place the identity map", vm.ioctl(KvmAbi.SET_IDENTITY_MAP_ADDR, identity));
            chips = new KvmChips(vm, arena);
            placeRam(0);
        } catch (KvmError e) {
            vm.close();
            arena.close();
            throw e;
        }
        context.ram().addAttributeListener(attributeListener);
        context.ram().addDirtySource(this);
    }

    private void placeRam(int flags) {
        RamView ram = context.ram();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment region = call.allocate(KvmAbi.REGION_BYTES, Long.BYTES);
            region.set(U32, 0, RAM_SLOT);
            region.set(U32, 4, flags);
            region.set(U64, 8, ram.baseGpa());
            region.set(U64, 16, ram.sizeBytes());
            region.set(U64, 24, ram.segment().address());
            KvmError.check("take " + (ram.sizeBytes() >> 20) + " MiB of RAM", vm.ioctl(KvmAbi.SET_USER_MEMORY_REGION, region));
        }
    }

    @Override
    public EngineTraits traits() {
        return KvmFactory.TRAITS;
    }

    @Override
    public VcpuCore createVcpu(int index) {
        if (vcpus[index] != null) {
            throw new IllegalStateException(context.machineName() + ": vCPU " + index + " was created twice");
        }
        ControlFile file = vm.made(KvmError.check("make vCPU " + index, vm.ioctl(KvmAbi.CREATE_VCPU, index)));
        try (Arena call = Arena.ofConfined()) {
            KvmError.check("take the CPUID leaves of vCPU " + index,
                    file.ioctl(KvmAbi.SET_CPUID2, cpuid.of(index, vcpus.length, host.hasTscDeadline).write(call)));
            vcpus[index] = new KvmVcpu(context.machineName(), index, file, host.runBytes, stateMsrs, host.xsaveBytes);
        } catch (IOException e) {
            file.close();
            throw new IllegalStateException(context.machineName() + ": vCPU " + index + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
        return vcpus[index];
    }

    @Override
    public Stateful shared() {
        return chips;
    }

    @Override
    public void reset() {
        chips.reset();
    }

    @Override
    public EngineInterrupts interrupts() {
        return chips;
    }

    /** Pages are to be logged: from now on KVM says which the guest wrote. */
    private synchronized void attributesGained() {
        if (!logging) {
            placeRam(KvmAbi.MEM_LOG_DIRTY_PAGES);
            logging = true;
        }
    }

    @Override
    public synchronized void harvest(long epoch, PageSink out) {
        if (!logging) {
            return;
        }
        long words = (context.ram().sizeBytes() / PAGE + Long.SIZE - 1) / Long.SIZE;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bits = call.allocate(words * Long.BYTES, Long.BYTES);
            MemorySegment log = call.allocate(16, Long.BYTES);
            log.set(U32, 0, RAM_SLOT);
            log.set(U64, 8, bits.address());
            KvmError.check("tell which pages were written", vm.ioctl(KvmAbi.GET_DIRTY_LOG, log));
            for (int i = 0; i < words; i++) {
                for (long left = bits.get(U64, (long) i * Long.BYTES); left != 0; left &= left - 1) {
                    out.page(i * Long.SIZE + Long.numberOfTrailingZeros(left));
                }
            }
        }
    }

    @Override
    public void close() {
        context.ram().removeDirtySource(this);
        context.ram().removeAttributeListener(attributeListener);
        for (KvmVcpu v : vcpus) {
            if (v != null) {
                v.close();
            }
        }
        vm.close();
        host.close();
        arena.close();
    }
}
