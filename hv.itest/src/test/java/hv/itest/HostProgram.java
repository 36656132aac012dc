package hv.itest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this host that tests need and may lack. */
final class HostProgram {
    private HostProgram() {
    }

    /** Where it is: on the PATH, else where an administrator's programs are, which a user's PATH may not name. */
    static Optional<Path> find(String name) {
        return Stream.of((System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":")).map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
    }
}
