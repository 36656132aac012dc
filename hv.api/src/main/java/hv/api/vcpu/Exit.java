package hv.api.vcpu;

/**
 * Why a vCPU left the guest, and the slot for the answer. One preallocated instance per vCPU, reused: nothing here may be kept beyond the handling
 * of the exit. The engine fills the view and commits the completion at the next entry. One thread at a time.
 */
public final class Exit {
    private final ExitView.Mmio mmio = new ExitView.Mmio();
    private final ExitView.PortIo portIo = new ExitView.PortIo();
    private final ExitView.FirmwareCall firmwareCall = new ExitView.FirmwareCall();
    private final ExitView.Privileged privileged = new ExitView.Privileged();
    private final ExitView.Idle idle = new ExitView.Idle();
    private final ExitView.SliceEnd sliceEnd = new ExitView.SliceEnd();
    private final ExitView.Kicked kicked = new ExitView.Kicked();
    private final ExitView.Debug debug = new ExitView.Debug();
    private final ExitView.Failure failure = new ExitView.Failure();
    private ExitView view = sliceEnd;
    private final Completion completion = new Completion();
    private Route route = Route.RUN_LOOP;
    private boolean unfinished;

    /** What kind of exit it is; never null. The same object for every exit of that kind. */
    public ExitView view() {
        return view;
    }

    public Completion completion() {
        return completion;
    }

    /** Engine: a load from or store to an address that is not RAM. */
    public void mmio(long gpa, int widthBytes, boolean write, long value) {
        mmio.gpa = gpa;
        mmio.widthBytes = widthBytes;
        mmio.write = write;
        mmio.value = value;
        begin(mmio);
    }

    /** Engine: a port access (x86). */
    public void portIo(int port, int widthBytes, boolean write, long value) {
        portIo.port = port;
        portIo.widthBytes = widthBytes;
        portIo.write = write;
        portIo.value = value;
        begin(portIo);
    }

    /** Engine: a call of the firmware (RISC-V: SBI), with its arguments a0 .. a7. */
    public ExitView.FirmwareCall firmwareCall() {
        begin(firmwareCall);
        return firmwareCall;
    }

    /** Engine: an instruction that the engine does not own, or any privileged one in strict mode. */
    public void privileged(int instruction, int lengthBytes, long pc) {
        privileged.instruction = instruction;
        privileged.lengthBytes = lengthBytes;
        privileged.pc = pc;
        begin(privileged);
    }

    /** Engine: the guest waits for an interrupt. */
    public void idle() {
        begin(idle);
    }

    /** Engine: the budget is spent. */
    public void sliceEnd() {
        begin(sliceEnd);
    }

    /** Engine: somebody asked the vCPU out. */
    public void kicked() {
        begin(kicked);
    }

    /** Engine: a breakpoint at the instruction at {@code va}. */
    public void breakpoint(long va) {
        debug.watchpoint = false;
        debug.va = va;
        debug.write = false;
        begin(debug);
    }

    /** Engine: an access to watched data, {@code va} the first byte both accessed and watched. */
    public void watchpoint(long va, boolean write) {
        debug.watchpoint = true;
        debug.va = va;
        debug.write = write;
        begin(debug);
    }

    /** Engine: it cannot go on with this guest. */
    public void failure(String reason) {
        failure.reason = reason;
        begin(failure);
    }

    /** Engine, of the exit just made: the instruction needs another one (x86: string I/O, an access across pages). */
    public void unfinished() {
        unfinished = true;
    }

    /**
     * Whether the instruction needs more exits than this one. The vCPU has no state to be saved in between, so it is run again at once, whoever wants
     * it to come out; the next exit follows without an instruction of the guest.
     */
    public boolean isUnfinished() {
        return unfinished;
    }

    /** Dispatcher: which module the exit was sent to; for the counters. */
    public void routed(Route to) {
        route = to;
    }

    public Route route() {
        return route;
    }

    private void begin(ExitView v) {
        view = v;
        route = Route.RUN_LOOP;
        unfinished = false;
        completion.clear();
    }
}
