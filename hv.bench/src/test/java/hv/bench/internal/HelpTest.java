package hv.bench.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.bench.Main;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class HelpTest {
    @Test
    void theHelpNamesWhateverCanBeMeasured() {
        String help = new CommandLine(new Main()).getUsageMessage(Ansi.OFF);
        List<String> names = new ArrayList<>(Bench.names());
        names.removeAll(Program.ALL.stream().map(Program::name).toList());
        for (String name : names) {
            assertTrue(help.matches("(?s).*\\b" + name + "\\b.*"), name);
        }
    }
}
