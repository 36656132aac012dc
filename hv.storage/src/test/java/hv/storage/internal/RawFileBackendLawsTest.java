package hv.storage.internal;

import hv.api.block.spi.BlockBackend;
import hv.api.device.BackendSpec;
import hv.api.part.PartKind;
import hv.testkit.BlockBackendLaws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.io.TempDir;

class RawFileBackendLawsTest extends BlockBackendLaws {
    @TempDir
    Path folder;

    @Override
    protected BlockBackend create(Executor offload) throws Exception {
        Path file = folder.resolve("disk.img");
        if (!Files.exists(file)) {
            Files.write(file, new byte[256 << 10]);
        }
        return new RawFileFactory().create(new BackendSpec("virtio0/backend", PartKind.BLOCK_BACKEND, "raw", Map.of("path", file.toString())),
                offload);
    }
}
