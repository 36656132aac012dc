package hv.devices.internal.scsi;

import hv.api.block.spi.BlockBackend;
import hv.api.device.DeviceContext;
import hv.api.device.DeviceSpec;
import hv.api.virtio.spi.VirtioModel;
import hv.testkit.VirtioModelLaws;
import java.util.List;
import java.util.Map;
import java.util.Random;

class ScsiModelVirtioLawsTest extends VirtioModelLaws {
    private static final int[] CODES = {0, 0x03, 0x08, 0x0a, 0x12, 0x1a, 0x28, 0x2a, 0x35, 0x42, 0x88, 0x8a, 0x93, 0x9e, 0xa0};

    @Override
    protected VirtioModel create(DeviceContext context, BlockBackend.Front disk) throws Exception {
        return new ScsiModelFactory().create("virtio0/model", new DeviceSpec("virtio0", "virtio-mmio", 0x1000_1000L, 0x1000, 1, Map.of()), context,
                List.of(disk, disk));
    }

    /** Mostly commands that exist, of few blocks near the start of a disk; and task management. */
    @Override
    protected byte[] request(int queue, Random random) {
        if (queue == ScsiLayout.CONTROL) {
            byte[] b = new byte[random.nextInt(8) == 0 ? random.nextInt(30) : ScsiLayout.TMF_BYTES];
            for (int[] at : new int[][] {{0, 3}, {4, 9}, {8, 2}, {16, 4}}) {
                if (at[0] < b.length) {
                    b[at[0]] = (byte) (at[0] == 8 && random.nextInt(8) > 0 ? 1 : random.nextInt(at[1]));
                }
            }
            return b;
        }
        int[] dataBytes = {0, 0, 512, 1024, 24, 40, 7};
        byte[] b = new byte[random.nextInt(10) == 0 ? random.nextInt(60) : 51 + dataBytes[random.nextInt(dataBytes.length)]];
        if (b.length < 51) {
            return b;
        }
        b[0] = (byte) (random.nextInt(10) == 0 ? 0xc1 : 1);
        b[1] = (byte) random.nextInt(3);
        b[8] = (byte) random.nextInt(4);
        b[19] = (byte) CODES[random.nextInt(CODES.length)];
        int length = 6 + random.nextInt(10);
        for (int n = random.nextInt(5); n > 0; n--) {
            b[20 + random.nextInt(length)] = (byte) random.nextInt(4);
        }
        return b;
    }
}
