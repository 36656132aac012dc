package hv.bench.internal;

import hv.images.HostQemu;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Something that boots guests, each time in a fresh process of this host. */
sealed interface Engine {
    String label();

    /** Starts the process, and in it the guest as machine {@link #FIRST}. */
    EngineProcess launch(Guest guest) throws BenchException;

    /** The name of the machine that a process begins with. */
    String FIRST = "m1";

    /** hv itself, embedded in a JVM with the flags and the class path of this one. */
    record Hv(boolean recordsAllocations) implements Engine {
        @Override
        public String label() {
            return "hv";
        }

        @Override
        public EngineProcess launch(Guest guest) throws BenchException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(MachineHost.class.getName());
            command.addAll(List.of(guest.kernel().toString(), guest.initrd().toString(), guest.commandLine(), Integer.toString(guest.memoryMib()),
                    Boolean.toString(recordsAllocations), Integer.toString(guest.vcpus()), Boolean.toString(guest.network())));
            return start(command, label(), true);
        }
    }

    /** The QEMU that is named, else the one that was fetched for comparisons, else the installed one. */
    record Qemu(HostQemu host) implements Engine {
        /** What comparisons are made with by default. */
        static final int MAJOR = 10;

        @Override
        public String toString() {
            return "QEMU " + host.version() + ", " + host.program();
        }

        @Override
        public String label() {
            return "QEMU";
        }

        @Override
        public EngineProcess launch(Guest guest) throws BenchException {
            List<String> command = new ArrayList<>(List.of(host.program().toString(), "-M", "virt", "-m", Integer.toString(guest.memoryMib()), "-smp", Integer.toString(guest.vcpus()), "-nographic",
                    "-audiodev", "none,id=none",
                    "-kernel", guest.kernel().toString(), "-initrd", guest.initrd().toString(), "-append", guest.commandLine()));
            if (guest.network()) {
                command.addAll(List.of("-global", "virtio-mmio.force-legacy=false", "-netdev", "stream,id=n,server=off,addr.type=unix,addr.path=" + PasstSocket.open(),
                        "-device", "virtio-net-device,netdev=n,host_mtu=65520"));
            }
            return start(command, label(), false);
        }
    }

    /** A program of this host, which answers what is typed; no engine at all. */
    static EngineProcess program(Path binary) throws BenchException {
        return start(List.of(binary.toString()), "the host itself", false);
    }

    private static EngineProcess start(List<String> command, String label, boolean speaksEvents) throws BenchException {
        try {
            return new EngineProcess(label, new ProcessBuilder(command).redirectErrorStream(true).start(), speaksEvents);
        } catch (IOException e) {
            throw new BenchException(label + " does not start: " + e.getMessage(), e);
        }
    }
}
