package hv.snapshot.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateTag;
import hv.snapshot.SavedMachine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a snapshot; whatever is in it, the outcome is a machine's description or one line that says what is wrong. */
final class SnapshotReader implements SavedMachine {
    private final Path file;
    private final ChunkReader chunks;
    private final MachineSpec spec;
    private final Map<String, SavedPart> parts = new LinkedHashMap<>();
    private boolean wasRunning;
    /** The chunk behind the last part; the first of RAM, or the end. */
    private ByteBuffer ahead;
    private boolean ramRead;

    private SnapshotReader(Path file, ChunkReader chunks) throws IOException, SpecException {
        this.file = file;
        this.chunks = chunks;
        spec = readMachine();
        readParts();
    }

    /** Takes the channel over, and closes it if it is refused. */
    static SnapshotReader open(Path file, FileChannel in) throws HvException {
        try {
            ChunkReader chunks = ChunkReader.open(in);
            SnapshotReader opened = null;
            try {
                opened = new SnapshotReader(file, chunks);
                return opened;
            } finally {
                if (opened == null) {
                    chunks.close();
                }
            }
        } catch (IOException | SpecException e) {
            throw refused(file, e);
        }
    }

    private static HvException refused(Path file, Exception e) {
        return e instanceof IOException io ? new HvException("cannot read " + file + ": " + FileErrors.reason(io), e)
                : new SpecException("cannot restore from " + file + ": " + printable(e.getMessage()), e);
    }

