package hv.snapshot.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSource;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.state.StateImage;
import hv.api.state.StateTag;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A machine's description, parts and RAM, and snapshots of them in memory. */
final class Sample {
    static final long BASE_GPA = 0x8000_0000L;
    static final MachineSpec SPEC = new MachineSpec("sample", "riscv-virt", 16 << 20, 2, Path.of("/boot/fw"), Path.of("/boot/Image"), Path.of("/boot/initrd"),
            "console=hvc0 äöü", List.of(DiskSpec.raw(Path.of("/srv/a.img")), new DiskSpec(Path.of("/srv/b.img"), "raw", true, "scsi")),
            List.of(new NicSpec("user", "52:54:00:00:00:01", Map.of("hostfwd", "2222:22"))),
            Map.of("mmu", "sv39", "weight", "100"));

    private Sample() {
    }

    static StateImage image(String tag, int seed, int bytes) throws HvException {
        byte[] b = new byte[bytes];
        new Random(seed).nextBytes(b);
        return StateImage.of(new StateTag(tag, 1), b);
    }

    /** Hands the sample out: three parts, and the runs of RAM given as page, pages, page, pages, ... */
    static void handOut(MachineSink sink, int... runs) throws HvException {
        sink.machine(SPEC, true);
        sink.part("cpu/0", "engine", image("riscv-hart", 1, 600), Map.of());
        sink.part("uart0", "uart16550", image("uart16550", 2, 30), Map.of());
        sink.part("virtio0/backend", "raw", image("raw", 3, 9), Map.of("handles", "file:/srv/a.img"));
        for (int i = 0; i < runs.length; i += 2) {
            sink.ram(BASE_GPA + 4096L * runs[i], run(runs[i], runs[i + 1]));
        }
    }

    /** Half noise, half repetition. */
    static MemorySegment run(int page, int pages) {
        byte[] b = new byte[4096 * pages];
        byte[] noise = new byte[b.length / 2];
        new Random(page).nextBytes(noise);
        System.arraycopy(noise, 0, b, 0, noise.length);
        java.util.Arrays.fill(b, noise.length, b.length, (byte) page);
        return MemorySegment.ofArray(b);
    }

    static byte[] snapshot(int... runs) throws HvException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (SnapshotWriter writer = new SnapshotWriter(Path.of("sample"), Channels.newChannel(bytes), Progress.NONE)) {
            handOut(writer, runs);
            writer.finish();
        }
        return bytes.toByteArray();
    }

    static SnapshotReader open(Path folder, byte[] snapshot) throws HvException, IOException {
        Path file = folder.resolve("snapshot");
        Files.write(file, snapshot);
        return SnapshotReader.open(file, FileChannel.open(file, StandardOpenOption.READ));
    }

    /** RAM of the sample's size that nobody looks at. */
    private static final MemorySegment ANY_RAM = MemorySegment.ofArray(new long[(int) (SPEC.memoryBytes() / 8)]);

    static void readAll(SnapshotReader in) throws HvException {
        readAll(in, ANY_RAM);
    }

    /** Reads everything, as a restore does. */
    static void readAll(SnapshotReader in, MemorySegment ram) throws HvException {
        for (MachineSource.SavedPart p : in.parts().values()) {
            if (p.state().toBytes().length > StateImage.MAX_BYTES) {
                throw new AssertionError("a part's state is larger than allowed");
            }
        }
        in.ram(BASE_GPA, ram);
    }
}
