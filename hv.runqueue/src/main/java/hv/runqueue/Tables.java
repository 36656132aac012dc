package hv.runqueue;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.Share;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import java.util.Arrays;

/** vCPUs and machines of a {@link QueuePolicy}, by slot, and their saved form. */
final class Tables {
    /** key and machine, weight and cap and priority, reservation, affinity, status and host CPU and slice, order, since, tokens, their time; then the policy's own. */
    private static final int COMMON = 9;
    /** name and cap, tokens, their time. */
    private static final int PER_MACHINE = 3;

    final KeyIndex keys = new KeyIndex();
    final KeyIndex machines = new KeyIndex();
    final TokenBuckets caps = new TokenBuckets();
    final TokenBuckets machineCaps = new TokenBuckets();
    Share[] share = new Share[16];
    byte[] status = new byte[16];
    int[] cpu = new int[16];
    int[] machine = new int[16];
    long[] order = new long[16];
    long[] since = new long[16];
    long[] taken = new long[16];
    final long[][] own;
    /** By slot of the machine: how many vCPUs it has here. */
    private int[] members = new int[16];

    Tables(int owned) {
        if (owned < 0 || owned > 3) {
            throw new IllegalArgumentException(owned + " own longs: 0 .. 3");
        }
        own = new long[owned][16];
    }

    int add(int key, int ofMachine, Share itsShare, long nowNanos) {
        int slot = keys.add(key);
        int n = keys.capacity();
        if (n > status.length) {
            share = Arrays.copyOf(share, n);
            status = Arrays.copyOf(status, n);
            cpu = Arrays.copyOf(cpu, n);
            machine = Arrays.copyOf(machine, n);
            order = Arrays.copyOf(order, n);
            since = Arrays.copyOf(since, n);
            taken = Arrays.copyOf(taken, n);
            for (int i = 0; i < own.length; i++) {
                own[i] = Arrays.copyOf(own[i], n);
            }
        }
        caps.reach(n);
        int m = machines.slot(ofMachine);
        if (m < 0) {
            m = machines.add(ofMachine);
            machineCaps.reach(machines.capacity());
            if (machines.capacity() > members.length) {
                members = Arrays.copyOf(members, machines.capacity());
            }
            members[m] = 0;
            machineCaps.cap(m, 0, nowNanos);
        }
        members[m]++;
        share[slot] = itsShare;
        status[slot] = QueuePolicy.BLOCKED;
        cpu[slot] = 0;
        machine[slot] = m;
        order[slot] = 0;
        since[slot] = nowNanos;
        taken[slot] = 0;
        for (long[] column : own) {
            column[slot] = 0;
        }
        caps.cap(slot, 0, nowNanos);
        caps.cap(slot, itsShare.capPercent(), nowNanos);
        return slot;
    }

    void remove(int slot) {
        int m = machine[slot];
        if (--members[m] == 0) {
            machines.remove(m);
        }
        keys.remove(slot);
        status[slot] = QueuePolicy.BLOCKED;
        share[slot] = null;
    }

    void save(StateWriter out) {
        int[] all = machines.sortedKeys();
        long[] rows = new long[all.length * PER_MACHINE];
        int at = 0;
        for (int name : all) {
            int m = machines.slot(name);
            rows[at++] = pack(name, machineCaps.capPercent[m]);
            rows[at++] = machineCaps.tokens[m];
            rows[at++] = machineCaps.atNanos[m];
        }
        out.section("machines").putInt(all.length).putLongs(rows);
        all = keys.sortedKeys();
        rows = new long[all.length * (COMMON + own.length)];
        at = 0;
        for (int key : all) {
            int s = keys.slot(key);
            rows[at++] = pack(key, machines.key(machine[s]));
            rows[at++] = pack(share[s].weight(), share[s].capPercent() << 16 | share[s].priority());
            rows[at++] = pack((int) share[s].budgetNanos(), (int) share[s].periodNanos());
            rows[at++] = share[s].affinity();
            rows[at++] = pack((int) taken[s], cpu[s] << 8 | status[s]);
            rows[at++] = order[s];
            rows[at++] = since[s];
            rows[at++] = caps.tokens[s];
            rows[at++] = caps.atNanos[s];
            for (long[] column : own) {
                rows[at++] = column[s];
            }
        }
        out.section("vcpus").putInt(all.length).putLongs(rows);
    }

