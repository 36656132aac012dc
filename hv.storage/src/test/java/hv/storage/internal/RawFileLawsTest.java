package hv.storage.internal;

import static org.junit.jupiter.api.Assertions.assertNull;

import hv.api.block.spi.BlockBackend;
import hv.api.block.spi.BlockOperation;
import hv.api.device.BackendSpec;
import hv.api.part.PartKind;
import hv.testkit.StatefulLaws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class RawFileLawsTest extends StatefulLaws<BlockBackend> {
    @TempDir
    Path folder;
    private int parts;

    @Override
    protected BlockBackend createPart() throws Exception {
        Path file = folder.resolve("disk" + parts++ + ".img");
        Files.write(file, new byte[8192]);
        BlockBackend disk = new RawFileFactory().create(new BackendSpec("virtio2/backend", PartKind.BLOCK_BACKEND, "raw", Map.of("path", file.toString())),
                Runnable::run);
        disk.open();
        return disk;
    }

    @Override
    protected void exercise(BlockBackend part) {
        String[] error = {"never completed"};
        part.submit(new BlockOperation(BlockOperation.Kind.WRITE_ZEROES, 512, 1024, null, e -> error[0] = e));
        assertNull(error[0]);
    }
}
