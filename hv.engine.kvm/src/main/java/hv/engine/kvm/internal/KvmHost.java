package hv.engine.kvm.internal;

import static hv.engine.kvm.internal.KvmAbi.U32;

import hv.api.part.PartException;
import hv.host.ControlFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** What the host's KVM has: opened for one machine. */
final class KvmHost implements AutoCloseable {
    static final Path DEVICE = Path.of("/dev/kvm");
    private static final String ELSE = "; guests of other engines run without it, such as riscv64 ones";
    private static final int MOST_ENTRIES = 1024;
    private static final int MOST_MSRS = 4096;
    private static final Map<Integer, String> NEEDED = Map.of(KvmAbi.CAP_IRQCHIP, "interrupt controllers", KvmAbi.CAP_USER_MEMORY, "user memory",
            KvmAbi.CAP_MP_STATE, "MP state", KvmAbi.CAP_PIT2, "a PIT", KvmAbi.CAP_ADJUST_CLOCK, "a clock that can be set", KvmAbi.CAP_VCPU_EVENTS, "vCPU events",
            KvmAbi.CAP_XCRS, "XCRs", KvmAbi.CAP_SIGNAL_MSI, "MSIs", KvmAbi.CAP_IMMEDIATE_EXIT, "immediate exits");

    final ControlFile file;
    final int runBytes;
    final int maxVcpus;
    final int xsaveBytes;
    final boolean hasTscDeadline;

    private KvmHost(ControlFile file) throws PartException {
        this.file = file;
        int version = file.ioctl(KvmAbi.GET_API_VERSION, 0);
        if (version != KvmAbi.API_VERSION) {
            throw new PartException(DEVICE + " is no KVM that is known: version " + version + ELSE);
        }
        for (Map.Entry<Integer, String> need : NEEDED.entrySet()) {
            if (extension(need.getKey()) == 0) {
                throw new PartException("this host's KVM lacks " + need.getValue() + ": use a newer kernel" + ELSE);
            }
        }
        runBytes = KvmError.check("tell the size of its run area", file.ioctl(KvmAbi.GET_VCPU_MMAP_SIZE, 0));
        maxVcpus = Math.max(extension(KvmAbi.CAP_NR_VCPUS), extension(KvmAbi.CAP_MAX_VCPUS));
        xsaveBytes = Math.max(KvmAbi.XSAVE_BYTES, extension(KvmAbi.CAP_XSAVE2));
        hasTscDeadline = extension(KvmAbi.CAP_TSC_DEADLINE_TIMER) != 0;
    }

    /** @throws PartException it is not there, not permitted or too old; says what to do and what still works */
    static KvmHost open(Path device) throws PartException {
        ControlFile file;
        try {
            file = ControlFile.open(device);
        } catch (NoSuchFileException e) {
            throw new PartException("this host has no " + device + ": load kvm-amd or kvm-intel, or enable virtualization in the firmware or the host around it" + ELSE, e);
        } catch (AccessDeniedException e) {
            throw new PartException(device + " is not permitted to user " + System.getProperty("user.name") + ": add the user to the group kvm and log in again" + ELSE, e);
        } catch (IOException e) {
            throw new PartException(e.getMessage() + ELSE, e);
        }
        try {
            return new KvmHost(file);
        } catch (PartException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private int extension(int number) {
        return Math.max(0, file.ioctl(KvmAbi.CHECK_EXTENSION, number));
    }

    /** What CPUID leaves guests can be given. */
    CpuidTable supportedCpuid() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment list = call.allocate(CpuidTable.HEADER_BYTES + (long) MOST_ENTRIES * CpuidTable.ENTRY_BYTES, Long.BYTES);
            list.set(U32, 0, MOST_ENTRIES);
            KvmError.check("tell its CPUID leaves", file.ioctl(KvmAbi.GET_SUPPORTED_CPUID, list));
            return CpuidTable.read(list);
        }
    }

    /** Numbers of the MSRs that hold a vCPU's state. */
    int[] stateMsrs() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment list = call.allocate((1L + MOST_MSRS) * Integer.BYTES, Long.BYTES);
            list.set(U32, 0, MOST_MSRS);
            KvmError.check("list its MSRs", file.ioctl(KvmAbi.GET_MSR_INDEX_LIST, list));
            int[] out = new int[Math.min(MOST_MSRS, list.get(U32, 0))];
            for (int i = 0; i < out.length; i++) {
                out[i] = list.get(U32, 4L + 4L * i);
            }
            return out;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
