package hv.engine.riscv.internal;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import hv.riscv.Decoded;
import hv.riscv.Hart;
import hv.riscv.InstructionTable;
import hv.riscv.Op;
import hv.riscv.fp.Fpu;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes one shape as a class. Guest registers are locals from entry to exit; all ways out share one epilogue that stores those that were written. An
 * instruction whose memory access misses the TLB leaves at its own address: the interpreter does it again, and knows its fault.
 *
 * <p>Budget: a straight run of instructions is paid for at its begin, and a branch that leaves it early gives the rest back. Only where a jump leads back,
 * and where calls return to, budget and requests are looked at: between two looks no instruction is executed twice.
 */
final class RegionWriter {
    private static final ClassDesc CORE = HartCore.class.describeConstable().orElseThrow();
    private static final ClassDesc REGION = Region.class.describeConstable().orElseThrow();
    private static final ClassDesc TLB = Tlb.class.describeConstable().orElseThrow();
    private static final ClassDesc RAW_RAM = RawRam.class.describeConstable().orElseThrow();
    private static final ClassDesc MEANING = ClassDesc.of("hv.engine.riscv.internal.Meaning");
    private static final ClassDesc FLOAT = RegionFloat.class.describeConstable().orElseThrow();
    private static final ClassDesc HART = Hart.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_FPU = Fpu.class.describeConstable().orElseThrow();
    private static final ClassDesc RUNTIME = RegionRuntime.class.describeConstable().orElseThrow();
    private static final ClassDesc NAME = ClassDesc.of("hv.engine.riscv.internal.Translated");
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
    /** The machine's RAM, a constant of the class: HotSpot knows its bounds. */
    private static final DynamicConstantDesc<?> GUEST_RAM = DynamicConstantDesc.ofNamed(ConstantDescs.ofConstantBootstrap(
        ClassDesc.of("java.lang.invoke.MethodHandles"), "classData", ConstantDescs.CD_Object), ConstantDescs.DEFAULT_NAME, SEGMENT);
    private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_long, CORE, CD_long, CD_long);
    private static final int CORE_SLOT = 1;
    private static final int PC0 = 2;
    private static final int LEFT = 4;
    private static final int X = 6;
    private static final int READ = 7;
    private static final int WRITE = 8;
    private static final int RAM = 9;
    private static final int VA = 10;
    private static final int PC = 12;
    private static final int FPU = 14;
    private static final int F = 15;
    /** 1: floating-point registers may be changed, and the dynamic rounding mode is to nearest; as at the region's entry. */
    private static final int FLOATS = 16;
    private static final int REGISTERS = 17;
    /** Return points that a {@code ret} looks at before it leaves. */
    private static final int MOST_RETURNS = 4;
    /** Methods of {@link Meaning} by operation; null for what is none. */
    private static final InstructionTable.Instruction[] TABLE = new InstructionTable.Instruction[Op.COUNT];

    /** Methods of {@link RegionFloat} by operation; null for what is none. */
    private static final MethodTypeDesc[] FLOATS_BY_OP = new MethodTypeDesc[Op.COUNT];
    private static final String[] FLOAT_NAMES = new String[Op.COUNT];

    static {
        Map<String, MethodTypeDesc> floats = new HashMap<>();
        for (Method m : RegionFloat.class.getDeclaredMethods()) {
            floats.put(m.getName(), MethodType.methodType(m.getReturnType(), m.getParameterTypes()).describeConstable().orElseThrow());
        }
        for (InstructionTable.Instruction i : InstructionTable.get().instructions()) {
            if (i.op() < Op.COUNT && i.kind().equals("float")) {
                FLOAT_NAMES[i.op()] = i.constant().toLowerCase(Locale.ROOT);
                FLOATS_BY_OP[i.op()] = floats.get(FLOAT_NAMES[i.op()]);
            }
            if (i.op() < Op.COUNT && (i.kind().equals("alu") || i.kind().equals("branch"))) {
                TABLE[i.op()] = i;
            }
        }
    }

    private final RegionShape shape;
    private final MemorySegment ram;
    private final int n;
    private final int most;
    /** Runs begin here. */
    private final BitSet leaders = new BitSet();
    /** Jumps lead back to here. */
    private final BitSet headers = new BitSet();
    private final List<Integer> returns = new ArrayList<>();
    private final BitSet used = new BitSet();
    private final BitSet written = new BitSet();
    /** Instructions of the run from k to its end. */
    private final int[] rest;

    private CodeBuilder b;
    private Label[] labels;
    private Label epilogue;
    private Label refused;
    private final List<Way> ways = new ArrayList<>();
    private final Map<String, Callee> callees = new LinkedHashMap<>();

    private record Callee(ClassDesc owner, String name, MethodTypeDesc type) {
    }

    /** A way out: to an address, giving instructions back. */
    private record Way(Label label, int at, int giveBack, boolean refuses) {
    }

    private RegionWriter(RegionShape shape, MemorySegment ram) {
        this.shape = shape;
        this.ram = ram;
        this.n = shape.at.length;
        this.most = n + 1;
        this.rest = new int[n];
        analyse();
    }

    /** The class of a shape for code in that RAM: a {@link Region} with a constructor without parameters, its class data the RAM. */
    static byte[] write(RegionShape shape, MemorySegment ram) {
        return new RegionWriter(shape, ram).build();
    }

    private void analyse() {
        leaders.set(shape.head());
        boolean hasReturn = false;
        for (int k = 0; k < n; k++) {
            long w = shape.code[k];
            int op = Decoded.op(w);
            int to = shape.target[k];
            if (to != RegionShape.OUTSIDE) {
                leaders.set(to);
                if (to <= k) {
                    headers.set(to);
                }
            }
            int behind = shape.behind(k);
            if (!isJump(op) && behind != RegionShape.OUTSIDE && behind != k + 1) {
                leaders.set(behind);
                if (behind <= k) {
                    headers.set(behind);
                }
            }
            if (isJump(op) && Decoded.rd(w) == 1 && behind != RegionShape.OUTSIDE && returns.size() < MOST_RETURNS) {
                returns.add(behind);
            }
            hasReturn |= isReturn(w);
            registers(w, op);
        }
        if (hasReturn) {
            for (int k : returns) {
                leaders.set(k);
                headers.set(k);
            }
        } else {
            returns.clear();
        }
        for (int k = n - 1; k >= 0; k--) {
            boolean ends = isJump(Decoded.op(shape.code[k])) || k + 1 == n || shape.behind(k) != k + 1 || leaders.get(k + 1);
            rest[k] = ends ? 1 : 1 + rest[k + 1];
        }
    }

    private void registers(long w, int op) {
        if (RegionShape.readsInteger1(op) && Decoded.rs1(w) != 0 && op != Op.JAL) {
            used.set(Decoded.rs1(w));
        }
        if (RegionShape.readsInteger2(op) && Decoded.rs2(w) != 0 && op != Op.JAL) {
            used.set(Decoded.rs2(w));
        }
        if (RegionShape.writesInteger(op) && RegionShape.isRegister(Decoded.rd(w))) {
            used.set(Decoded.rd(w));
            written.set(Decoded.rd(w));
        }
    }

    private static boolean isJump(int op) {
        return op == Op.JAL || op == Op.JALR;
    }

    private static boolean isReturn(long w) {
        return Decoded.op(w) == Op.JALR && Decoded.rs1(w) == 1 && !RegionShape.isRegister(Decoded.rd(w)) && Decoded.imm(w) == 0;
    }

    private byte[] build() {
        return ClassFile.of().build(NAME, c -> c.withSuperclass(REGION).withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
            .withMethodBody(INIT_NAME, MethodTypeDesc.of(CD_void), 0,
                code -> code.aload(0).loadConstant(most).invokespecial(REGION, INIT_NAME, MethodTypeDesc.of(CD_void, CD_int)).return_())
            .withMethodBody("run", RUN, 0, this::run)
            .withMethodBody("link", MethodTypeDesc.of(CD_void, CORE), 0, this::link));
    }

    private void run(CodeBuilder code) {
        b = code;
        labels = new Label[n];
        for (int k = 0; k < n; k++) {
            labels[k] = b.newLabel();
        }
        epilogue = b.newLabel();
        refused = b.newLabel();
        b.aload(CORE_SLOT);
        call("enter", LONGS, CORE);
        b.astore(X);
        if (!RawRam.AVAILABLE) {
            b.loadConstant(GUEST_RAM).astore(RAM);
        }
        b.aload(CORE_SLOT).getfield(CORE, "tlb", TLB).getfield(TLB, "read", LONGS).astore(READ);
        b.aload(CORE_SLOT).getfield(CORE, "tlb", TLB).getfield(TLB, "write", LONGS).astore(WRITE);
        if (hasFloats()) {
            b.aload(CORE_SLOT).getfield(CORE, "hart", HART).getfield(HART, "fpu", CD_FPU).astore(FPU);
            b.aload(CORE_SLOT).getfield(CORE, "hart", HART).getfield(HART, "f", LONGS).astore(F);
            b.aload(CORE_SLOT);
            call("floats", CD_int, CORE);
            b.istore(FLOATS);
        }
        for (int r = used.nextSetBit(0); r >= 0; r = used.nextSetBit(r + 1)) {
            load(r);
        }
        if (shape.head() != 0) {
            b.goto_(labels[shape.head()]);
        }
        for (int k = 0; k < n; k++) {
            b.labelBinding(labels[k]);
            if (leaders.get(k)) {
                enter(k);
            } else if (k > 0 && (isJump(Decoded.op(shape.code[k - 1])) || shape.behind(k - 1) != k)) {
                // Nothing leads here: it was found by a way that was cut off.
                throw new IllegalStateException("instruction " + k + " of the region has no way to it");
            }
            instruction(k);
        }
        b.labelBinding(refused);
        b.aload(CORE_SLOT).iconst_1().putfield(CORE, "refused", CD_boolean);
        b.labelBinding(epilogue);
        for (int r = written.nextSetBit(0); r >= 0; r = written.nextSetBit(r + 1)) {
            spill(r);
        }
        b.aload(CORE_SLOT).lload(LEFT).putfield(CORE, "left", CD_long);
        b.lload(PC).lreturn();
        for (Way w : ways) {
            b.labelBinding(w.label);
            if (w.giveBack != 0) {
                b.lload(LEFT).loadConstant((long) w.giveBack).ladd().lstore(LEFT);
            }
            address(w.at);
            b.lstore(PC).goto_(w.refuses ? refused : epilogue);
        }
    }

    private boolean hasFloats() {
        for (long w : shape.code) {
            if (isFloat(Decoded.op(w)) || isFloatAccess(Decoded.op(w))) {
                return true;
            }
        }
        return false;
    }

    private void load(int r) {
        b.aload(X).loadConstant(r).laload().lstore(REGISTERS + 2 * r);
    }

    private void spill(int r) {
        b.aload(X).loadConstant(r).lload(REGISTERS + 2 * r).lastore();
    }

    private void address(int at) {
        b.lload(PC0);
        if (at != 0) {
            b.loadConstant((long) at).ladd();
        }
    }

    private void push(int r) {
        if (r == 0) {
            b.lconst_0();
        } else {
            b.lload(REGISTERS + 2 * r);
        }
    }

    private Label way(int at, int giveBack, boolean refuses) {
        Label label = b.newLabel();
        ways.add(new Way(label, at, giveBack, refuses));
        return label;
    }

    private void enter(int k) {
        if (headers.get(k)) {
            Label out = way(shape.at[k], 0, false);
            b.aload(CORE_SLOT).lload(LEFT).loadConstant((long) most);
            call("goesOn", CD_boolean, CORE, CD_long, CD_long);
            b.ifeq(out);
        }
        b.lload(LEFT).loadConstant((long) rest[k]).lsub().lstore(LEFT);
    }

    private void instruction(int k) {
        long w = shape.code[k];
        int op = Decoded.op(w);
        int rd = Decoded.rd(w);
        if (RegionShape.isBranch(op)) {
            branch(k, op, w);
        } else if (op == Op.JAL) {
            if (RegionShape.isRegister(rd)) {
                address(shape.at[k] + shape.lenBytes[k]);
                b.lstore(REGISTERS + 2 * rd);
            }
            b.goto_(shape.target[k] == RegionShape.OUTSIDE ? way((int) Decoded.imm(w), 0, false) : labels[shape.target[k]]);
            return;
        } else if (op == Op.JALR) {
            indirect(k, w, rd);
            return;
        } else if (RegionShape.isLoad(op) || RegionShape.isStore(op)) {
            access(k, op, w, rd);
        } else if (isFloatAccess(op)) {
            floatAccess(k, op, w, rd);
        } else if (isFloat(op)) {
            floatOperation(k, op, w, rd);
        } else if (RegionShape.isRare(op)) {
            rare(k, op, w, rd);
        } else if (RegionShape.isRegister(rd)) {
            operation(op, w, rd);
        }
        int behind = shape.behind(k);
        if (behind == RegionShape.OUTSIDE) {
            b.goto_(way(shape.at[k] + shape.lenBytes[k], 0, false));
        } else if (behind != k + 1) {
            b.goto_(labels[behind]);
        }
    }

    private void branch(int k, int op, long w) {
        Opcode taken = IntegerCode.condition(b, op, () -> push(Decoded.rs1(w)), () -> push(Decoded.rs2(w)));
        int giveBack = rest[k] - 1;
        if (shape.target[k] == RegionShape.OUTSIDE) {
            b.branch(taken, way((int) Decoded.imm(w), giveBack, false));
        } else if (giveBack == 0) {
            b.branch(taken, labels[shape.target[k]]);
        } else {
            Label on = b.newLabel();
            b.branch(IntegerCode.not(taken), on);
            b.lload(LEFT).loadConstant((long) giveBack).ladd().lstore(LEFT).goto_(labels[shape.target[k]]);
            b.labelBinding(on);
        }
    }

    private void indirect(int k, long w, int rd) {
        push(Decoded.rs1(w));
        b.loadConstant(Decoded.imm(w)).ladd().loadConstant(-2L).land().lstore(PC);
        if (RegionShape.isRegister(rd)) {
            address(shape.at[k] + shape.lenBytes[k]);
            b.lstore(REGISTERS + 2 * rd);
        }
        if (isReturn(w)) {
            for (int to : returns) {
                b.lload(PC);
                address(shape.at[to]);
                b.lcmp();
                b.ifeq(labels[to]);
            }
        }
        b.goto_(epilogue);
    }

    private void operation(int op, long w, int rd) {
        if (op == Op.LUI) {
            b.loadConstant(Decoded.imm(w));
        } else if (op == Op.AUIPC) {
            address((int) Decoded.imm(w));
        } else if (!IntegerCode.write(b, op, () -> push(Decoded.rs1(w)), () -> push(Decoded.rs2(w)), (int) Decoded.imm(w))) {
            String meaning = TABLE[op].meaning();
            int parameters = 0;
            if (meaning.matches(".*\\ba\\b.*")) {
                push(Decoded.rs1(w));
                parameters++;
            }
            if (meaning.matches(".*\\bb\\b.*")) {
                push(Decoded.rs2(w));
                parameters++;
            }
            if (meaning.matches(".*\\bi\\b.*")) {
                b.loadConstant(Decoded.imm(w));
                parameters++;
            }
            mean(op, CD_long, parameters);
        }
        b.lstore(REGISTERS + 2 * rd);
    }

    private static String name(int op) {
        return TABLE[op].constant().toLowerCase(Locale.ROOT);
    }

    private void access(int k, int op, long w, int rd) {
        boolean store = RegionShape.isStore(op);
        int bits = switch (op) {
            case Op.LB, Op.LBU, Op.SB -> 8;
            case Op.LH, Op.LHU, Op.SH -> 16;
            case Op.LW, Op.LWU, Op.SW -> 32;
            default -> 64;
        };
        int tags = store ? WRITE : READ;
        lookUp(w, tags, bits, way(shape.at[k], rest[k], true));
        if (store) {
            store(bits, () -> push(Decoded.rs2(w)));
        } else {
            load(bits, op == Op.LBU || op == Op.LHU || op == Op.LWU);
            if (RegionShape.isRegister(rd)) {
                b.lstore(REGISTERS + 2 * rd);
            } else {
                b.pop2();
            }
        }
    }

    /** Leaves what is at VA, which hits, on the stack. */
    private void load(int bits, boolean unsigned) {
        String name = "load" + bits + (unsigned ? "u" : "");
        if (RawRam.AVAILABLE) {
            b.aload(READ).lload(VA).loadConstant(ram.address());
            call(RAW_RAM, name, CD_long, LONGS, CD_long, CD_long);
        } else {
            b.aload(RAM).aload(READ).lload(VA);
            call(RUNTIME, name, CD_long, SEGMENT, LONGS, CD_long);
        }
    }

    /** Stores at VA, which hits. */
    private void store(int bits, Runnable value) {
        if (RawRam.AVAILABLE) {
            b.aload(WRITE).lload(VA);
            value.run();
            b.loadConstant(ram.address());
            call(RAW_RAM, "store" + bits, CD_void, LONGS, CD_long, CD_long, CD_long);
        } else {
            b.aload(RAM).aload(WRITE).lload(VA);
            value.run();
            call(RUNTIME, "store" + bits, CD_void, SEGMENT, LONGS, CD_long, CD_long);
        }
    }

    /** Puts the address of an access into VA, and goes elsewhere unless it is aligned and hits the TLB. */
    private void lookUp(long w, int tags, int bits, Label missed) {
        push(Decoded.rs1(w));
        if (Decoded.imm(w) != 0) {
            b.loadConstant(Decoded.imm(w)).ladd();
        }
        b.lstore(VA);
        b.aload(tags).lload(VA).loadConstant(~0xfffL | bits / 8 - 1);
        if (RawRam.AVAILABLE) {
            b.loadConstant(RawRam.last(ram.byteSize(), bits / 8));
            call(RAW_RAM, "hits", CD_boolean, LONGS, CD_long, CD_long, CD_long);
        } else {
            call(RUNTIME, "hits", CD_boolean, LONGS, CD_long, CD_long);
        }
        b.ifeq(missed);
    }

    /** A method of {@link RegionRuntime}. */
    private void call(String name, ClassDesc result, ClassDesc... parameters) {
        call(RUNTIME, name, result, parameters);
    }

    private void call(ClassDesc owner, String name, ClassDesc result, ClassDesc... parameters) {
        MethodTypeDesc type = MethodTypeDesc.of(result, parameters);
        callees.putIfAbsent(name, new Callee(owner, name, type));
        b.invokestatic(owner, name, type);
    }

    private void mean(int op, ClassDesc result, int parameters) {
        ClassDesc[] types = new ClassDesc[parameters];
        java.util.Arrays.fill(types, CD_long);
        MethodTypeDesc type = MethodTypeDesc.of(result, types);
        callees.putIfAbsent(name(op), new Callee(MEANING, name(op), type));
        b.invokestatic(MEANING, name(op), type);
    }

    /** Calls everything once that {@code run} wants to have inlined: HotSpot leaves call sites out that were never resolved. */
    private void link(CodeBuilder code) {
        if (!RawRam.AVAILABLE) {
            code.loadConstant(GUEST_RAM).pop();
        }
        for (Callee c : callees.values()) {
            for (int k = 0; k < c.type.parameterCount(); k++) {
                ClassDesc parameter = c.type.parameterType(k);
                if (c.owner.equals(RAW_RAM) && k == c.type.parameterCount() - 1) {
                    code.loadConstant(RegionRuntime.STAGE_RAM.address());
                } else if (parameter.equals(LONGS)) {
                    code.getstatic(RUNTIME, "STAGE_TAGS", LONGS);
                } else if (parameter.equals(SEGMENT)) {
                    code.getstatic(RUNTIME, "STAGE_RAM", SEGMENT);
                } else if (parameter.equals(CD_FPU)) {
                    code.aload(CORE_SLOT).getfield(CORE, "hart", HART).getfield(HART, "fpu", CD_FPU);
                } else if (parameter.equals(CD_int)) {
                    code.iconst_0();
                } else if (parameter.equals(CORE)) {
                    code.aload(CORE_SLOT);
                } else {
                    code.lconst_0();
                }
            }
            code.invokestatic(c.owner, c.name, c.type);
            ClassDesc result = c.type.returnType();
            if (result.equals(CD_long)) {
                code.pop2();
            } else if (!result.equals(CD_void)) {
                code.pop();
            }
        }
        code.return_();
    }

    private static boolean isFloat(int op) {
        return FLOATS_BY_OP[op] != null;
    }

    private static boolean isFloatAccess(int op) {
        return op == Op.FLW || op == Op.FLD || op == Op.FSW || op == Op.FSD;
    }

    /** Loads and stores of floating-point registers: as {@link #rare} where they may not be changed, or the access misses. */
    private void floatAccess(int k, int op, long w, int rd) {
        boolean store = op == Op.FSW || op == Op.FSD;
        int bits = op == Op.FLW || op == Op.FSW ? 32 : 64;
        Label slow = b.newLabel();
        Label done = b.newLabel();
        b.iload(FLOATS).ifeq(slow);
        int tags = store ? WRITE : READ;
        lookUp(w, tags, bits, slow);
        if (store) {
            store(bits, () -> b.aload(F).loadConstant(Decoded.rs2(w)).laload());
        } else {
            b.aload(F).loadConstant(rd & 31);
            load(bits, false);
            if (bits == 32) {
                b.loadConstant(-1L << 32).lor();
            }
            b.lastore();
        }
        b.goto_(done);
        b.labelBinding(slow);
        rare(k, op, w, rd);
        b.labelBinding(done);
    }

    /** An operation of floating-point registers: as {@link #rare} where they may not be changed. */
    private void floatOperation(int k, int op, long w, int rd) {
        int mode = (int) (w >>> Decoded.IMM_SHIFT) & 7;
        if (mode > Fpu.RMM && mode != Fpu.DYN) {
            rare(k, op, w, rd);
            return;
        }
        MethodTypeDesc type = FLOATS_BY_OP[op];
        boolean fromInteger = type.parameterList().contains(CD_long);
        boolean toInteger = type.returnType().equals(CD_long);
        Label slow = b.newLabel();
        Label done = b.newLabel();
        b.iload(FLOATS).ifeq(slow);
        b.aload(FPU).aload(F);
        if (fromInteger) {
            b.loadConstant(rd & 31);
            push(Decoded.rs1(w));
        } else if (toInteger) {
            b.loadConstant(Decoded.rs1(w)).loadConstant(Decoded.rs2(w));
        } else {
            b.loadConstant(rd & 31).loadConstant(Decoded.rs1(w)).loadConstant(Decoded.rs2(w)).loadConstant((int) (w >>> Decoded.IMM_SHIFT + 3) & 31);
        }
        b.loadConstant(mode == Fpu.DYN ? Fpu.RNE : mode);
        String name = FLOAT_NAMES[op];
        callees.putIfAbsent(name, new Callee(FLOAT, name, type));
        b.invokestatic(FLOAT, name, type);
        if (toInteger) {
            if (RegionShape.isRegister(rd)) {
                b.lstore(REGISTERS + 2 * rd);
            } else {
                b.pop2();
            }
        }
        b.goto_(done);
        b.labelBinding(slow);
        rare(k, op, w, rd);
        b.labelBinding(done);
    }

    private void rare(int k, int op, long w, int rd) {
        if (RegionShape.readsInteger1(op) && Decoded.rs1(w) != 0) {
            spill(Decoded.rs1(w));
        }
        if (RegionShape.readsInteger2(op) && Decoded.rs2(w) != 0) {
            spill(Decoded.rs2(w));
        }
        b.aload(CORE_SLOT).loadConstant(w).invokevirtual(CORE, "rare", MethodTypeDesc.of(CD_boolean, CD_long));
        b.ifeq(way(shape.at[k], rest[k], true));
        if (RegionShape.writesInteger(op) && RegionShape.isRegister(rd)) {
            load(rd);
        }
    }
}
