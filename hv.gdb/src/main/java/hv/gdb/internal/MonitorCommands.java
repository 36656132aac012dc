package hv.gdb.internal;

import hv.api.HvException;
import hv.api.debug.DebugSession;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.part.PartInfo;

/** What gdb's {@code monitor} can ask for besides {@code phys}, which is the stub's own. Answers are text for people. */
final class MonitorCommands {
    private static final String HELP = """
            info                   the machine, its state and its harts
            parts                  the parts of the machine, with the bundle that made each
            phys [on|off]          memory by physical address, as with qqemu.PhyMemMode
            translate ADDRESS      where this hart finds a virtual address
            reset                  boots the machine anew, held at its first instruction; then: maintenance flush register-cache
            help                   this list
            """;

    private final Machine machine;
    private final DebugSession session;

    MonitorCommands(Machine machine, DebugSession session) {
        this.machine = machine;
        this.session = session;
    }

    /** @param words the command and its arguments @param hart the one that is selected */
    String run(String[] words, int hart) throws HvException {
        return switch (words[0]) {
            case "", "help" -> HELP;
            case "info" -> info();
            case "parts" -> parts();
            case "translate" -> translate(words, hart);
            case "reset" -> {
                machine.reset();
                yield machine.name() + " begins anew; now: maintenance flush register-cache\n";
            }
            default -> "no command \"" + words[0] + "\"; monitor help lists them\n";
        };
    }

    private String info() {
        MachineInfo i = machine.info();
        StringBuilder s = new StringBuilder(String.format("%s: %s, %d of %d vCPUs started, %d MiB at 0x%x, %d instructions%n", i.name(), i.state(), i.startedVcpus(), i.vcpus(),
                i.memoryBytes() >> 20, session.ramBase(), i.instructions()));
        for (int k = 0; k < session.vcpuCount(); k++) {
            s.append("hart ").append(k).append(": ").append(session.activity(k)).append('\n');
        }
        return s.append(i.detail().isEmpty() ? "" : i.detail() + "\n").toString();
    }

    private String parts() {
        StringBuilder s = new StringBuilder();
        for (PartInfo p : machine.parts()) {
            s.append(String.format("%-20s %-20s %s%n", p.path(), p.type(), p.origin()));
        }
        return s.toString();
    }

    private String translate(String[] words, int hart) throws HvException {
        if (words.length != 2) {
            return "translate ADDRESS, for example: monitor translate 0xffffffff80000000\n";
        }
        long va = Packets.number(words[1].startsWith("0x") ? words[1].substring(2) : words[1]);
        long gpa = session.translate(hart, va);
        return gpa == -1 ? String.format("0x%x is not mapped%n", va) : String.format("0x%x is at physical 0x%x%n", va, gpa);
    }
}
