package hv.storage.internal;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceSpec;
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
        return new RawFileFactory().create("virtio0/backend", new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000L, 0x1000, 1, Map.of("path", file.toString())),
                offload);
    }
}
