package hv.devices.internal.blk;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.VirtioModelLaws;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;

class BlkModelVirtioLawsTest extends VirtioModelLaws {
    @Override
    protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) throws Exception {
        return new BlkModelFactory().create("virtio0/model", new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000L, 0x1000, 1, Map.of()), context, List.of(disk));
    }

    /** A header that names a request, mostly one that exists and lies on the disk; and data or ranges. */
    @Override
    protected byte[] request(int queue, Random random) {
        int[] types = {BlkLayout.T_IN, BlkLayout.T_OUT, BlkLayout.T_FLUSH, BlkLayout.T_GET_ID, BlkLayout.T_DISCARD, BlkLayout.T_WRITE_ZEROES, 99};
        int[] dataBytes = {0, 0, 512, 4096, 16, 32, 7};
        byte[] b = new byte[random.nextInt(10) == 0 ? random.nextInt(20) : BlkLayout.HEADER_BYTES + dataBytes[random.nextInt(dataBytes.length)]];
        random.nextBytes(b);
        ByteBuffer le = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        if (b.length >= BlkLayout.HEADER_BYTES) {
            le.putInt(0, types[random.nextInt(types.length)]);
            le.putLong(8, random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(140));
        }
        for (int at = BlkLayout.HEADER_BYTES; at + BlkLayout.RANGE_BYTES <= b.length && random.nextInt(4) > 0; at += BlkLayout.RANGE_BYTES) {
            le.putLong(at, random.nextInt(140)).putInt(at + 8, random.nextInt(20)).putInt(at + 12, random.nextInt(3) == 0 ? random.nextInt(3) : 0);
        }
        return b;
    }
}
