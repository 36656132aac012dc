package hv.devices.internal.console;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.VirtioModelLaws;
import java.util.List;
import java.util.Map;

class ConsoleModelVirtioLawsTest extends VirtioModelLaws {
    @Override
    protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) throws Exception {
        return new ConsoleModelFactory().create("virtio0/model", new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000L, 0x1000, 1, Map.of()), context, List.of());
    }
}
