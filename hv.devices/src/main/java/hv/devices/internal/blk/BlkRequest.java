package hv.devices.internal.blk;

import hv.api.block.spi.BlockGeometry;
import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.devices.internal.disk.DiskWork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a driver asks of a block device, checked against the disk: every request but {@link Refused} and {@link Unanswerable} can be executed as
 * it stands. Parsing has no effect.
 */
sealed interface BlkRequest {
    /** Reads, writes, flushes, discards or zeroes. */
    record Transfer(DiskWork work) implements BlkRequest {
    }

    /** @param lenBytes 0 .. 20 */
    record GetId(int lenBytes) implements BlkRequest {
    }

    /** Answered at once. @param status IOERR or UNSUPP */
    record Refused(byte status) implements BlkRequest {
    }

    /** There is no byte for a status: the device can only ask for a reset. */
    record Unanswerable() implements BlkRequest {
    }

    /** @param features those the driver has accepted; without FLUSH it gets write-through (5.2.6.2) */
    static BlkRequest parse(Chain chain, BlockGeometry disk, long features) {
        if (chain.writableBytes() < 1) {
            return new Unanswerable();
        }
        if (chain.readableBytes() < BlkLayout.HEADER_BYTES) {
            return new Refused(BlkLayout.S_IOERR);
        }
        try {
            ByteBuffer header = read(chain, 0, BlkLayout.HEADER_BYTES);
            int type = header.getInt(0);
            long sector = header.getLong(8);
            long out = chain.readableBytes() - BlkLayout.HEADER_BYTES;
            long in = chain.writableBytes() - 1;
            return switch (type) {
                case BlkLayout.T_IN -> {
                    DiskWork.Range r = range(sector, in, disk);
                    yield r == null ? new Refused(BlkLayout.S_IOERR) : new Transfer(new DiskWork.Read(r.offset(), r.lenBytes(), 0, false));
                }
                case BlkLayout.T_OUT -> {
                    DiskWork.Range r = disk.readOnly() ? null : range(sector, out, disk);
                    yield r == null ? new Refused(BlkLayout.S_IOERR)
                            : new Transfer(new DiskWork.Write(r.offset(), r.lenBytes(), BlkLayout.HEADER_BYTES, writeThrough(features)));
                }
                case BlkLayout.T_FLUSH -> new Transfer(new DiskWork.Flush());
                case BlkLayout.T_GET_ID -> new GetId((int) Math.min(in, BlkLayout.ID_BYTES));
                case BlkLayout.T_DISCARD -> ranges(chain, out, disk, features, BlkLayout.F_DISCARD);
                case BlkLayout.T_WRITE_ZEROES -> ranges(chain, out, disk, features, BlkLayout.F_WRITE_ZEROES);
                default -> new Refused(BlkLayout.S_UNSUPP);
            };
        } catch (GuestMemoryFault e) {
            return new Refused(BlkLayout.S_IOERR);
        }
    }

    private static boolean writeThrough(long features) {
        return (features & BlkLayout.F_FLUSH) == 0;
    }

    private static ByteBuffer read(Chain chain, long at, int len) throws GuestMemoryFault {
        byte[] bytes = new byte[len];
        chain.read(at, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Null if it is not made of whole sectors of the disk. */
    private static DiskWork.Range range(long sector, long lenBytes, BlockGeometry disk) {
        long sectors = disk.sizeBytes() / BlkLayout.SECTOR_BYTES;
        if (lenBytes % BlkLayout.SECTOR_BYTES != 0 || sector < 0 || sector > sectors || lenBytes / BlkLayout.SECTOR_BYTES > sectors - sector) {
            return null;
        }
        return new DiskWork.Range(sector * BlkLayout.SECTOR_BYTES, lenBytes);
    }

    /** 5.2.6.2: flags that are not known, and unmap with DISCARD, are UNSUPP; ranges over the limits are IOERR. */
    private static BlkRequest ranges(Chain chain, long out, BlockGeometry disk, long features, long feature) throws GuestMemoryFault {
        if ((features & feature) == 0) {
            return new Refused(BlkLayout.S_UNSUPP);
        }
        if (disk.readOnly() || out == 0 || out % BlkLayout.RANGE_BYTES != 0 || out / BlkLayout.RANGE_BYTES > BlkLayout.RANGES_MAX) {
            return new Refused(BlkLayout.S_IOERR);
        }
        boolean discard = feature == BlkLayout.F_DISCARD;
        ByteBuffer data = read(chain, BlkLayout.HEADER_BYTES, (int) out);
        List<DiskWork.Range> ranges = new ArrayList<>();
        while (data.hasRemaining()) {
            long sector = data.getLong();
            long count = data.getInt() & 0xffff_ffffL;
            int flags = data.getInt();
            if ((flags & ~BlkLayout.FLAG_UNMAP) != 0 || discard && flags != 0) {
                return new Refused(BlkLayout.S_UNSUPP);
            }
            DiskWork.Range r = count > BlkLayout.RANGE_SECTORS_MAX ? null : range(sector, count * BlkLayout.SECTOR_BYTES, disk);
            if (r == null) {
                return new Refused(BlkLayout.S_IOERR);
            }
            ranges.add(r);
        }
        return new Transfer(discard ? new DiskWork.Discard(ranges, writeThrough(features)) : new DiskWork.WriteZeroes(ranges, writeThrough(features)));
    }
}
