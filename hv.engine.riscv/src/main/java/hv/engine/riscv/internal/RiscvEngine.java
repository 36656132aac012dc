package hv.engine.riscv.internal;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineInterrupts;
import hv.api.engine.spi.EngineTraits;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamView;
import hv.api.state.Stateful;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The engine of one machine: its vCPUs, and what binds them: listeners to stores, permissions given up together. */
final class RiscvEngine implements Engine {
    static final int MAX_VCPUS = 64;
    private final EngineContext context;
    private final int maxSatpMode;
    private final Translator translator;
    private final AtomicReferenceArray<RiscvVcpu> vcpus;
    private final RamView.CodeListener codeListener = this::codeChanged;
    private final RamView.AttributeListener attributeListener = this::attributesGained;

    /** @param limits of the translator; null: everything is interpreted, as in strict machines */
    RiscvEngine(EngineContext context, int maxSatpMode, Translator.Limits limits) {
        this.context = context;
        this.maxSatpMode = maxSatpMode;
        this.vcpus = new AtomicReferenceArray<>(context.vcpuCount());
        this.translator = limits == null || context.strict() ? null
            : new Translator(context.machineName(), context.ram().segment(), limits, this::dropCode);
        context.ram().addCodeListener(codeListener);
        context.ram().addAttributeListener(attributeListener);
    }

    @Override
    public EngineTraits traits() {
        return traits(context.strict());
    }

    static EngineTraits traits(boolean strict) {
        return new EngineTraits("riscv64", false, false, true, strict ? 1 : RegionShape.MOST_INSTRUCTIONS + 2 * HartCore.MAX_COUNT, MAX_VCPUS, true,
            "RV64GC with Zba, Zbb, Zbs, Sstc and Svadu, interpreting, and translating what is hot");
    }

    @Override
    public VcpuCore createVcpu(int index) {
        RiscvVcpu v = new RiscvVcpu(this, context, index, maxSatpMode);
        if (!vcpus.compareAndSet(index, null, v)) {
            throw new IllegalStateException(context.machineName() + ": vCPU " + index + " was created twice");
        }
        return v;
    }

    @Override
    public Stateful shared() {
        return null;
    }

    @Override
    public void reset() {
        // Nothing is shared.
    }

    @Override
    public EngineInterrupts interrupts() {
        return null;
    }

    /** Null: everything is interpreted. */
    Translator translator() {
        return translator;
    }

    /** Lets harts decode anew. Any thread. */
    private void dropCode() {
        for (int k = 0; k < vcpus.length(); k++) {
            RiscvVcpu v = vcpus.get(k);
            if (v != null) {
                v.core.allCodeChanged();
            }
        }
    }

    private void codeChanged(int page) {
        for (int k = 0; k < vcpus.length(); k++) {
            RiscvVcpu v = vcpus.get(k);
            if (v != null) {
                v.core.codeChanged(page);
            }
        }
    }

    /** Waits until no hart holds a permission to write that it looked up before. The caller is no hart in the guest. */
    private void attributesGained() {
        protect(null);
    }

    /** Makes all harts but {@code self} give up cached permissions to write, and waits until they did. */
    void protect(HartCore self) {
        for (int k = 0; k < vcpus.length(); k++) {
            RiscvVcpu v = vcpus.get(k);
            if (v == null || v.core == self) {
                continue;
            }
            long ticket = v.core.attend(HartCore.PROTECT);
            while (!v.core.isServed(ticket)) {
                if (self != null) {
                    self.serveWhileWaiting();
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        if (translator != null) {
            translator.close();
        }
        context.ram().removeCodeListener(codeListener);
        context.ram().removeAttributeListener(attributeListener);
    }
}
