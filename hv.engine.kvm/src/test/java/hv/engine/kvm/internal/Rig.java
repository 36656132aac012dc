package hv.engine.kvm.internal;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import hv.api.HvException;
import hv.api.engine.spi.VcpuCore;
import hv.api.vcpu.Budget;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Registers;
import hv.api.x86.X86Register;
import hv.testkit.engine.EngineSetup;
import hv.testkit.engine.LoggedRam;
import hv.testkit.engine.TestMachine;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** A machine of bare vCPUs in real mode with 512 KiB of RAM from address 0. */
final class Rig implements AutoCloseable {
    static final EngineSetup KVM = new EngineSetup("kvm", new KvmFactory(), false, Map.of());
    static final int RAM_BYTES = 512 << 10;
    static final int CODE = 0x1000;
    static final long FOREVER_NANOS = 60_000_000_000L;
    final LoggedRam ram = new LoggedRam(0, RAM_BYTES);
    final Budget budget = new Budget();
    TestMachine machine;

    Rig(int vcpus) throws HvException {
        needKvm();
        machine = new TestMachine(KVM, null, vcpus, ram);
    }

    /** One vCPU at a program, given in hexadecimal. */
    static Rig of(String program) throws HvException {
        Rig rig = new Rig(1);
        rig.put(CODE, program);
        rig.realMode(0, CODE);
        return rig;
    }

    static void needKvm() {
        Assumptions.assumeTrue(Files.isReadable(KvmHost.DEVICE) && Files.isWritable(KvmHost.DEVICE), "no " + KvmHost.DEVICE + " on this machine, or not permitted");
    }

    void put(int gpa, String hex) {
        ram.store(gpa, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    void realMode(int vcpu, int ip) {
        Registers r = core(vcpu).registers();
        r.write(X86Register.selector(X86Register.CS), 0);
        r.write(X86Register.base(X86Register.CS), 0);
        r.write(X86Register.RIP, ip);
        r.write(X86Register.RFLAGS, 2);
    }

    VcpuCore core(int vcpu) {
        return machine.core(vcpu);
    }

    ExitView run(long nanos) {
        core(0).run(budget.set(nanos, Long.MAX_VALUE));
        return core(0).exit().view();
    }

    <V extends ExitView> V runTo(Class<V> kind) {
        ExitView v = run(FOREVER_NANOS);
        return assertInstanceOf(kind, v, () -> v instanceof ExitView.Failure f ? f.reason() : v.label());
    }

    int word(int gpa) {
        return ram.segment().get(ValueLayout.JAVA_INT_UNALIGNED, gpa);
    }

    /** Runs slices until the guest has changed a word: on a slow host a slice can end before its first instruction. */
    void count(int gpa) {
        int before = word(gpa);
        for (int k = 0; word(gpa) == before; k++) {
            assertInstanceOf(ExitView.SliceEnd.class, run(5_000_000));
            if (k > 1000) {
                throw new AssertionError("the guest does not count");
            }
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
