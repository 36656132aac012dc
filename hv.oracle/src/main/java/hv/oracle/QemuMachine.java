package hv.oracle;

import hv.images.HostQemu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** QEMU's machine "virt" without firmware. Its RAM is a file, which is written before and read after. */
final class QemuMachine implements Peer {
    private static final int SECONDS = 60;
    /** Older ones have no CPU of exactly the engine's extensions. */
    static final int MAJOR = 10;
    /** What the engine under test has, and nothing else. */
    private static final String CPU = "rv64i,m=on,a=on,f=on,d=on,c=on,s=on,u=on,zicsr=on,zifencei=on,zicntr=on,zihpm=off,zihintpause=on,b=on,zba=on,zbb=on,"
        + "zbs=on,sstc=on,svadu=on,svade=off,mmu=on,pmp=on,sv39=on,sv48=on,sv57=on,pmu-mask=0,debug=off,priv_spec=v1.12.0";
    private final HostQemu qemu;
    private boolean hung;

    QemuMachine(HostQemu qemu) {
        this.qemu = qemu;
    }

    /** Whether this QEMU has a CPU of exactly the engine's extensions, and the judgements of differences are about it. */
    boolean comparable() {
        return qemu.major() >= MAJOR;
    }

    String version() {
        return qemu.version();
    }

    /** Whether the last batch did not end in time. */
    boolean hung() {
        return hung;
    }

    @Override
    public String description() {
        return "QEMU " + qemu.version();
    }

    @Override
    public List<Outcome> run(Batch batch) throws OracleException {
        Path folder = Path.of("/dev/shm");
        Path file = null;
        Process p = null;
        try (Arena arena = Arena.ofConfined()) {
            file = Files.isWritable(folder) ? Files.createTempFile(folder, "hv-oracle", ".ram") : Files.createTempFile("hv-oracle", ".ram");
            MemorySegment ram;
            try (FileChannel c = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ram = c.map(FileChannel.MapMode.READ_WRITE, 0, Layout.RAM_BYTES, arena);
            }
            batch.load(ram);
            p = new ProcessBuilder(List.of(qemu.program().toString(), "-nodefaults", "-nographic", "-machine", "virt,memory-backend=ram", "-object",
                "memory-backend-file,id=ram,share=on,size=" + Layout.RAM_BYTES + ",mem-path=" + file, "-m", Layout.RAM_BYTES / (1 << 20) + "M", "-cpu", CPU,
                "-bios", "none", "-accel", "tcg,thread=single")).redirectErrorStream(true).start();
            p.getOutputStream().close();
            hung = !p.waitFor(SECONDS, TimeUnit.SECONDS);
            if (hung) {
                p.destroyForcibly().waitFor();
            } else if (p.exitValue() != 0) {
                String said = new String(p.getInputStream().readNBytes(4000), StandardCharsets.UTF_8);
                throw new OracleException(qemu.program() + " ended with status " + p.exitValue() + ": " + said.strip());
            }
            return batch.outcomes(ram);
        } catch (IOException e) {
            throw new OracleException("QEMU's RAM cannot be kept in " + (file == null ? folder : file) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OracleException("interrupted", e);
        } finally {
            if (p != null) {
                p.destroyForcibly();
            }
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
