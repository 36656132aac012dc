package hv.testkit;

import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineInterrupts;
import hv.api.engine.spi.EngineTraits;
import hv.api.engine.spi.VcpuCore;
import hv.api.memory.RamView;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import hv.api.vcpu.Budget;
import hv.api.vcpu.Completion;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Request;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** An engine for {@link SmallIsa}. Good, unless its cores are of a subclass that breaks something. */
record SmallEngine(BiFunction<EngineContext, Integer, SmallEngine.Core> maker) implements EngineFactory {
    private static final EngineTraits TRAITS = new EngineTraits("small", false, false, true, 1, 8, false, "for the laws' own test");

    @Override
    public String type() {
        return "small";
    }

    @Override
    public EngineTraits traits() {
        return TRAITS;
    }

    @Override
    public Engine create(EngineContext context) {
        return new Engine() {
            @Override
            public EngineTraits traits() {
                return TRAITS;
            }

            @Override
            public VcpuCore createVcpu(int index) {
                return maker.apply(context, index);
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

            @Override
            public void close() {
                // Cores hold nothing but memory of the heap.
            }
        };
    }

    /** An instruction, decoded. */
    record Decoded(SmallIsa.Op op, int d, int a, int b, long imm) {
    }

    /** One vCPU. What was decoded holds until a fence. */
    static class Core implements VcpuCore, Registers {
        static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        final RamView ram;
        final int index;
        final Exit exit = new Exit();
        private final Map<Long, Decoded> decoded = new HashMap<>();
        long[] r = new long[16];
        long pc;
        long epc;
        long handler;
        long retired;
        boolean enabled;
        boolean cause;
        volatile boolean line;
        volatile boolean kicked;
        volatile long asked;
        volatile long served;
        volatile boolean fence;
        /** The instruction whose exit is to be completed, or null. */
        Decoded pending;

        Core(EngineContext context, int index) {
            ram = context.ram();
            this.index = index;
        }

        @Override
        public void run(Budget budget) {
            commit();
            long until = System.nanoTime() + budget.nanos();
            for (long n = budget.instructions(), k = 1; n > 0; n--, k++) {
                if (isKicked()) {
                    exit.kicked();
                    return;
                }
                long upTo = asked;
                if (upTo != served) {
                    if (fence) {
                        fence = false;
                        fenceByRequest();
                    }
                    served = upTo;
                }
                if (k % 1024 == 0 && System.nanoTime() - until >= 0) {
                    break;
                }
                if (takesInterrupt()) {
                    trap(true);
                }
                if (execute(n == 1)) {
                    return;
                }
            }
            exit.sliceEnd();
        }

        boolean isKicked() {
            boolean was = kicked;
            if (was) {
                kicked = false;
            }
            return was;
        }

        boolean takesInterrupt() {
            return line && enabled;
        }

        void trap(boolean interrupt) {
            epc = pc;
            pc = handler;
            enabled = false;
            cause = interrupt;
        }

        void fenceByRequest() {
            decoded().clear();
        }

        Map<Long, Decoded> decoded() {
            return decoded;
        }

        void fence() {
            decoded().clear();
        }

        private boolean isRam(long gpa, int bytes) {
            return gpa >= ram.baseGpa() && gpa - ram.baseGpa() <= ram.sizeBytes() - bytes;
        }

        private Decoded fetch() {
            if (!isRam(pc, SmallIsa.BYTES) || pc % SmallIsa.BYTES != 0) {
                return new Decoded(SmallIsa.Op.NONE, 0, 0, 0, 0);
            }
            return decoded().computeIfAbsent(pc, at -> {
                long head = load(at);
                int op = (int) head & 255;
                SmallIsa.Op[] ops = SmallIsa.Op.values();
                return new Decoded(op < ops.length ? ops[op] : SmallIsa.Op.NONE, (int) (head >> 8) & 15, (int) (head >> 16) & 15, (int) (head >> 24) & 15, load(at + 8));
            });
        }

        long load(long gpa) {
            return ram.segment().get(LONG, gpa - ram.baseGpa());
        }

        void store(long gpa, long value) {
            ram.segment().set(LONG, gpa - ram.baseGpa(), value);
            for (int page = page(gpa); page <= page(gpa + 7); page++) {
                logged(page);
            }
        }

        private int page(long gpa) {
            return (int) (gpa - ram.baseGpa() >> 12);
        }

        void logged(int page) {
            if (ram.attributes(page) != 0) {
                ram.stored(page);
            }
        }

        long multiply(long a, long b) {
            return a * b;
        }

        long add(long a, long b, long imm, boolean last) {
            return a + b + imm;
        }

        /** Whether it left the guest. {@code last}: of its budget. */
        private boolean execute(boolean last) {
            Decoded i = fetch();
            long next = pc + SmallIsa.BYTES;
            switch (i.op) {
                case NONE -> {
                    trap(false);
                    return false;
                }
                case SET -> set(i.d, i.imm);
                case ADD -> set(i.d, add(r[i.a], r[i.b], i.imm, last));
                case MUL -> set(i.d, multiply(r[i.a], r[i.b]));
                case XOR -> set(i.d, r[i.a] ^ r[i.b]);
                case LOAD -> {
                    long gpa = r[i.a] + i.imm;
                    if (!isRam(gpa, 8)) {
                        exit.mmio(gpa, 8, false, 0);
                        pending = i;
                        return true;
                    }
                    set(i.d, load(gpa));
                }
                case STORE -> {
                    long gpa = r[i.a] + i.imm;
                    if (!isRam(gpa, 8)) {
                        exit.mmio(gpa, 8, true, r[i.b]);
                        pending = i;
                        return true;
                    }
                    store(gpa, r[i.b]);
                }
                case BNE -> next = r[i.a] != r[i.b] ? i.imm : next;
                case JUMP -> {
                    long to = r[i.a] + i.imm;
                    set(i.d, next);
                    next = to;
                }
                case FENCE -> fence();
                case CALL -> {
                    ExitView.FirmwareCall call = exit.firmwareCall();
                    for (int k = 0; k < 8; k++) {
                        call.setArg(k, r[k + 1]);
                    }
                    pending = i;
                    return true;
                }
                case HANDLER -> handler = r[i.a];
                case ENABLE -> enabled = true;
                case RETURN -> {
                    next = epc;
                    enabled = true;
                }
                case EPC -> set(i.d, epc);
                case SET_EPC -> epc = r[i.a];
                case CAUSE -> set(i.d, cause ? 1 : 0);
                case WAIT -> {
                    if (!line) {
                        retire(next);
                        exit.idle();
                        return true;
                    }
                }
            }
            retire(next);
            return false;
        }

        private void set(int d, long value) {
            if (d != 0) {
                r[d] = value;
            }
        }

        private void retire(long next) {
            pc = next;
            retired++;
        }

        @Override
        public void commit() {
            Decoded i = pending;
            if (i == null) {
                return;
            }
            forget();
            Completion c = exit.completion();
            if (i.op == SmallIsa.Op.LOAD) {
                if (c.kind() == Completion.Kind.NONE) {
                    throw new IllegalStateException("a read was resumed without a value");
                }
                set(i.d, c.first());
            } else if (i.op == SmallIsa.Op.CALL && c.kind() == Completion.Kind.PAIR) {
                r[1] = c.first();
                r[2] = c.second();
            }
            retire(pc + SmallIsa.BYTES);
        }

        void forget() {
            pending = null;
        }

        @Override
        public void retry() {
            pending = null;
        }

        @Override
        public void kick() {
            kicked = true;
        }

        @Override
        public synchronized long request(Request request) {
            if (request == Request.FENCE_I) {
                fence = true;
            }
            return ++asked;
        }

        @Override
        public boolean acknowledged(long ticket) {
            return served >= ticket;
        }

        @Override
        public void setInterrupt(int number, boolean level) {
            line = level;
        }

        @Override
        public boolean wantsToRun() {
            return line;
        }

        @Override
        public long instructionsRetired() {
            return retired;
        }

        @Override
        public void reset() {
            pending = null;
            r = new long[16];
            pc = 0;
            epc = 0;
            handler = 0;
            enabled = false;
            cause = false;
            decoded().clear();
        }

        @Override
        public Registers registers() {
            return this;
        }

        @Override
        public Exit exit() {
            return exit;
        }

        @Override
        public long read(int register) {
            return register == SmallIsa.PC ? pc : register == SmallIsa.EPC ? epc : r[register];
        }

        @Override
        public void write(int register, long value) {
            if (register == SmallIsa.PC) {
                pc = value;
            } else {
                set(register, value);
            }
        }

        @Override
        public PartId id() {
            return new PartId("cpu/" + index, new StateTag("small-cpu", 1));
        }

        @Override
        public void sleep(Deadline by) {
            commit();
        }

        @Override
        public void save(StateWriter out) {
            out.section("cpu").putLongs(r).putLong(pc).putLong(epc).putLong(handler).putLong(retired).putBoolean(enabled).putBoolean(cause).putBoolean(line);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("cpu");
            long[] registers = in.getLongs(16);
            long[] more = {in.getLong(), in.getLong(), in.getLong(), in.getLong()};
            boolean[] flags = {in.getBoolean(), in.getBoolean(), in.getBoolean()};
            in.end();
            if (registers[0] != 0) {
                throw new StateException("r0 is " + registers[0]);
            }
            reset();
            r = registers;
            pc = more[0];
            epc = more[1];
            handler = more[2];
            retired = more[3];
            enabled = flags[0];
            cause = flags[1];
            line = flags[2];
        }

        @Override
        public void wake() {
            decoded().clear();
        }
    }
}