    private static long pack(int high, int low) {
        return (long) high << 32 | low & 0xffff_ffffL;
    }

    private static int high(long packed) {
        return (int) (packed >>> 32);
    }

    static Tables read(StateReader in, int owned) throws StateException {
        in.section("machines");
        final int machineCount = in.getInt(0, QueuePolicy.MOST_VCPUS);
        final long[] machineRows = in.getLongs(machineCount * PER_MACHINE);
        in.section("vcpus");
        int count = in.getInt(machineCount, QueuePolicy.MOST_VCPUS);
        int width = COMMON + owned;
        long[] rows = in.getLongs(count * width);
        Tables t = new Tables(owned);
        int last = -1;
        for (int at = 0; at < rows.length; at += width) {
            last = ascending("vCPU", high(rows[at]), last);
            t.readVcpu(rows, at);
        }
        if (t.machines.count() != machineCount) {
            throw new StateException("policy state has " + machineCount + " machines, its vCPUs belong to " + t.machines.count());
        }
        last = -1;
        for (int at = 0; at < machineRows.length; at += PER_MACHINE) {
            last = ascending("machine", high(machineRows[at]), last);
            t.readMachine(machineRows, at);
        }
        return t;
    }

    private static int ascending(String what, int key, int last) throws StateException {
        if (key <= last) {
            throw new StateException("policy state has " + what + " " + key + " after " + last);
        }
        return key;
    }

    private void readVcpu(long[] rows, int at) throws StateException {
        final int key = high(rows[at]);
        final int ofMachine = (int) rows[at];
        final int state = (int) rows[at + 4] & 0xff;
        final int onCpu = (int) rows[at + 4] >> 8;
        final int slice = high(rows[at + 4]);
        final long itsOrder = rows[at + 5];
        if (ofMachine < 0 || state > QueuePolicy.RUNNING || onCpu < 0 || onCpu >= QueuePolicy.MOST_HOST_CPUS || itsOrder > QueuePolicy.MOST_ORDER
                || itsOrder < -QueuePolicy.MOST_ORDER || slice < 0 || slice > Pick.MOST_SLICE_NANOS) {
            throw new StateException("policy state, vCPU " + key + ": machine " + ofMachine + ", status " + state + ", host CPU " + onCpu + ", order " + itsOrder
                    + ", slice " + slice);
        }
        int s = add(key, ofMachine, shareOf(key, rows, at), 0);
        status[s] = (byte) state;
        cpu[s] = onCpu;
        taken[s] = slice;
        order[s] = itsOrder;
        since[s] = rows[at + 6];
        tokens(caps, s, rows[at + 7], rows[at + 8]);
        for (int i = 0; i < own.length; i++) {
            own[i][s] = rows[at + COMMON + i];
        }
    }

    private void readMachine(long[] rows, int at) throws StateException {
        int m = machines.slot(high(rows[at]));
        int percent = (int) rows[at];
        if (m < 0 || percent < 0 || percent > TokenBuckets.MOST_PERCENT) {
            throw new StateException("policy state, machine " + high(rows[at]) + ": no vCPU is its, or its cap of " + percent + " cannot be");
        }
        machineCaps.capPercent[m] = percent;
        tokens(machineCaps, m, rows[at + 1], rows[at + 2]);
    }

    private static void tokens(TokenBuckets of, int slot, long tokens, long atNanos) throws StateException {
        if (Math.abs(tokens) > 1L << 40 || tokens == Long.MIN_VALUE) {
            throw new StateException("policy state has " + tokens + " ns left under a cap");
        }
        of.tokens[slot] = tokens;
        of.atNanos[slot] = atNanos;
    }

    private static Share shareOf(int key, long[] rows, int at) throws StateException {
        int packed = (int) rows[at + 1];
        try {
            return new Share(high(rows[at + 1]), packed >>> 16, packed & 0xffff, high(rows[at + 2]), (int) rows[at + 2], rows[at + 3]);
        } catch (IllegalArgumentException e) {
            throw new StateException("policy state, vCPU " + key + ": " + e.getMessage(), e);
        }
    }
}
