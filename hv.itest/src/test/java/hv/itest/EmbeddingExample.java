package hv.itest;

import hv.api.machine.Console;
import hv.api.machine.Machine;
import hv.api.machine.MachineSpec;
import hv.machine.Platform;
import java.nio.file.Path;
import java.time.Duration;

/** A machine in a Java program, without OSGi: the README's example. */
final class EmbeddingExample {
    private EmbeddingExample() {
    }

    static String run(Path kernel, String command) throws Exception {
        try (Platform platform = Platform.embedded()) {
            Machine machine = platform.hypervisor().create(MachineSpec.named("embedded", kernel).withMemory(64 * MachineSpec.MIB));
            StringBuilder printed = new StringBuilder();
            byte[] input = (command + "\npoweroff\n").getBytes();
            byte[] output = new byte[4096];
            try (Console.Session console = machine.console().attach()) {
                machine.start();
                boolean typed = false;
                for (int n; (n = console.read(output, 0, output.length, Duration.ofSeconds(20).toNanos())) > 0;) {
                    printed.append(new String(output, 0, n));
                    if (!typed && printed.indexOf("> ") >= 0) {
                        console.write(input, 0, input.length);
                        typed = true;
                    }
                }
            }
            return printed.toString();
        }
    }
    // end of the example

    public static void main(String[] args) throws Exception {
        System.out.println(run(Path.of(args[0]), args[1]));
    }
}
