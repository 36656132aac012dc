package hv.snapshot.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.state.StateImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a machine as it is handed out. */
final class SnapshotWriter implements MachineSink, AutoCloseable {
    private final Path file;
    private final ChunkWriter chunks;
    private final Progress progress;
    private long memoryBytes;
    private long ramBytes;
    private long firstGpa = -1;

    /** @param file for the errors' lines */
    SnapshotWriter(Path file, WritableByteChannel out, Progress progress) throws HvException {
        this.file = file;
        this.progress = progress;
        try {
            chunks = new ChunkWriter(out);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private HvException failed(IOException e) {
        return new HvException("cannot write " + file + ": " + FileErrors.reason(e), e);
    }

    @Override
    public void machine(MachineSpec spec, boolean wasRunning) throws HvException {
        memoryBytes = spec.memoryBytes();
        BodyWriter body = new BodyWriter(chunks.body());
        body.bool(wasRunning).string(spec.name()).string(spec.board()).number(spec.memoryBytes()).number(spec.vcpus());
        path(body, spec.firmware());
        path(body, spec.kernel());
        path(body, spec.initrd());
        body.string(spec.commandLine());
        List<DiskSpec> disks = spec.disks();
        body.number(atMost(disks.size(), SnapshotLayout.MAX_DISKS, "disks"));
        for (DiskSpec d : disks) {
            body.string(d.file().toString()).string(d.format()).bool(d.readOnly()).string(d.bus());
        }
        body.number(atMost(spec.nics().size(), SnapshotLayout.MAX_NICS, "network cards"));
        for (NicSpec n : spec.nics()) {
            body.string(n.backend()).string(n.mac());
            strings(body, n.options(), SnapshotLayout.MAX_SETTINGS, "options of a network card");
        }
        strings(body, spec.settings(), SnapshotLayout.MAX_SETTINGS, "settings");
        chunk(SnapshotLayout.MACHINE, true);
    }

    @Override
    public void part(String path, String type, StateImage state, Map<String, String> claims) throws HvException {
        BodyWriter body = new BodyWriter(chunks.body());
        body.string(path).string(type).string(state.tag().name()).number(state.tag().version()).bytes(state.toBytes());
        strings(body, claims, SnapshotLayout.MAX_CLAIMS, "claims of part " + path);
        atMost(chunks.chunks(), SnapshotLayout.MAX_PARTS, "parts");
        chunk(SnapshotLayout.PART, true);
    }

    /** @param file or null */
    private static void path(BodyWriter body, Path file) throws HvException {
        body.bool(file != null);
        if (file != null) {
            body.string(file.toString());
        }
    }

    private static void strings(BodyWriter body, Map<String, String> map, int most, String what) throws HvException {
        body.number(atMost(map.size(), most, what));
        for (Map.Entry<String, String> e : new TreeMap<>(map).entrySet()) {
            body.string(e.getKey()).string(e.getValue());
        }
    }

    private static int atMost(int n, int most, String what) throws HvException {
        if (n > most) {
            throw new HvException("the machine cannot be saved: " + n + " " + what + ", more than the " + most + " that a snapshot holds");
        }
        return n;
    }

    @Override
    public void ram(long gpa, MemorySegment bytes) throws HvException {
        if (firstGpa < 0) {
            firstGpa = gpa;
        }
        long size = bytes.byteSize();
        for (long at = 0; at < size;) {
            int n = (int) Math.min(SnapshotLayout.RAM_CHUNK_BYTES, size - at);
            ByteBuffer body = chunks.body();
            body.putLong(gpa + at);
            MemorySegment.copy(bytes, at, MemorySegment.ofBuffer(body), 0, n);
            body.position(Long.BYTES + n);
            chunk(SnapshotLayout.RAM, true);
            ramBytes += n;
            at += n;
            progress.at("saving memory", Math.min(memoryBytes, gpa + at - firstGpa), memoryBytes);
        }
    }

    /** Writes the end mark: without it the file is not a snapshot. */
    void finish() throws HvException {
        long before = chunks.chunks();
        chunks.body().putLong(before).putLong(ramBytes);
        chunk(SnapshotLayout.END, false);
        progress.at("saving memory", memoryBytes, memoryBytes);
    }

    private void chunk(int type, boolean compressed) throws HvException {
        try {
            chunks.chunk(type, compressed);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        chunks.close();
    }
}
