package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugEvent;
import hv.api.debug.DebugSession;
import hv.api.debug.Resume;
import java.util.Arrays;

/**
 * Answers a debugger's packets for one session, in all-stop mode. Threads are harts: thread n is hart n - 1. Source: GDB manual, appendix "Remote Serial
 * Protocol"; numbers are hexadecimal, strings hold a byte a char. One thread at a time.
 */
final class Stub {
    /** What follows from a packet besides its reply. */
    enum After { NOTHING, NO_ACK, RESUMED, DETACH, KILL }

    private static final String OK = "OK";
    private static final String UNKNOWN = "";
    private static final String BAD = "E16";
    private static final String FAULT = "E0e";
    private static final int SIGINT = 2;
    private static final int SIGTRAP = 5;
    private static final int MOST_DATA = PacketReader.MAX_BYTES / 2 - 32;

    private final DebugSession session;
    private final MonitorCommands monitor;
    private final StopPointSet stops = new StopPointSet();
    private final int harts;
    private DebugEvent event;
    /** The hart that g, m, p and their like are about. */
    private int general;
    /** The hart that c and s are about, -1 for all. */
    private int stepping = -1;
    /** The hart that steps on as long as it is in a range, -1 for none; and how all go on then. */
    private int ranging = -1;
    private long rangeStart;
    private long rangeEnd;
    private Resume[] rangeHow;
    private boolean physical;
    private boolean tellsBreakpoints;
    private String description;
    private After after = After.NOTHING;

    /** @param event why the machine is held */
    Stub(DebugSession session, MonitorCommands monitor, DebugEvent event) {
        this.session = session;
        this.monitor = monitor;
        this.harts = session.vcpuCount();
        this.event = event;
        this.general = event.vcpu();
    }

    /** What is to be done after the reply to the last packet was sent. */
    After after() {
        return after;
    }

    /** The reply; null where none is due. Never throws: what a packet asks for and cannot have is an error reply. */
    String reply(String packet) {
        after = After.NOTHING;
        try {
            return packet.isEmpty() ? UNKNOWN : dispatch(packet);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return BAD;
        } catch (IllegalArgumentException e) {
            return FAULT;
        } catch (HvException e) {
            return "E." + e.getMessage().replaceAll("[^ -~]", "?");
        }
    }

    /**
     * The machine is held again, or has ended.
     *
     * @param interrupted the debugger wants it held
     * @return the stop reply; null if it goes on, since a step ended within the range that is to be stepped over
     */
    String held(DebugEvent why, boolean interrupted) throws HvException {
        if (ranging >= 0 && !interrupted && why instanceof DebugEvent.Stepped s && s.vcpu() == ranging) {
            long pc = session.readRegister(ranging, RiscvTarget.register(RiscvTarget.PC));
            if (Long.compareUnsigned(pc, rangeStart) >= 0 && Long.compareUnsigned(pc, rangeEnd) < 0) {
                session.resume(rangeHow);
                return null;
            }
        }
        ranging = -1;
        event = why;
        general = why.vcpu();
        stepping = -1;
        return stopReply();
    }

