package hv.shell.internal;

import hv.api.HvException;
import hv.api.machine.Hypervisor;
import hv.api.machine.Machine;
import hv.api.machine.SchedulerInfo;
import hv.api.machine.SettingInfo;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import hv.shell.definitions.Definitions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands on who gets which share of the host's CPUs. */
@Component(service = SchedulingCommands.class, property = {"osgi.command.scope=hv", "osgi.command.function=set", "osgi.command.function=scheduler"})
public final class SchedulingCommands {
    private final Hypervisor hypervisor;
    private final Definitions definitions;

    @Activate
    public SchedulingCommands(@Reference Hypervisor hypervisor, @Reference Definitions definitions) {
        this.hypervisor = hypervisor;
        this.definitions = definitions;
    }

    /** A setting of a machine. */
    public record Setting(String machine, SettingInfo info) {
    }

    @Descriptor("what can be set while machines run: weight, cap, priority, reservation, affinity")
    public List<Setting> set() {
        List<Setting> all = new ArrayList<>();
        hypervisor.machines().forEach(m -> m.settings().forEach(s -> all.add(new Setting(m.name(), s))));
        return table(all);
    }

    @Descriptor("what can be set of a machine")
    public List<Setting> set(@Descriptor("name of the machine") String machine) throws HvException {
        return table(hypervisor.machine(machine).settings().stream().map(s -> new Setting(machine, s)).toList());
    }

    private static List<Setting> table(List<Setting> settings) {
        return Rows.of(settings, "no machines: hv:create makes one").text("MACHINE", Setting::machine).text("SETTING", s -> s.info().name())
                .text("VALUE", s -> s.info().value()).text("ALLOWED", s -> s.info().allowed());
    }

    @Descriptor("the value of a setting of a machine")
    public List<Setting> set(@Descriptor("name of the machine") String machine, @Descriptor("setting: see hv:set") String setting) throws HvException {
        List<Setting> those = set(machine).stream().filter(s -> s.info().name().equals(setting)).toList();
        if (those.isEmpty()) {
            throw new hv.api.SpecException("machine " + machine + " has no setting \"" + setting + "\" of its own; see hv:set " + machine);
        }
        return table(those);
    }

    @Descriptor("changes a setting of a machine, while it runs and for good: hv:set web weight 200; for one vCPU hv:set web vcpu0.cap 50")
    public List<Setting> set(@Descriptor("name of the machine") String machine, @Descriptor("setting: see hv:set") String setting,
            @Descriptor("value") String value) throws HvException {
        Machine found = hypervisor.machine(machine);
        found.set(setting, value);
        synchronized (definitions) {
            if (definitions.has(machine)) {
                definitions.put(found.spec());
            }
        }
        return set(machine);
    }

    @Descriptor("the scheduling policies on offer")
    public List<SchedulerInfo> scheduler() {
        List<SchedulerInfo> all = new ArrayList<>(hypervisor.schedulers());
        all.sort(Comparator.comparingInt(SchedulerInfo::ranking).reversed().thenComparing(SchedulerInfo::type));
        return Rows.of(all, "none").text("POLICY", SchedulerInfo::type).text("STATE", s -> s.inForce() ? "schedules" : s.ejected() ? "ejected" : "")
                .number("RANKING", SchedulerInfo::ranking).text("BUNDLE", SchedulerInfo::origin).text("WHAT IT IS", SchedulerInfo::description);
    }

    @Descriptor("lets another policy schedule, while guests run")
    public ReplaceReport scheduler(@Descriptor("policy: see hv:scheduler") String policy) throws ReplaceException {
        return hypervisor.chooseScheduler(policy);
    }
}
