package hv.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.SpecException;
import hv.snapshot.SavedMachine;
import hv.snapshot.Snapshots;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFilesTest {
    @TempDir
    Path folder;
    private final Snapshots snapshots = ServiceLoader.load(Snapshots.class).findFirst().orElseThrow();
    private final SampleMachine machine = new SampleMachine();

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileHoldsAWholeMachine() throws Exception {
        Path file = folder.resolve("a.hvsnap");
        List<Long> done = new ArrayList<>();
        snapshots.save(machine, file, (what, n, total) -> done.add(total == Sample.SPEC.memoryBytes() ? n : -1));
        assertEquals(List.of("a.hvsnap"), files());
        assertEquals(done.stream().sorted().toList(), done);
        assertEquals(Sample.SPEC.memoryBytes(), done.getLast());
        try (SavedMachine saved = snapshots.open(file)) {
            assertEquals(Sample.SPEC, saved.spec());
            assertEquals(3, saved.parts().size());
        }
    }

    @Test
    void onlyItsOwnerMayReadIt() throws Exception {
        Assumptions.assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "no POSIX permissions on this file system");
        Path file = folder.resolve("a.hvsnap");
        snapshots.save(machine, file, Progress.NONE);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aFailedSaveLeavesNothingBehind() throws Exception {
        machine.failAfterRuns = 1;
        HvException e = assertThrows(HvException.class, () -> snapshots.save(machine, folder.resolve("a.hvsnap"), Progress.NONE));
        assertEquals("the machine says no", e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aFailedSaveLeavesTheOlderSnapshotAlone() throws Exception {
        Path file = folder.resolve("a.hvsnap");
        snapshots.save(machine, file, Progress.NONE);
        byte[] before = Files.readAllBytes(file);
        machine.failAfterRuns = 1;
        assertThrows(HvException.class, () -> snapshots.save(machine, file, Progress.NONE));
        assertEquals(List.of("a.hvsnap"), files());
        assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(file)));
        machine.failAfterRuns = -1;
        snapshots.save(machine, file, Progress.NONE);
        assertEquals(List.of("a.hvsnap"), files());
    }

    @Test
    void aBugOfTheMachineLeavesNothingBehind() throws Exception {
        machine.bug = new IllegalStateException("bug");
        assertThrows(IllegalStateException.class, () -> snapshots.save(machine, folder.resolve("a.hvsnap"), Progress.NONE));
        assertEquals(List.of(), files());
    }

    @Test
    void anInterruptCancels() throws Exception {
        machine.interruptAfterRuns = 1;
        HvException e = assertThrows(HvException.class, () -> snapshots.save(machine, folder.resolve("a.hvsnap"), Progress.NONE));
        assertTrue(Thread.interrupted());
        assertTrue(e.getMessage().endsWith("cancelled"), e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void anotherFileIsNeverReplaced() throws Exception {
        Path text = folder.resolve("letter.txt");
        Files.writeString(text, "dear reader");
        assertThrows(SpecException.class, () -> snapshots.save(machine, text, Progress.NONE));
        assertEquals("dear reader", Files.readString(text));
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThrows(SpecException.class, () -> snapshots.save(machine, empty, Progress.NONE));
        assertThrows(SpecException.class, () -> snapshots.save(machine, folder, Progress.NONE));
    }

    @Test
    void wrongPathsAreToldInOneLine() {
        Path nowhere = folder.resolve("no/such/a.hvsnap");
        assertEquals("cannot write " + nowhere + ": there is no folder " + nowhere.getParent(),
                assertThrows(SpecException.class, () -> snapshots.save(machine, nowhere, Progress.NONE)).getMessage());
        assertEquals("cannot read " + nowhere + ": no such file or folder",
                assertThrows(HvException.class, () -> snapshots.open(nowhere)).getMessage());
        assertEquals("cannot read " + folder + ": it is not a file", assertThrows(HvException.class, () -> snapshots.open(folder)).getMessage());
    }
}