    private String dispatch(String p) throws HvException {
        String rest = p.substring(1);
        return switch (p.charAt(0)) {
            case '?' -> stopReply();
            case 'g' -> generalRegisters();
            case 'G' -> writeGeneralRegisters(rest);
            case 'p' -> readRegister(Packets.small(rest, RiscvTarget.LAST));
            case 'P' -> writeRegister(rest);
            case 'm' -> readMemory(rest);
            case 'M' -> writeMemory(rest.substring(0, rest.indexOf(':')), Packets.bytes(rest.substring(rest.indexOf(':') + 1)));
            case 'X' -> writeMemory(rest.substring(0, rest.indexOf(':')), rest.substring(rest.indexOf(':') + 1).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            case 'Z' -> stopPoint(rest, true);
            case 'z' -> stopPoint(rest, false);
            case 'H' -> selectThread(rest);
            case 'T' -> hart(rest) >= 0 ? OK : BAD;
            case 'c', 's', 'C', 'S' -> legacyResume(p.charAt(0), rest);
            case 'D' -> {
                after = After.DETACH;
                yield OK;
            }
            case 'k' -> {
                after = After.KILL;
                yield null;
            }
            case 'v' -> v(p);
            case 'q', 'Q' -> query(p);
            default -> UNKNOWN;
        };
    }

    // ---- why it stands, and going on -------------------------------------------------------------------------------------

    private String stopReply() {
        return switch (event) {
            case DebugEvent.AtBreakpoint b -> trapped(SIGTRAP, b.vcpu(), tellsBreakpoints ? stops.breakpointReason(b.va()) + ":;" : "");
            case DebugEvent.AtWatchpoint w -> trapped(SIGTRAP, w.vcpu(), stops.watchpointReason(w.va(), w.write()) + ":" + Long.toHexString(w.va()) + ";");
            case DebugEvent.Stepped s -> trapped(SIGTRAP, s.vcpu(), "");
            case DebugEvent.Interrupted i -> trapped(SIGINT, general, "");
            case DebugEvent.Ended e -> e.failed() ? "W01" : "W00";
        };
    }

    /** With the registers that every stop asks for. */
    private String trapped(int signal, int hart, String reason) {
        StringBuilder s = new StringBuilder(String.format("T%02xthread:%x;%s", signal, hart + 1, reason));
        try {
            for (int n : new int[] {RiscvTarget.SP, RiscvTarget.FP, RiscvTarget.PC}) {
                s.append(String.format("%02x:%s;", n, Packets.register(session.readRegister(hart, RiscvTarget.register(n)))));
            }
        } catch (HvException e) {
            // They are an offer: the debugger asks for what is not there, and is told then.
            return s.toString();
        }
        return s.toString();
    }

    private String legacyResume(char how, String rest) throws HvException {
        String address = rest;
        if (how == 'C' || how == 'S') {
            // The signal is the debugger's wish; there are none in a machine.
            int semicolon = rest.indexOf(';');
            address = semicolon < 0 ? "" : rest.substring(semicolon + 1);
        }
        int which = stepping < 0 ? general : stepping;
        if (!address.isEmpty()) {
            session.writeRegister(which, RiscvTarget.register(RiscvTarget.PC), Packets.number(address));
        }
        Resume[] all = new Resume[harts];
        if (how == 'c' || how == 'C') {
            Arrays.fill(all, stepping < 0 ? Resume.RUN : Resume.HOLD);
            all[which] = Resume.RUN;
        } else {
            Arrays.fill(all, Resume.HOLD);
            all[which] = Resume.STEP;
        }
        return resume(all);
    }

    /** vCont;action[:thread];...: for each thread the leftmost action that fits; r START,END steps as long as it is in that range. */
    private String vCont(String actions) throws HvException {
        Resume[] all = new Resume[harts];
        ranging = -1;
        for (String a : actions.split(";", -1)) {
            int colon = a.indexOf(':');
            String what = colon < 0 ? a : a.substring(0, colon);
            if (what.isEmpty()) {
                return BAD;
            }
            Resume how = switch (what.charAt(0)) {
                case 'c', 'C' -> Resume.RUN;
                case 's', 'S', 'r' -> Resume.STEP;
                default -> null;
            };
            int only = colon < 0 || a.substring(colon + 1).equals("-1") ? -1 : hart(a.substring(colon + 1));
            if (how == null || colon >= 0 && only < 0 && !a.endsWith(":-1")) {
                return BAD;
            }
            if (what.charAt(0) == 'r') {
                if (only < 0 || ranging >= 0) {
                    return BAD;
                }
                int comma = what.indexOf(',');
                rangeStart = Packets.number(what.substring(1, comma));
                rangeEnd = Packets.number(what.substring(comma + 1));
                ranging = all[only] == null ? only : -1;
            }
            for (int k = 0; k < harts; k++) {
                if (all[k] == null && (only < 0 || only == k)) {
                    all[k] = how;
                }
            }
        }
        rangeHow = all;
        for (int k = 0; k < harts; k++) {
            all[k] = all[k] == null ? Resume.HOLD : all[k];
        }
        return resume(all);
    }

    private String resume(Resume[] how) throws HvException {
        if (event instanceof DebugEvent.Ended) {
            return stopReply();
        }
        stops.apply(session);
        session.resume(how);
        after = After.RESUMED;
        return null;
    }

    // ---- registers and memory --------------------------------------------------------------------------------------------

    private String generalRegisters() throws HvException {
        StringBuilder s = new StringBuilder(16 * RiscvTarget.GENERAL);
        for (int n = 0; n < RiscvTarget.GENERAL; n++) {
            s.append(Packets.register(session.readRegister(general, RiscvTarget.register(n))));
        }
        return s.toString();
    }

    private String writeGeneralRegisters(String hex) throws HvException {
        long[] values = new long[RiscvTarget.GENERAL];
        for (int n = 0; n < values.length; n++) {
            values[n] = Packets.registerValue(hex.substring(16 * n, 16 * n + 16));
        }
        for (int n = 1; n < values.length; n++) {
            session.writeRegister(general, RiscvTarget.register(n), values[n]);
        }
        return OK;
    }

    private String readRegister(int n) throws HvException {
        String all = Packets.register(session.readRegister(general, RiscvTarget.register(n)));
        return all.substring(0, RiscvTarget.bits(n) / 4);
    }

    private String writeRegister(String rest) throws HvException {
        int equals = rest.indexOf('=');
        int n = Packets.small(rest.substring(0, equals), RiscvTarget.LAST);
        String digits = rest.substring(equals + 1);
        if (digits.length() != RiscvTarget.bits(n) / 4) {
            return BAD;
        }
        long value = Packets.registerValue((digits + "0000000000000000").substring(0, 16));
        if (n != 0) {
            // x0 is zero whatever is written.
            session.writeRegister(general, RiscvTarget.register(n), value);
        }
        return OK;
    }

    private String readMemory(String rest) throws HvException {
        int comma = rest.indexOf(',');
        long va = Packets.number(rest.substring(0, comma));
        byte[] into = new byte[Math.min(Packets.small(rest.substring(comma + 1), Integer.MAX_VALUE), MOST_DATA)];
        int n = physical ? session.readPhysical(va, into, 0, into.length) : session.readMemory(general, va, into, 0, into.length);
        return n == 0 && into.length > 0 ? FAULT : Packets.hex(into, n);
    }

    private String writeMemory(String where, byte[] bytes) throws HvException {
        int comma = where.indexOf(',');
        long va = Packets.number(where.substring(0, comma));
        if (Packets.small(where.substring(comma + 1), PacketReader.MAX_BYTES) != bytes.length) {
            return BAD;
        }
        int n = physical ? session.writePhysical(va, bytes, 0, bytes.length) : session.writeMemory(general, va, bytes, 0, bytes.length);
        return n == bytes.length ? OK : FAULT;
    }

    private String stopPoint(String rest, boolean insert) {
        String[] f = rest.split(";", 2)[0].split(",", -1);
        int type = Packets.small(f[0], 15);
        long va = Packets.number(f[1]);
        int kind = Packets.small(f[2], Integer.MAX_VALUE);
        return (insert ? stops.insert(type, va, kind) : stops.remove(type, va, kind)) ? OK : UNKNOWN;
    }

    // ---- threads ----------------------------------------------------------------------------------------------------------

    /** The hart of a thread, or -1. 0 stands for any. */
    private int hart(String thread) {
        if (thread.equals("0")) {
            return general;
        }
        int n = thread.startsWith("-") ? -1 : Packets.small(thread, Integer.MAX_VALUE);
        return n >= 1 && n <= harts ? n - 1 : -1;
    }

    private String selectThread(String rest) {
        String thread = rest.substring(1);
        int h = thread.equals("-1") ? -1 : hart(thread);
        if (h < 0 && !thread.equals("-1")) {
            return BAD;
        }
        switch (rest.charAt(0)) {
            case 'g' -> general = h < 0 ? general : h;
            case 'c' -> stepping = thread.equals("0") ? -1 : h;
            default -> {
                return BAD;
            }
        }
        return OK;
    }

    private String threadList() {
        StringBuilder s = new StringBuilder("m");
        for (int k = 1; k <= harts; k++) {
            s.append(k == 1 ? "" : ",").append(Integer.toHexString(k));
        }
        return s.toString();
    }

    // ---- what is asked in words ------------------------------------------------------------------------------------------

    private String v(String p) throws HvException {
        if (p.equals("vCont?")) {
            return "vCont;c;C;s;S;r";
        }
        if (p.startsWith("vCont;")) {
            return vCont(p.substring("vCont;".length()));
        }
        if (p.equals("vKill") || p.startsWith("vKill;")) {
            after = After.KILL;
            return OK;
        }
        return UNKNOWN;
    }

    private String query(String p) throws HvException {
        int end = p.indexOf(':');
        String name = end < 0 ? p : p.substring(0, end);
        return switch (name) {
            case "qSupported" -> {
                tellsBreakpoints = p.contains("swbreak+") && p.contains("hwbreak+");
                yield String.format("PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+", PacketReader.MAX_BYTES);
            }
            case "QStartNoAckMode" -> {
                after = After.NO_ACK;
                yield OK;
            }
            case "qXfer" -> transfer(p);
            case "qAttached" -> "1";
            case "qC" -> "QC" + Integer.toHexString(general + 1);
            case "qfThreadInfo" -> threadList();
            case "qsThreadInfo" -> "l";
            case "qSymbol" -> OK;
            case "qqemu.PhyMemMode" -> physical ? "1" : "0";
            case "Qqemu.PhyMemMode" -> {
                physical = !p.substring(end + 1).equals("0");
                yield OK;
            }
            default -> p.startsWith("qThreadExtraInfo,") ? extraInfo(p.substring("qThreadExtraInfo,".length()))
                    : p.startsWith("qRcmd,") ? command(new String(Packets.bytes(p.substring("qRcmd,".length())), java.nio.charset.StandardCharsets.UTF_8)) : UNKNOWN;
        };
    }

    private String extraInfo(String thread) {
        int h = hart(thread);
        return h < 0 ? BAD : Packets.hex("hart " + h + ", " + session.activity(h));
    }

    /** qXfer:features:read:target.xml:offset,length */
    private String transfer(String p) throws HvException {
        String[] f = p.split(":", -1);
        if (f.length != 5 || !f[1].equals("features") || !f[2].equals("read")) {
            return UNKNOWN;
        }
        if (!f[3].equals("target.xml") || !session.isa().equals(RiscvTarget.ISA)) {
            return "E00";
        }
        if (description == null) {
            description = RiscvTarget.description(session);
        }
        int comma = f[4].indexOf(',');
        int from = Math.min(Packets.small(f[4].substring(0, comma), Integer.MAX_VALUE), description.length());
        int to = Math.min(from + Math.min(Packets.small(f[4].substring(comma + 1), Integer.MAX_VALUE), MOST_DATA), description.length());
        return (to < description.length() ? "m" : "l") + description.substring(from, to);
    }

    private String command(String line) throws HvException {
        String[] words = line.strip().split("\\s+");
        if (words[0].equals("phys") && words.length <= 2) {
            physical = words.length == 2 ? words[1].equals("on") : physical;
            return Packets.hex("addresses are " + (physical ? "physical" : "virtual, as the hart sees them") + "\n");
        }
        return Packets.hex(monitor.run(words, general));
    }
}