    /** Texts from the file stand in the line: no control characters from there, and not too many characters. */
    private static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 400)).replaceAll("\\p{Cntrl}", "?");
    }

    private MachineSpec readMachine() throws IOException, SpecException {
        BodyReader in = new BodyReader(chunks.next(), "the machine's description");
        if (chunks.type() != SnapshotLayout.MACHINE) {
            throw new SpecException("it does not begin with a machine's description");
        }
        wasRunning = in.bool();
        String name = in.string();
        String board = in.string();
        long memoryBytes = in.longNumber();
        int vcpus = in.number(1, Integer.MAX_VALUE);
        Path firmware = in.bool() ? path(in) : null;
        Path kernel = in.bool() ? path(in) : null;
        Path initrd = in.bool() ? path(in) : null;
        String commandLine = in.string();
        List<DiskSpec> disks = new ArrayList<>();
        for (int left = in.number(0, SnapshotLayout.MAX_DISKS); left > 0; left--) {
            disks.add(disk(in));
        }
        List<NicSpec> nics = new ArrayList<>();
        for (int left = in.number(0, SnapshotLayout.MAX_NICS); left > 0; left--) {
            nics.add(nic(in));
        }
        Map<String, String> settings = strings(in, SnapshotLayout.MAX_SETTINGS);
        in.end();
        try {
            return new MachineSpec(name, board, memoryBytes, vcpus, firmware, kernel, initrd, commandLine, disks, nics, settings);
        } catch (IllegalArgumentException e) {
            throw new SpecException(e.getMessage(), e);
        }
    }

    private static DiskSpec disk(BodyReader in) throws SpecException {
        Path file = path(in);
        String format = in.string();
        boolean readOnly = in.bool();
        String bus = in.string();
        try {
            return new DiskSpec(file, format, readOnly, bus);
        } catch (IllegalArgumentException e) {
            throw new SpecException(e.getMessage(), e);
        }
    }

    private static NicSpec nic(BodyReader in) throws SpecException {
        String backend = in.string();
        String mac = in.string();
        Map<String, String> options = strings(in, SnapshotLayout.MAX_SETTINGS);
        try {
            return new NicSpec(backend, mac, options);
        } catch (IllegalArgumentException e) {
            throw new SpecException(e.getMessage(), e);
        }
    }

    private static Path path(BodyReader in) throws SpecException {
        String text = in.string();
        try {
            Path p = Path.of(text);
            if (p.isAbsolute()) {
                return p;
            }
        } catch (IllegalArgumentException e) {
            throw new SpecException("it names a file that cannot be: " + e.getMessage(), e);
        }
        throw new SpecException("it names a file without its folder: \"" + text + "\"");
    }

    private static Map<String, String> strings(BodyReader in, int most) throws SpecException {
        Map<String, String> out = new LinkedHashMap<>();
        for (int left = in.number(0, most); left > 0; left--) {
            String key = in.string();
            if (out.put(key, in.string()) != null) {
                throw in.refused("has \"" + key + "\" twice");
            }
        }
        return out;
    }

    private void readParts() throws IOException, SpecException {
        long bytes = 0;
        for (;;) {
            ByteBuffer body = chunks.next();
            if (chunks.type() != SnapshotLayout.PART) {
                ahead = body;
                return;
            }
            bytes += body.remaining();
            if (parts.size() == SnapshotLayout.MAX_PARTS || bytes > SnapshotLayout.MAX_PARTS_BYTES) {
                throw new SpecException("its parts are more than " + SnapshotLayout.MAX_PARTS + ", or larger than "
                        + SnapshotLayout.MAX_PARTS_BYTES + " bytes");
            }
            readPart(new BodyReader(body, "part " + parts.size()));
        }
    }

    private void readPart(BodyReader in) throws SpecException {
        String path = in.string();
        String type = in.string();
        String tagName = in.string();
        int tagVersion = in.number(1, Integer.MAX_VALUE);
        byte[] state = in.bytes(StateImage.MAX_BYTES);
        Map<String, String> claims = strings(in, SnapshotLayout.MAX_CLAIMS);
        in.end();
        try {
            PartId id = new PartId(path, new StateTag(tagName, tagVersion));
            if (parts.put(path, new SavedPart(type, StateImage.of(id.tag(), state), Map.copyOf(claims))) != null) {
                throw new SpecException("part " + path + " is there twice");
            }
        } catch (IllegalArgumentException | StateException e) {
            throw in.refused("is none: " + e.getMessage());
        }
    }

    @Override
    public MachineSpec spec() {
        return spec;
    }

    @Override
    public boolean wasRunning() {
        return wasRunning;
    }

    @Override
    public Map<String, SavedPart> parts() {
        return Map.copyOf(parts);
    }

    @Override
    public void ram(long baseGpa, MemorySegment ram) throws HvException {
        if (ramRead) {
            throw new IllegalStateException("the RAM of " + file + " was read already");
        }
        ramRead = true;
        try {
            if (ram.byteSize() != spec.memoryBytes()) {
                throw new SpecException("its RAM of " + spec.memoryBytes() + " bytes is to go into " + ram.byteSize());
            }
            long pastGpa = baseGpa;
            long bytes = 0;
            ByteBuffer body = ahead;
            while (chunks.type() == SnapshotLayout.RAM) {
                long len = body.remaining() - (long) Long.BYTES;
                if (len <= 0 || len % SnapshotLayout.PAGE_BYTES != 0) {
                    throw new SpecException("it is damaged: chunk " + chunks.chunks() + " is no run of pages");
                }
                long gpa = body.getLong();
                // Ascending addresses exclude overlaps; the subtraction cannot overflow, since gpa is at least the base.
                if (gpa < pastGpa || gpa % SnapshotLayout.PAGE_BYTES != 0 || gpa - baseGpa > ram.byteSize() - len) {
                    throw new SpecException("it is damaged: RAM at " + Long.toHexString(gpa) + " lies outside of the machine's, or is there twice");
                }
                MemorySegment.copy(MemorySegment.ofBuffer(body), 0, ram, gpa - baseGpa, len);
                pastGpa = gpa + len;
                bytes += len;
                body = chunks.next();
            }
            if (chunks.type() != SnapshotLayout.END || body.remaining() != SnapshotLayout.END_BODY_BYTES || body.getLong() != chunks.chunks() - 1
                    || body.getLong() != bytes || !chunks.atEnd()) {
                throw new SpecException("it is damaged: behind its RAM is no end mark that fits");
            }
        } catch (IOException | SpecException e) {
            throw refused(file, e);
        }
    }

    @Override
    public void close() throws HvException {
        try {
            chunks.close();
        } catch (IOException e) {
            throw refused(file, e);
        }
    }
}
