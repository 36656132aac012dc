package hv.engine.riscv.internal;

import hv.api.memory.PageAttribute;
import hv.api.memory.RamView;
import hv.riscv.Cause;
import hv.riscv.Csr;
import hv.riscv.Decoded;
import hv.riscv.Decoder;
import hv.riscv.FloatInstructions;
import hv.riscv.Hart;
import hv.riscv.Op;
import hv.riscv.PageWalk;
import hv.riscv.Privileged;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * One hart's interpreting tier: the control around {@link InterpreterLoop}, and everything that is not worth a place in it: translation
 * of addresses, decoding, accesses that miss the TLB, atomics, floating point, system instructions.
 *
 * <p>{@link #run} is called by one thread at a time; {@link #attend} by any. More than 400 lines since loop and slow ways share
 * the state of one running hart.
 */
final class HartCore implements PageWalk.Memory {
    /** Why {@link #run} returned. */
    static final int EXIT_BUDGET = 0;
    static final int EXIT_KICKED = 1;
    static final int EXIT_IDLE = 2;
    static final int EXIT_FIRMWARE_CALL = 3;
    static final int EXIT_MMIO = 4;
    static final int EXIT_PRIVILEGED = 5;
    static final int EXIT_BREAKPOINT = 6;
    static final int EXIT_WATCHPOINT = 7;

    /** What somebody wants attention for: bits of {@link #attention}. */
    static final int KICK = 1;
    static final int FLUSH = 2;
    static final int FENCE = 4;
    static final int INTERRUPT = 8;
    static final int STALE = 16;
    static final int PROTECT = 32;
    /** The guest spins: its host CPU may serve somebody else first. */
    private static final int YIELD = 64;

    /** Why {@link InterpreterLoop#run} returned. */
    static final int AT_ENTRY = 0;
    static final int AT_TARGET = 1;
    static final int AT_OP = 2;
    static final int AT_SYSTEM = 3;
    static final int AT_STRADDLE = 4;
    private static final int AT_BREAK = 5;

    /** Operations of decoded blocks beyond those of the table. */
    static final int END = Op.COUNT;
    static final int STRADDLE = Op.COUNT + 1;
    /** No instruction: first in a block, the one behind it may be at a breakpoint. */
    static final int BREAK = Op.COUNT + 2;

    private static final int OPS = InterpreterLoop.FUSED + InterpreterLoop.PAIRS.length / 2;
    /** Number of the pair of a first and a second operation, or 0. */
    private static final short[] PAIR_OF = new short[Op.COUNT * Op.COUNT];

    static {
        for (int k = 0; k < InterpreterLoop.PAIRS.length; k += 2) {
            PAIR_OF[InterpreterLoop.PAIRS[k] * Op.COUNT + InterpreterLoop.PAIRS[k + 1]] = (short) (InterpreterLoop.FUSED + k / 2);
        }
    }

    /** Most instructions of a block. */
    static final int MAX_COUNT = 32;
    /** Instructions between looks at the host's clock. */
    private static final int CHUNK = 20_000;
    /** What a trap, and leaving the loop, count for against {@link #CHUNK}. */
    private static final int TRAP_COST = 100;
    private static final int LEAVE_COST = 10;
    /** Decoded operations that are kept before everything is dropped: about 32 bytes each. */
    private static final int MAX_DECODED = 3_000_000;
    private static final int ADDRESS_SPACES = 6;
    /**
     * So many {@code pause} instructions of one turn, and the hart gives its host CPU up: about 30 us of spinning, while whoever holds the lock may be a
     * vCPU that waits for a host CPU itself.
     */
    private static final int SPINS = 500;

    private static final VarHandle ATTENTION;
    static final ValueLayout.OfShort MEM16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt MEM32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong MEM64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    /**
     * Naturally aligned accesses to RAM. Loads and stores of the guest are opaque, so that neither Java nor HotSpot tears, repeats, merges or
     * reorders those to the same bytes (doc/adr/0011).
     */
    static final VarHandle RAM8 = ValueLayout.JAVA_BYTE.varHandle();
    static final VarHandle RAM16 = ValueLayout.JAVA_SHORT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();
    static final VarHandle RAM32 = ValueLayout.JAVA_INT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();
    static final VarHandle RAM64 = ValueLayout.JAVA_LONG.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();

    static {
        try {
            ATTENTION = MethodHandles.lookup().findVarHandle(HartCore.class, "attention", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What a hart needs of the machine. */
    interface Host {
        /** stimecmp was set. */
        void timerChanged(long stimecmp);

        /** Every other hart has given up cached permission to write. */
        void protectOthers();
    }

    final Hart hart;
    final long[] x;
    final MemorySegment ram;
    private final RamView view;
    private final Host host;
    private final boolean strict;
    private final long base;
    private final long sizeBytes;
    private final PageWalk walk = new PageWalk();

    // The translations in use now, and all there are.
    Tlb tlb;
    private final Tlb supervisor = new Tlb(null);
    private final Tlb supervisorSum = new Tlb(supervisor);
    private final Tlb[] user = new Tlb[ADDRESS_SPACES];
    private final Tlb machine = new Tlb(null);
    /** Data of M mode under mstatus.MPRV; what it holds for stands in the fields behind. */
    private final Tlb machinePrevious = new Tlb(machine);
    private long previousSatp;
    private long previousStatus;
    private long supervisorSatp;
    private long useCounter;
    private boolean lastMxr;

    private final CodePage[] pages;
    private int decoded;
    private final Block step = new Block();
    private final Block straddle = new Block();
    private int straddleCode;

    /** Makes regions of hot blocks; null: everything is interpreted. */
    private final HotCode hotCode;
    private final int executions;
    /** A region could not finish the instruction that comes next: the interpreter is to do it. */
    boolean refused;
    /** It is there for rehearsals of regions: they leave at once. */
    boolean rehearses;

    // What the loop leaves behind.
    Block block;
    int index;
    long pc0;
    long left;

    // What an instruction that could not be finished leaves behind.
    private int fault;
    private long faultValue;
    /** {@link #fault}: the access goes to a device. */
    private static final int DEVICE = -1;
    /** {@link #fault}: the access is one that a debugger waits for; {@link #stopVa}, {@link #stopWrite}. */
    private static final int WATCHED = -2;
    long stopVa;
    boolean stopWrite;
    long mmioGpa;
    long mmioVa;
    int mmioBytes;
    boolean mmioWrite;
    long mmioValue;
    /** The operation that the access belongs to. */
    long mmioOp;
    /** The instruction of EXIT_PRIVILEGED. */
    int privilegedCode;
    int privilegedBytes;

    /** Where the debugger wants the hart to stop; null if nowhere. */
    private StopMap stops;
    /** A step: no interrupt is taken, no breakpoint stops it. */
    private boolean steps;

    private int attention;
    private final Object requests = new Object();
    private long ticket;
    private volatile long served;
    private volatile boolean inGuest;
    private int[] stale = new int[64];
    private int staleCount;
    private boolean staleAll;
    /** Flushes that were served; a translation found before one must not be kept after it. */
    private int flushes;
    private int spins;
    /** Whether the hart may come back before its budget is spent. */
    private boolean yields;

    /** @param hotCode makes regions of hot blocks; null: everything is interpreted */
    HartCore(Hart hart, RamView view, Host host, boolean strict, HotCode hotCode) {
        this.hotCode = hotCode;
        this.executions = hotCode == null ? 0 : hotCode.executions();
        this.hart = hart;
        this.x = hart.x;
        this.view = view;
        this.ram = view.segment();
        this.base = view.baseGpa();
        this.sizeBytes = view.sizeBytes();
        this.host = host;
        this.strict = strict;
        this.pages = new CodePage[Math.toIntExact(sizeBytes >>> 12)];
        for (int k = 0; k < user.length; k++) {
            user[k] = new Tlb(null);
        }
        step.code = new long[2];
        step.links = new Block[2];
        straddle.code = new long[2];
        straddle.links = new Block[2];
        selectTlb();
    }

    // ---- requests of other threads ---------------------------------------------------------------------------------------

    /** Wants bits of attention; {@link #isServed} tells when the hart has taken them. Any thread. */
    long attend(int bits) {
        synchronized (requests) {
            ATTENTION.setVolatile(this, attention | bits);
            return ++ticket;
        }
    }

    /** Whether what was wanted with this ticket has taken effect, or will before the next guest instruction. Any thread. */
    boolean isServed(long t) {
        return served >= t || !inGuest;
    }

    /** Whether it is in the guest just now. Any thread. */
    boolean running() {
        return inGuest;
    }

    /** The decoded code of a page is stale. Any thread. */
    void codeChanged(int page) {
        synchronized (requests) {
            if (staleCount == stale.length) {
                staleAll = true;
            } else {
                stale[staleCount++] = page;
            }
            ATTENTION.setVolatile(this, attention | STALE);
            ticket++;
        }
    }

    /** All decoded code is stale. Any thread. */
    void allCodeChanged() {
        synchronized (requests) {
            staleAll = true;
            ATTENTION.setVolatile(this, attention | STALE);
            ticket++;
        }
    }

    /** Serves what was wanted; @return the bits of those that want the hart out of the guest: KICK, YIELD */
    private int serve() {
        int bits;
        long upTo;
        synchronized (requests) {
            bits = attention;
            upTo = ticket;
            // The bit stays while somebody wants us out, for a run that begins later.
            ATTENTION.setVolatile(this, 0);
            if ((bits & STALE) != 0) {
                dropStale();
            }
        }
        if ((bits & FLUSH) != 0) {
            flushes++;
            flushAll();
        }
        if ((bits & PROTECT) != 0) {
            protectAll();
        }
        if ((bits & INTERRUPT) != 0) {
            hart.effects |= Hart.INTERRUPTS_CHANGED;
        }
        served = upTo;
        return bits & (KICK | YIELD);
    }

    /** While waiting for other harts: serves them in turn, but remembers that somebody wants this hart out. */
    void serveWhileWaiting() {
        if ((int) ATTENTION.getVolatile(this) != 0) {
            int out = serve();
            if (out != 0) {
                attend(out);
            }
        }
    }

    private void dropStale() {
        if (staleAll) {
            dropAllCode();
        } else {
            for (int k = 0; k < staleCount; k++) {
                dropCode(stale[k]);
            }
        }
        staleCount = 0;
        staleAll = false;
    }

    private void dropCode(int page) {
        CodePage p = pages[page];
        if (p != null) {
            p.clear();
            pages[page] = null;
            // Entries of the instruction TLBs hold the page itself: empty, it would be filled again without the CODE attribute.
            dropExec(supervisor, p);
            dropExec(machine, p);
            for (Tlb t : user) {
                dropExec(t, p);
            }
        }
    }

    private static void dropExec(Tlb t, CodePage p) {
        if (t.used) {
            for (int k = 0; k < Tlb.EXEC_ENTRIES; k++) {
                if (t.execPage[k] == p) {
                    t.exec[k] = -1;
                    t.execPage[k] = null;
                }
            }
        }
    }

    private void dropAllCode() {
        for (int k = 0; k < pages.length; k++) {
            pages[k] = null;
        }
        decoded = 0;
        flushAll();
    }

    // ---- run -------------------------------------------------------------------------------------------------------------

    /** Forgets what was cached of the guest: state or memory changed from outside. */
    void reset() {
        hart.allEffects();
        dropAllCode();
    }

    /** Out of the guest: from now on it stops there, and nowhere else; null for nowhere. */
    void stopAt(StopMap where) {
        if (stops != null) {
            for (CodePage p : pages) {
                if (p != null && p.marks != null) {
                    p.marks = null;
                    p.clear();
                }
            }
        }
        stops = where;
        // Every page, of code or data, is looked up anew, and then marked or left out of the TLB.
        flushAll();
    }

    /** One instruction, without stopping at a breakpoint or taking an interrupt; as {@link #run}. */
    int step() {
        steps = true;
        try {
            return run(1, Long.MAX_VALUE);
        } finally {
            steps = false;
        }
    }

    /**
     * Runs until something leaves the guest.
     *
     * @param instructions most instructions, exact
     * @param untilNanos   {@link System#nanoTime} at which to come back, to within a few hundred microseconds
     * @return EXIT_...; pc and all registers are exact; for those that leave at an instruction pc is at it, except EXIT_IDLE
     */
    int run(long instructions, long untilNanos) {
        inGuest = true;
        spins = 0;
        yields = instructions == Long.MAX_VALUE;
        if (yields) {
            // Between turns others had time to change what was reserved, and to change it back. A debugger's step must not lose it, or LR/SC never ends.
            hart.reservation = -1;
        }
        try {
            return runInside(instructions, untilNanos);
        } finally {
            inGuest = false;
        }
    }

    private int runInside(long instructions, long untilNanos) {
        hart.effects |= Hart.INTERRUPTS_CHANGED;
        hart.waiting = false;
        long remaining = instructions;
        long clock = CHUNK;
        Block next = null;
        for (;;) {
            if (clock <= 0) {
                clock = CHUNK;
                if (System.nanoTime() - untilNanos >= 0) {
                    return EXIT_BUDGET;
                }
            }
            if (next == null) {
                // Volatile, for what follows inGuest = true: either this sees what is wanted, or who wants it sees inGuest.
                int out = (int) ATTENTION.getVolatile(this) == 0 ? 0 : serve();
                // Spinning before a step is no reason to end it with nothing done.
                if (out != 0 && (!steps || (out & KICK) != 0)) {
                    return (out & KICK) != 0 ? EXIT_KICKED : EXIT_BUDGET;
                }
                if (hart.effects != 0) {
                    applyEffects();
                }
                if (remaining == 0) {
                    // Not even the next instruction's fetch, which may trap.
                    return EXIT_BUDGET;
                }
                next = find(hart.pc);
                pc0 = hart.pc;
            }
            if (next != null && (next.breaks || next.page == null && stops != null)) {
                hart.pc = pc0;
                if (!steps && stops != null && stops.isBreakpoint(pc0)) {
                    stopVa = pc0;
                    return EXIT_BREAKPOINT;
                }
                next = next.breaks ? behindBreak(next) : next;
                pc0 = hart.pc;
            }
            if (next == null) {
                // The fetch trapped. A trap costs budget too, or a guest without a handler would run for ever.
                clock -= TRAP_COST;
                if (--remaining <= 0) {
                    return EXIT_BUDGET;
                }
                continue;
            }
            if (remaining < next.count) {
                if (remaining == 0) {
                    return EXIT_BUDGET;
                }
                next = single(next);
            }
            long chunk = Math.min(remaining, CHUNK);
            left = chunk;
            block = next;
            next = null;
            int why = InterpreterLoop.run(this);
            if (why == AT_OP && block.breaks && index == 0) {
                left += block.count;
                why = AT_BREAK;
            }
            if (why == AT_OP && isLast(Decoded.op(block.code[index]))) {
                // Jumps do not fail: it is a system instruction.
                why = AT_SYSTEM;
            }
            if (why == AT_OP) {
                left += block.count - executedBefore(block, index);
            }
            long executed = chunk - left;
            remaining -= executed;
            clock -= executed + LEAVE_COST;
            hart.instret += executed;
            switch (why) {
                case AT_ENTRY -> {
                    hart.pc = pc0;
                    if (remaining == 0) {
                        return EXIT_BUDGET;
                    }
                }
                case AT_TARGET -> {
                    // hart.pc is where it goes.
                }
                case AT_STRADDLE -> {
                    hart.pc = pc0;
                    next = fetched();
                    pc0 = hart.pc;
                }
                case AT_BREAK -> next = block;
                case AT_SYSTEM -> {
                    long w = block.code[index];
                    hart.pc = pc0 + (((int) w >>> Decoded.LENGTH_SHIFT) << 1);
                    // Counted with its block already; the counter that it reads does not have it yet, and it may trap.
                    hart.instret--;
                    int exit = system(w);
                    if (exit >= 0) {
                        return exit;
                    }
                }
                default -> {
                    long w = block.code[index];
                    hart.pc = pc0 + (((int) w >>> Decoded.LENGTH_SHIFT) << 1);
                    if (fault == DEVICE) {
                        mmioOp = alone(w);
                        return EXIT_MMIO;
                    }
                    if (fault == WATCHED) {
                        return EXIT_WATCHPOINT;
                    }
                    if (fault == Cause.ILLEGAL_INSTRUCTION) {
                        faultValue = fetch(hart.pc);
                    }
                    hart.enterTrap(fault, faultValue);
                    clock -= TRAP_COST;
                    if (--remaining <= 0) {
                        return EXIT_BUDGET;
                    }
                }
            }
        }
    }

    /** Encoding of the instruction at {@code pc}, which was just decoded. */
    private long fetch(long pc) {
        CodePage first = codePage(pc);
        CodePage second = (pc & 0xfff) == 0xffe ? codePage(pc + 2) : first;
        if (first == null || second == null) {
            return 0;
        }
        int low = halfword(first, pc);
        return (low & 3) != 3 ? low : low | (long) halfword(second, pc + 2) << 16;
    }

    /** Length of the instruction at pc, after EXIT_MMIO. */
    int instructionBytes() {
        return lengthBytes((int) fetch(hart.pc));
    }

    private static int lengthBytes(int code) {
        return (code & 3) == 3 ? 4 : 2;
    }

    private static int executedBefore(Block b, int index) {
        int n = 0;
        for (int k = 0; k < index; k++) {
            int op = Decoded.op(b.code[k]);
            n += op >= END && op <= BREAK ? 0 : 1;
        }
        return n;
    }

    /** Executes a system instruction; its exit, or -1 to go on. */
    private int system(long w) {
        int op = Decoded.op(w);
        int code = (int) (w >> Decoded.IMM_SHIFT);
        if (op == Op.ILLEGAL) {
            hart.enterTrap(Cause.ILLEGAL_INSTRUCTION, (code & 3) == 3 ? code & 0xffff_ffffL : code & 0xffff);
            return -1;
        }
        if (strict && Privileged.isPrivileged(op, code)) {
            privilegedCode = code;
            privilegedBytes = lengthBytes(code);
            return EXIT_PRIVILEGED;
        }
        long d = w & ~(127L << Decoded.LENGTH_SHIFT) | (long) (lengthBytes(code) >> 1) << Decoded.LENGTH_SHIFT;
        switch (Privileged.execute(hart, d, code)) {
            case Privileged.WAIT -> {
                hart.instret++;
                if (!hart.wakes()) {
                    hart.waiting = true;
                    return EXIT_IDLE;
                }
            }
            case Privileged.FIRMWARE_CALL -> {
                return EXIT_FIRMWARE_CALL;
            }
            case Privileged.DONE -> hart.instret++;
            default -> {
                // Trapped: it did not retire.
            }
        }
        return -1;
    }

    /** Does what instructions asked for. */
    private void applyEffects() {
        while (hart.effects != 0) {
            int e = hart.effects;
            hart.effects = 0;
            if ((e & Hart.FENCE_VMA) != 0) {
                fenceVma();
            }
            if ((e & Hart.PMP_CHANGED) != 0) {
                flushAll();
            }
            if ((e & (Hart.SATP_CHANGED | Hart.ACCESS_CHANGED)) != 0) {
                selectTlb();
            }
            if ((e & Hart.TIMER_CHANGED) != 0) {
                host.timerChanged((hart.menvcfg & Csr.MENVCFG_STCE) != 0 ? hart.stimecmp : -1);
            }
            // One that is held back is looked at again with the next run.
            if ((e & Hart.INTERRUPTS_CHANGED) != 0 && !steps) {
                hart.takeInterrupt();
            }
        }
    }

    /** Whether anything wants attention; for the loop, once a block. */
    boolean attends() {
        return (int) ATTENTION.getOpaque(this) != 0;
    }

    /** For the loop: a block was executed {@link Block#heat} times. */
    void hot(Block b) {
        if (hotCode != null && b.page != null) {
            hotCode.hot(b);
        }
    }

    /** For the loop: leaves at the operation before {@code next}. */
    int leave(Block b, int next, long blockPc, long budget) {
        block = b;
        index = next - 1;
        pc0 = blockPc;
        left = budget;
        return AT_OP;
    }

    // ---- translation -----------------------------------------------------------------------------------------------------

    private void selectTlb() {
        boolean mxr = (hart.mstatus & Csr.SSTATUS_MXR) != 0;
        if (mxr != lastMxr) {
            lastMxr = mxr;
            flushAll();
        }
        long satp = hart.satp;
        if (satp != supervisorSatp) {
            if (supervisor.hasLocal || satp >>> 60 != supervisorSatp >>> 60) {
                supervisor.flush();
            }
            // The instruction side is the supervisor's: it stays.
            supervisorSum.flushData();
            supervisorSatp = satp;
        }
        if (hart.mode == Hart.SUPERVISOR) {
            tlb = (hart.mstatus & Csr.SSTATUS_SUM) != 0 ? supervisorSum : supervisor;
            return;
        }
        if (hart.mode == Hart.MACHINE) {
            tlb = hart.dataMode() == Hart.MACHINE ? machine : previousMode();
            return;
        }
        Tlb t = tlb;
        if (t == null || t == supervisor || t == supervisorSum || t == machine || t == machinePrevious || t.satp != satp) {
            t = null;
            Tlb oldest = user[0];
            for (Tlb u : user) {
                if (u.satp == satp) {
                    t = u;
                    break;
                }
                if (u.lastUse < oldest.lastUse) {
                    oldest = u;
                }
            }
            if (t == null) {
                t = oldest;
                t.flush();
                t.satp = satp;
            }
            t.lastUse = ++useCounter;
        }
        tlb = t;
    }

    /** M mode's loads and stores as those of mstatus.MPP: firmware makes a few at a time, so one set of translations serves all. */
    private Tlb previousMode() {
        long status = hart.mstatus & (Csr.MSTATUS_MPP | Csr.SSTATUS_SUM);
        if (hart.satp != previousSatp || status != previousStatus) {
            previousSatp = hart.satp;
            previousStatus = status;
            machinePrevious.flushData();
        }
        return machinePrevious;
    }

    private void flushAll() {
        machine.flush();
        machinePrevious.flushData();
        supervisor.used = true;
        supervisor.flush();
        supervisorSum.used = true;
        supervisorSum.flush();
        for (Tlb u : user) {
            u.flush();
        }
    }

    private void protectAll() {
        machine.protectAll();
        machinePrevious.protectAll();
        supervisor.protectAll();
        supervisorSum.protectAll();
        for (Tlb u : user) {
            u.protectAll();
        }
    }

    private void fenceVma() {
        boolean allPages = (hart.fenceAll & 1) != 0;
        boolean allSpaces = (hart.fenceAll & 2) != 0;
        if (allPages && allSpaces) {
            flushAll();
            return;
        }
        machinePrevious.flushData();
        if (!allPages) {
            supervisor.flushPage(hart.fenceAddress);
            supervisorSum.flushPage(hart.fenceAddress);
        } else {
            // What is in all address spaces need not go, and the supervisor's side has little else.
            supervisorSum.flushData();
            if (supervisor.hasLocal) {
                supervisor.flush();
            }
        }
        for (Tlb u : user) {
            if (allSpaces || (u.satp >>> 44 & 0xffff) == hart.fenceAsid) {
                if (allPages) {
                    u.flush();
                } else {
                    u.flushPage(hart.fenceAddress);
                }
            }
        }
    }

    @Override
    public boolean isRam(long gpa) {
        long offset = gpa - base;
        return offset >= 0 && offset < sizeBytes;
    }

    @Override
    public long readPte(long gpa) {
        return (long) RAM64.getVolatile(ram, gpa - base);
    }

    @Override
    public boolean replacePte(long gpa, long expected, long value) {
        long offset = gpa - base;
        boolean done = RAM64.compareAndSet(ram, offset, expected, value);
        if (done && view.attributes((int) (offset >>> 12)) != 0) {
            view.stored((int) (offset >>> 12));
        }
        return done;
    }

    /**
     * Translates a data access that does not cross a page, and fills the TLB.
     *
     * @return offset in RAM, or -1: see {@link #fault}; a device's access has its address in {@link #mmioGpa}
     */
    private long translate(long va, int access, int bytes) {
        int cause = walk.walk(hart, this, va, access, bytes);
        if (cause != 0) {
            fault = cause;
            faultValue = va;
            return -1;
        }
        long offset = walk.pageGpa - base;
        if (offset < 0 || offset >= sizeBytes) {
            mmioGpa = walk.pageGpa | va & 0xfff;
            mmioVa = va;
            fault = DEVICE;
            return -1;
        }
        long page = va & ~0xfffL;
        int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
        Tlb now = tlb;
        now.entered(va, walk);
        StopMap watching = stops;
        if (walk.readable && (watching == null || !watching.isWatched(page, false))) {
            now.read[t] = page;
            now.read[t + 1] = offset - page;
        }
        if (walk.writable && view.attributes((int) (offset >>> 12)) == 0 && (watching == null || !watching.isWatched(page, true))) {
            now.write[t] = page;
            now.write[t + 1] = offset - page;
        }
        return offset | va & 0xfff;
    }

    /** Offset in RAM for a read within a page, or -1. */
    private long readOffset(long va, int bytes) {
        int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
        long[] r = tlb.read;
        return r[t] == (va & ~0xfffL) ? va + r[t + 1] : translate(va, PageWalk.READ, bytes);
    }

    /** Offset in RAM for a write within a page, or -1. The caller calls {@link #wrote} afterwards. */
    private long writeOffset(long va, int bytes) {
        int t = (int) (va >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
        long[] w = tlb.write;
        return w[t] == (va & ~0xfffL) ? va + w[t + 1] : translate(va, PageWalk.WRITE, bytes);
    }

    /** Whether a debugger waits for the access: then it is this one's {@link #fault}. */
    private boolean isWatched(long va, int bytes, boolean read, boolean write) {
        boolean byWrite = write && stops.firstWatched(va, bytes, true) >= 0;
        int first = byWrite ? stops.firstWatched(va, bytes, true) : read ? stops.firstWatched(va, bytes, false) : -1;
        if (first < 0) {
            return false;
        }
        fault = WATCHED;
        stopVa = va + first;
        stopWrite = byWrite;
        return true;
    }

    private void wrote(long offset) {
        int page = (int) (offset >>> 12);
        if (view.attributes(page) != 0) {
            view.stored(page);
        }
    }

    private static final byte[] WIDTH = new byte[OPS];

    static {
        for (int op : new int[] {Op.LB, Op.LBU, Op.SB}) {
            WIDTH[op] = 1;
        }
        for (int op : new int[] {Op.LH, Op.LHU, Op.SH}) {
            WIDTH[op] = 2;
        }
        for (int op : new int[] {Op.LW, Op.LWU, Op.SW, Op.FLW, Op.FSW}) {
            WIDTH[op] = 4;
        }
        for (int op : new int[] {Op.LD, Op.SD, Op.FLD, Op.FSD}) {
            WIDTH[op] = 8;
        }
    }

    /** The operation itself where it is the first of a pair. */
    static long alone(long w) {
        int op = Decoded.op(w);
        return op < InterpreterLoop.FUSED ? w : w & ~(long) Decoded.OP_MASK | InterpreterLoop.PAIRS[2 * (op - InterpreterLoop.FUSED)];
    }

    /**
     * A load or store that missed the TLB; false: see {@link #fault}. One method of more than 325 bytes on purpose: HotSpot would make a smaller one
     * a part of the loop, and compile the loop anew whenever something here happens for the first time.
     */
    boolean slow(long w, long va, long value) {
        int op = Decoded.op(alone(w));
        int bytes = WIDTH[op];
        int inPage = 4096 - (int) (va & 0xfff);
        boolean store = op >= Op.SB && op <= Op.SD || op == Op.FSW || op == Op.FSD;
        if (stops != null && isWatched(va, bytes, !store, store)) {
            return false;
        }
        int lowBytes = Math.min(bytes, inPage);
        long low = store ? writeOffset(va, lowBytes) : readOffset(va, lowBytes);
        long high = low;
        if (low >= 0 && inPage < bytes) {
            high = store ? writeOffset(va + inPage, bytes - inPage) : readOffset(va + inPage, bytes - inPage);
        }
        if (high < 0) {
            if (fault == DEVICE) {
                if ((va & bytes - 1) != 0) {
                    // Devices take aligned accesses only; over two pages it is the part's address that counts.
                    fault = store ? Cause.STORE_ACCESS : Cause.LOAD_ACCESS;
                    faultValue = mmioVa;
                } else {
                    mmioBytes = bytes;
                    mmioWrite = store;
                    mmioValue = bytes == 8 ? value : value & (1L << 8 * bytes) - 1;
                }
            }
            return false;
        }
        boolean aligned = (va & bytes - 1) == 0;
        if (store) {
            if (aligned) {
                switch (bytes) {
                    case 1 -> RAM8.setOpaque(ram, low, (byte) value);
                    case 2 -> RAM16.setOpaque(ram, low, (short) value);
                    case 4 -> RAM32.setOpaque(ram, low, (int) value);
                    default -> RAM64.setOpaque(ram, low, value);
                }
            } else if (inPage >= bytes) {
                switch (bytes) {
                    case 2 -> ram.set(MEM16, low, (short) value);
                    case 4 -> ram.set(MEM32, low, (int) value);
                    default -> ram.set(MEM64, low, value);
                }
            } else {
                for (int k = 0; k < bytes; k++) {
                    ram.set(ValueLayout.JAVA_BYTE, k < inPage ? low + k : high + k - inPage, (byte) (value >> 8 * k));
                }
                wrote(high);
            }
            wrote(low);
            return true;
        }
        long read;
        if (aligned) {
            read = switch (bytes) {
                case 1 -> (byte) RAM8.getOpaque(ram, low) & 0xff;
                case 2 -> (short) RAM16.getOpaque(ram, low) & 0xffff;
                case 4 -> (int) RAM32.getOpaque(ram, low) & 0xffff_ffffL;
                default -> (long) RAM64.getOpaque(ram, low);
            };
        } else if (inPage >= bytes) {
            read = switch (bytes) {
                case 2 -> ram.get(MEM16, low) & 0xffff;
                case 4 -> ram.get(MEM32, low) & 0xffff_ffffL;
                default -> ram.get(MEM64, low);
            };
        } else {
            read = 0;
            for (int k = bytes - 1; k >= 0; k--) {
                read = read << 8 | ram.get(ValueLayout.JAVA_BYTE, k < inPage ? low + k : high + k - inPage) & 0xff;
            }
        }
        loaded(alone(w), read);
        return true;
    }

    /** Puts what a load read, zero-extended, into its register. */
    void loaded(long w, long value) {
        int rd = Decoded.rd(w);
        switch (Decoded.op(w)) {
            case Op.LB -> x[rd] = (byte) value;
            case Op.LH -> x[rd] = (short) value;
            case Op.LW -> x[rd] = (int) value;
            case Op.FLW -> {
                hart.f[rd & 31] = hv.riscv.fp.Fpu.box((int) value);
                hart.floatDirty();
            }
            case Op.FLD -> {
                hart.f[rd & 31] = value;
                hart.floatDirty();
            }
            default -> x[rd] = value;
        }
    }

    // ---- operations that are not in the loop ---------------------------------------------------------------------------------

    /** What has no place in the loop and is no integer operation: floating point, its loads and stores, atomics, fences; false: it is a system instruction, or {@link #fault}. */
    boolean rare(long w) {
        int op = Decoded.op(w);
        if (op == Op.ILLEGAL || isSystem(op) || op == BREAK) {
            return false;
        }
        if (op >= Op.LR_W && op <= Op.AMOMAXU_D) {
            return atomic(w, op);
        }
        if (op == Op.FENCE) {
            Ordering.fence((int) Decoded.imm(w));
            return true;
        }
        if (op == Op.PAUSE) {
            Thread.onSpinWait();
            if (++spins == SPINS && yields) {
                attend(YIELD);
            }
            return true;
        }
        if (!hart.floatEnabled()) {
            return illegal();
        }
        int rs2 = Decoded.rs2(w);
        switch (op) {
            case Op.FLW, Op.FLD -> {
                return slow(w, x[Decoded.rs1(w)] + Decoded.imm(w), 0);
            }
            case Op.FSW, Op.FSD -> {
                return slow(w, x[Decoded.rs1(w)] + Decoded.imm(w), hart.f[rs2]);
            }
            default -> {
                return FloatInstructions.execute(hart, w) || illegal();
            }
        }
    }

    /** The operation at hand traps as an illegal instruction; its encoding is fetched again for stval. */
    private boolean illegal() {
        fault = Cause.ILLEGAL_INSTRUCTION;
        faultValue = 0;
        return false;
    }

    private boolean atomic(long w, int op) {
        boolean wide = op >= Op.LR_D;
        long va = x[Decoded.rs1(w)];
        int rd = Decoded.rd(w);
        boolean load = op == Op.LR_W || op == Op.LR_D;
        if ((va & (wide ? 7 : 3)) != 0) {
            fault = load ? Cause.LOAD_MISALIGNED : Cause.STORE_MISALIGNED;
            faultValue = va;
            return false;
        }
        if (stops != null && isWatched(va, wide ? 8 : 4, op != Op.SC_W && op != Op.SC_D, !load)) {
            return false;
        }
        long offset = load ? readOffset(va, wide ? 8 : 4) : writeOffset(va, wide ? 8 : 4);
        if (offset < 0) {
            if (fault == DEVICE) {
                // Devices are not for atomics.
                fault = load ? Cause.LOAD_ACCESS : Cause.STORE_ACCESS;
                faultValue = va;
            }
            return false;
        }
        long b = x[Decoded.rs2(w)];
        int order = (int) Decoded.imm(w);
        if (load) {
            Ordering.beforeLoadReserved(order);
            long value = wide ? (long) RAM64.getVolatile(ram, offset) : (int) RAM32.getVolatile(ram, offset);
            // The width is part of it: bit 0.
            hart.reservation = offset | (wide ? 1 : 0);
            hart.reservedValue = value;
            x[rd] = value;
            return true;
        }
        if (op == Op.SC_W || op == Op.SC_D) {
            boolean done = hart.reservation == (offset | (wide ? 1 : 0))
                && (wide ? RAM64.compareAndSet(ram, offset, hart.reservedValue, b)
                    : RAM32.compareAndSet(ram, offset, (int) hart.reservedValue, (int) b));
            hart.reservation = -1;
            if (done) {
                wrote(offset);
            }
            x[rd] = done ? 0 : 1;
        } else {
            x[rd] = wide ? Amo.apply64(op, ram, offset, b) : Amo.apply32(op, ram, offset, (int) b);
            wrote(offset);
        }
        Ordering.afterAtomic(order);
        return true;
    }

    // ---- code --------------------------------------------------------------------------------------------------------------

    /** The block at {@code pc}, decoded if need be; null if the fetch trapped. */
    private Block find(long pc) {
        CodePage p = codePage(pc);
        if (p == null) {
            hart.enterTrap(fault, pc);
            return null;
        }
        if (tlb.exec[(int) (pc >>> 12) & Tlb.EXEC_MASK] != (pc & ~0xfffL)) {
            // Not all of the page may be executed.
            return fetched();
        }
        int start = (int) pc & 0xffe;
        Block b = p.find(start);
        if (b == null) {
            b = decode(p, start);
            p.add(b);
        }
        return b;
    }

    /** The page that the two bytes at {@code va} may be executed from, null: see {@link #fault}. It is in the TLB if that holds for all of it. */
    private CodePage codePage(long va) {
        int t = (int) (va >>> 12) & Tlb.EXEC_MASK;
        Tlb now = tlb;
        if (now.exec[t] == (va & ~0xfffL)) {
            return now.execPage[t];
        }
        CodePage p;
        int before;
        do {
            before = flushes;
            int cause = walk.walk(hart, this, va, PageWalk.EXECUTE, 2);
            if (cause != 0) {
                fault = cause;
                return null;
            }
            long offset = walk.pageGpa - base;
            if (offset < 0 || offset >= sizeBytes) {
                fault = Cause.FETCH_ACCESS;
                return null;
            }
            if (decoded > MAX_DECODED) {
                dropAllCode();
            }
            p = pageOfCode(offset);
        } while (flushes != before);
        now.entered(va, walk);
        if (now == supervisorSum) {
            supervisor.entered(va, walk);
        } else if (now == machinePrevious) {
            machine.entered(va, walk);
        }
        if (stops != null) {
            markBreakpoints(p, va);
        }
        if (walk.executable) {
            now.exec[t] = va & ~0xfffL;
            now.execPage[t] = p;
        }
        return p;
    }

    /** The decoded code of the page at that offset of RAM; whoever stores there from now on tells. May serve requests, as it waits for other harts. */
    private CodePage pageOfCode(long offset) {
        int number = (int) (offset >>> 12);
        while (pages[number] == null) {
            // In its place before it is marked: a store by another hart meanwhile takes the mark away, and the page with it.
            pages[number] = new CodePage(number);
            if ((view.mark(number, PageAttribute.CODE) & PageAttribute.CODE) == 0) {
                machine.protect(offset);
                machinePrevious.protect(offset);
                supervisor.protect(offset);
                supervisorSum.protect(offset);
                for (Tlb u : user) {
                    u.protect(offset);
                }
                host.protectOthers();
            }
        }
        return pages[number];
    }

    /** The page is reached by {@code va}: what was decoded over a breakpoint there goes. The caller looks blocks up afterwards. */
    private void markBreakpoints(CodePage p, long va) {
        StopMap.Marks wanted = stops.marks(va, p.marks);
        if (wanted != p.marks) {
            p.marks = wanted;
            p.clear();
        }
    }

    /** The instruction behind a block's {@link #BREAK} alone; null if its fetch trapped. */
    private Block behindBreak(Block b) {
        long w = b.code[1];
        return Decoded.op(w) == STRADDLE ? fetched() : alone(step, alone(w), b.start, firstLength(b));
    }

    private final long[] scratch = new long[MAX_COUNT + 2];

    /** Decodes from a byte offset of a page on. */
    private Block decode(CodePage p, int start) {
        long origin = (long) p.number << 12;
        int at = start;
        int n = 0;
        int count = 0;
        boolean open = true;
        StopMap.Marks marks = p.marks;
        boolean breaks = marks != null && marks.has(start);
        if (breaks) {
            scratch[n++] = BREAK;
        }
        while (open) {
            if (marks != null && at > start && marks.has(at)) {
                scratch[n++] = END;
                break;
            }
            int low = ram.get(MEM16, origin + at) & 0xffff;
            boolean wide = (low & 3) == 3;
            if (wide && at == 4094) {
                scratch[n++] = STRADDLE | (long) (at - start >> 1) << Decoded.LENGTH_SHIFT;
                break;
            }
            int code = wide ? low | ram.get(MEM16, origin + at + 2) << 16 : low;
            long w = place(Decoder.decode(code), code, at - start);
            scratch[n++] = w;
            count++;
            at += wide ? 4 : 2;
            int op = Decoded.op(w);
            boolean branch = op >= Op.BEQ && op <= Op.BGEU;
            open = at < 4096 && count < MAX_COUNT && !isLast(op) && !(branch && (w >> 48) <= at - start);
            if (!open && !isLast(op)) {
                scratch[n++] = END;
            }
        }
        int executed = 0;
        for (int k = 0; k < n; k++) {
            int op = Decoded.op(scratch[k]);
            if (op < Op.COUNT) {
                executed++;
            }
            if (op >= Op.BEQ && op <= Op.BGEU) {
                scratch[k] |= (long) (count - executed) << 32;
            }
        }
        for (int k = 0; k + 1 < n; k++) {
            int first = Decoded.op(scratch[k]);
            int second = Decoded.op(scratch[k + 1]);
            int pair = first < Op.COUNT && second < Op.COUNT ? PAIR_OF[first * Op.COUNT + second] : 0;
            if (pair != 0) {
                scratch[k] = scratch[k] & ~(long) Decoded.OP_MASK | pair;
                k++;
            }
        }
        Block b = new Block();
        b.page = p;
        b.code = Arrays.copyOf(scratch, n);
        b.links = new Block[n];
        b.count = count;
        b.start = start;
        b.lenBytes = at - start;
        b.breaks = breaks;
        b.heat = executions;
        decoded += n;
        return b;
    }

    private static boolean isLast(int op) {
        return op == Op.JAL || op == Op.JALR || op == Op.ILLEGAL || isSystem(op);
    }

    static boolean isSystem(int op) {
        return op == Op.ECALL || op == Op.EBREAK || op == Op.FENCE_I || op >= Op.CSRRW && op <= Op.CSRRCI || op == Op.SRET || op == Op.MRET
            || op == Op.WFI || op == Op.SFENCE_VMA;
    }

    /** Gives a decoded instruction the form it has in a block; see {@link CodePage}. */
    private static long place(long d, int code, int distance) {
        int op = Decoded.op(d);
        int rd = Decoded.rd(d);
        long head = d & 0xffff_ffffL & ~(127L << Decoded.LENGTH_SHIFT) | (long) (distance >> 1) << Decoded.LENGTH_SHIFT;
        if (rd == 0 && WRITES_INTEGER[op]) {
            head |= (long) Hart.SINK << Decoded.RD_SHIFT;
        }
        long imm = Decoded.imm(d);
        int next = distance + Decoded.lengthBytes(d) >> 1;
        if (op >= Op.BEQ && op <= Op.BGEU) {
            return head | imm + distance << 48;
        }
        return switch (op) {
            case Op.JAL -> head | (long) next << Decoded.RS1_SHIFT | imm + distance << 32;
            case Op.JALR -> head | (long) next << 32 | imm << 48;
            case Op.AUIPC -> head | imm + distance << 32;
            case Op.FENCE -> head | (code >>> 20 & 0xfffL) << 32;
            default -> head | (op >= Op.LR_W && op <= Op.AMOMAXU_D ? code >>> 25 & 3L : imm) << 32;
        };
    }

    private static final boolean[] WRITES_INTEGER = new boolean[OPS];

    static {
        for (hv.riscv.InstructionTable.Instruction i : hv.riscv.InstructionTable.get().instructions()) {
            // System instructions handle x0 themselves.
            WRITES_INTEGER[i.op()] = i.op() != 0 && i.writesInteger() && !i.kind().equals("system");
        }
        WRITES_INTEGER[0] = false;
    }

    /** A block of the first instruction of {@code b} alone, made in place. */
    private Block single(Block b) {
        if (b.count <= 1) {
            return b;
        }
        return alone(step, alone(b.code[0]), b.start, firstLength(b));
    }

    private int firstLength(Block b) {
        return lengthBytes(ram.get(MEM16, ((long) b.page.number << 12) + b.start));
    }

    private static Block alone(Block into, long w, int start, int lenBytes) {
        int op = Decoded.op(w);
        into.page = null;
        into.start = start;
        into.count = 1;
        into.lenBytes = lenBytes;
        into.code[0] = op >= Op.BEQ && op <= Op.BGEU ? w & ~(0xffffL << 32) : w;
        into.code[1] = END;
        into.links[0] = null;
        into.links[1] = null;
        return into;
    }

    /**
     * The instruction at {@link Hart#pc} as a block, for one whose halves are to be fetched each for itself: they lie in two pages, or only a part of
     * the page may be executed. Null if a fetch trapped.
     */
    private Block fetched() {
        long pc = hart.pc;
        int code;
        int before;
        do {
            before = flushes;
            CodePage first = codePage(pc);
            if (first == null) {
                hart.enterTrap(fault, pc);
                return null;
            }
            code = halfword(first, pc);
            if ((code & 3) == 3) {
                CodePage second = codePage(pc + 2);
                if (second == null) {
                    hart.enterTrap(fault, pc + 2);
                    return null;
                }
                code |= halfword(second, pc + 2) << 16;
            }
        } while (flushes != before);
        if (code != straddleCode || straddle.count == 0) {
            straddleCode = code;
            alone(straddle, place(Decoder.decode(code), code, 0), (int) pc & 0xffe, lengthBytes(code));
        }
        // Where it went last time it may have been in another page.
        straddle.links[0] = null;
        straddle.links[1] = null;
        return straddle;
    }

    private int halfword(CodePage page, long va) {
        return ram.get(MEM16, ((long) page.number << 12) + (va & 0xfff)) & 0xffff;
    }
}
