package hv.shell.internal;

import hv.api.machine.MachineInfo;
import hv.api.part.ReplaceReport;
import org.apache.felix.service.command.Converter;
import org.osgi.service.component.annotations.Component;

/** Shows the commands' typed results to people. */
@Component(service = Converter.class, property = {"osgi.converter.classes=hv.api.machine.MachineInfo", "osgi.converter.classes=hv.api.part.ReplaceReport"})
public final class Formats implements Converter {
    @Override
    public Object convert(Class<?> wanted, Object from) {
        return null;
    }

    @Override
    public CharSequence format(Object value, int level, Converter next) {
        return switch (value) {
            case Rows<?> rows when level != PART -> rows.toString();
            case MachineInfo info -> info.name() + " " + info.state() + (info.detail().isEmpty() ? "" : " (" + info.detail() + ")") + ": " + info.startedVcpus() + " of " + info.vcpus()
                    + " vCPUs started, " + HvCommands.mebibytes(info.touchedBytes()) + " of " + HvCommands.mebibytes(info.memoryBytes()) + " touched, up "
                    + HvCommands.seconds(info.upTime()) + ", " + HvCommands.seconds(info.cpuTime()) + " of host CPU, " + info.instructions() + " instructions";
            case ReplaceReport report -> report.path() + ": " + report.from() + " -> " + report.to() + (report.stateKept() ? ", state kept" : ", started empty")
                    + String.format(", vCPUs stood %.3f ms, in all %.1f ms", report.stopNanos() / 1e6, report.totalNanos() / 1e6);
            case null, default -> null;
        };
    }
}
