package hv.bench.internal;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The programs of guest-bench.
 *
 * @param name    how the user and the guest's init name it
 * @param marker  the name in its {@code @S} and {@code @E} lines
 * @param check   first word of the line with its check value, which must be the same on every engine; empty: it has none
 * @param right   a pattern of the check line that holds on every correct engine whatever the scale
 * @param rated   counts in the geometric mean
 */
record Program(String name, String marker, Optional<String> check, Pattern right, boolean rated) {
    /** The loop for guest instructions a second. */
    static final String INTEGER_LOOP = "intloop";

    /** In the order in which the guest's init runs them. */
    static final List<Program> ALL = List.of(
            plain("shloop", "shloop"),
            new Program(INTEGER_LOOP, INTEGER_LOOP, Optional.of("intloop"), Pattern.compile("intloop [0-9a-f]+"), false),
            computing("sha256", "sha256", "sha256", "sha256 [0-9a-f]{16}"),
            computing("lz", "lz", "lz", "lz [0-9]+ 0"),
            computing("chase", "chase64M", "chase", "chase -?[0-9]+"),
            computing("chase1", "chase1M", "chase", "chase -?[0-9]+"),
            computing("nbody", "nbody", "nbody", "nbody -?[0-9.]+"),
            computing("matmul", "matmul", "matmul", "matmul -?[0-9.]+"),
            computing("icall", "icall", "icall", "icall [0-9a-f]+"),
            computing("qsort", "qsort", "qsort", "qsort [0-9]+"),
            plain("atomic", "atomic"),
            computing("smc", "smc", "smc", "smc ok"),
            plain("memcpy", "memcpy"),
            plain("getpid", "getpid"),
            plain("signal", "signal"),
            plain("pipe", "pipe-pingpong"),
            plain("pagefault", "pagefault"),
            plain("forkexec", "forkexec"));

    private static Program plain(String name, String marker) {
        return new Program(name, marker, Optional.empty(), Pattern.compile(""), true);
    }

    private static Program computing(String name, String marker, String check, String right) {
        return new Program(name, marker, Optional.of(check), Pattern.compile(right), true);
    }

    static Optional<Program> ofMarker(String marker) {
        return ALL.stream().filter(p -> p.marker().equals(marker)).findFirst();
    }
}
