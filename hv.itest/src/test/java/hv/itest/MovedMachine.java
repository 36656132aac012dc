package hv.itest;

import hv.api.machine.Machine;
import hv.machine.Platform;
import hv.snapshot.SavedMachine;
import hv.snapshot.Snapshots;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Another process: restores a saved Debian under load, watches it work, and saves it again, or ends its load and checks that nothing was lost. */
final class MovedMachine {
    private MovedMachine() {
    }

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        Snapshots snapshots = ServiceLoader.load(Snapshots.class).findFirst().orElseThrow();
        try (Platform platform = Platform.embedded()) {
            Machine m;
            try (SavedMachine saved = snapshots.open(file)) {
                m = platform.hypervisor().restore(saved);
            }
            DebianGuest d = new DebianGuest(m);
            for (int i = 0; i < 2; i++) {
                d.console().expect(java.util.regex.Pattern.compile("round \\d+ ok"), 60);
            }
            if (args[1].equals("last")) {
                d.run("touch /tmp/stop", 60);
                d.console().expect("load over after", 60);
            } else {
                snapshots.save(m, file, hv.api.Progress.NONE);
            }
            if (d.console().transcript().contains("WRONG") || d.console().transcript().contains("error") || !platform.hypervisor().health().isEmpty()) {
                throw new AssertionError(d.console().transcript() + platform.hypervisor().health());
            }
            System.out.println("moved: ok");
        }
    }
}
