package hv.board.riscv.internal;

/**
 * The device tree's nodes of interrupt controllers, and how other nodes speak of them. Bindings: Linux, {@code Documentation/devicetree/bindings/
 * interrupt-controller/}: sifive,plic-1.0.0; riscv,aplic; riscv,imsics.
 */
final class InterruptTree {
    private static final int S_EXTERNAL_INTERRUPT = 9;
    private static final int M_EXTERNAL_INTERRUPT = 11;
    /** In {@code interrupts-extended}: this context reaches no hart (there is no M mode to reach). */
    private static final int NO_INTERRUPT = -1;
    /** Second cell of an APLIC's interrupt: level, high (Linux, {@code dt-bindings/interrupt-controller/irq.h}). */
    private static final int LEVEL_HIGH = 4;

    private final Aia aia;
    private final boolean firmware;
    private final int[] harts;
    private final int lines;
    private final int machineLines;
    private final int messages;
    private final int machineMessages;

    /** @param harts phandles of the harts' own interrupt controllers */
    InterruptTree(FdtWriter fdt, Aia aia, boolean firmware, int[] harts) {
        this.aia = aia;
        this.firmware = firmware;
        this.harts = harts;
        lines = fdt.newPhandle();
        boolean machineDomain = firmware && aia != Aia.NONE;
        machineLines = machineDomain ? fdt.newPhandle() : 0;
        messages = aia == Aia.APLIC_IMSIC ? fdt.newPhandle() : 0;
        machineMessages = machineDomain && messages != 0 ? fdt.newPhandle() : 0;
    }

    /** Phandle of the controller that devices' lines lead to: {@code interrupt-parent}. */
    int lines() {
        return lines;
    }

    /** A source of it, level-triggered, as it stands in {@code interrupts}. */
    int[] specifier(int source) {
        return aia == Aia.NONE ? new int[] {source} : new int[] {source, LEVEL_HIGH};
    }

    /** Phandle of what takes messages: {@code msi-parent}; 0 if nothing does. */
    int messages() {
        return messages;
    }

    void write(FdtWriter fdt) {
        if (aia == Aia.NONE) {
            plic(fdt);
            return;
        }
        if (messages != 0) {
            if (machineMessages != 0) {
                imsics(fdt, VirtMap.IMSIC_M_GPA, machineMessages, M_EXTERNAL_INTERRUPT);
            }
            imsics(fdt, VirtMap.IMSIC_S_GPA, messages, S_EXTERNAL_INTERRUPT);
        }
        if (machineLines != 0) {
            // The second property is what firmware before the binding's release reads.
            aplic(fdt, VirtMap.APLIC_M_GPA, machineLines, machineMessages, M_EXTERNAL_INTERRUPT).cells("riscv,children", lines)
                    .cells("riscv,delegation", lines, 1, VirtMap.PLIC_SOURCES).cells("riscv,delegate", lines, 1, VirtMap.PLIC_SOURCES).end();
        }
        aplic(fdt, VirtMap.APLIC_S_GPA, lines, messages, S_EXTERNAL_INTERRUPT).end();
    }

    private int[] extended(int interrupt) {
        int[] cells = new int[2 * harts.length];
        for (int hart = 0; hart < harts.length; hart++) {
            cells[2 * hart] = harts[hart];
            cells[2 * hart + 1] = interrupt;
        }
        return cells;
    }

    private void imsics(FdtWriter fdt, long gpa, int phandle, int interrupt) {
        fdt.begin(VirtTree.named("imsics", gpa)).cells("phandle", phandle).strings("compatible", "riscv,imsics").cells("#interrupt-cells", 0)
                .cells("#msi-cells", 0).flag("interrupt-controller").flag("msi-controller").cells("interrupts-extended", extended(interrupt))
                .cells("riscv,num-ids", VirtMap.IMSIC_IDENTITIES).longs("reg", gpa, VirtMap.IMSIC_LEN_BYTES * harts.length).end();
    }

    /** Begins the node of an interrupt domain. */
    private FdtWriter aplic(FdtWriter fdt, long gpa, int phandle, int msiParent, int interrupt) {
        fdt.begin(VirtTree.named("interrupt-controller", gpa)).cells("phandle", phandle).strings("compatible", "riscv,aplic").cells("#address-cells", 0)
                .cells("#interrupt-cells", 2).flag("interrupt-controller").cells("riscv,num-sources", VirtMap.PLIC_SOURCES)
                .longs("reg", gpa, VirtMap.APLIC_LEN_BYTES);
        return msiParent != 0 ? fdt.cells("msi-parent", msiParent) : fdt.cells("interrupts-extended", extended(interrupt));
    }

    private void plic(FdtWriter fdt) {
        int[] contexts = new int[2 * VirtMap.PLIC_CONTEXTS_PER_HART * harts.length];
        for (int hart = 0; hart < harts.length; hart++) {
            int m = 2 * VirtMap.plicContextM(hart);
            int s = 2 * VirtMap.plicContextS(hart);
            contexts[m] = harts[hart];
            contexts[m + 1] = firmware ? M_EXTERNAL_INTERRUPT : NO_INTERRUPT;
            contexts[s] = harts[hart];
            contexts[s + 1] = S_EXTERNAL_INTERRUPT;
        }
        fdt.begin(VirtTree.named("interrupt-controller", VirtMap.PLIC_GPA)).cells("phandle", lines)
                .strings("compatible", "sifive,plic-1.0.0", "riscv,plic0").cells("#address-cells", 0)
                .cells("#interrupt-cells", 1).flag("interrupt-controller")
                .cells("interrupts-extended", contexts)
                .cells("riscv,ndev", VirtMap.PLIC_SOURCES).longs("reg", VirtMap.PLIC_GPA, VirtMap.PLIC_LEN_BYTES).end();
    }
}
