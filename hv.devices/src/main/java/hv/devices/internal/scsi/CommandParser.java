package hv.devices.internal.scsi;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.devices.internal.disk.DiskWork;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parses one command: a field's place is that of its CDB, big-endian. See {@link ScsiCommand#parse}. */
final class CommandParser {
    private static final int NACA = 4;
    private static final int FUA = 8;
    private static final int PROTECT = 0xe0;
    private static final int ANCHOR = 1;
    private static final int LUNS_HEAD_BYTES = 8;
    private static final int LUNS_ALLOCATION_MIN = 16;
    private static final int READ_CAPACITY_16_ACTION = 0x10;
    private static final int CAPACITY_16_BYTES = 32;
    private static final int LBPME = 0x80;
    private static final int UNMAP_HEAD_BYTES = 8;
    private static final int UNMAP_RANGE_BYTES = 16;

    private final ScsiRequest.Command command;
    private final Chain chain;
    private final Disk disk;
    private final int targets;
    private final Sense attention;
    private final ByteBuffer cdb;

    CommandParser(ScsiRequest.Command command, Chain chain, Disk disk, int targets, Sense attention) {
        this.command = command;
        this.chain = chain;
        this.disk = disk;
        this.targets = targets;
        this.attention = attention;
        this.cdb = ByteBuffer.wrap(command.cdb());
    }

    ScsiCommand parse() throws GuestMemoryFault {
        int length = cdb.capacity() == 0 ? 0 : length(u8(0));
        if (length == 0) {
            return new ScsiCommand.Failed(Sense.INVALID_OPCODE);
        }
        if (cdb.capacity() < length || (u8(length - 1) & NACA) != 0) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        return switch (u8(0)) {
            case ScsiCommand.INQUIRY -> inquiry();
            case ScsiCommand.REPORT_LUNS -> reportLuns();
            case ScsiCommand.REQUEST_SENSE -> requestSense();
            default -> switch (command.lun().unit()) {
                case NONE -> new ScsiCommand.Failed(Sense.LUN_NOT_SUPPORTED);
                case REPORT_LUNS -> u8(0) == ScsiCommand.TEST_UNIT_READY ? new ScsiCommand.Data(new byte[0]) : new ScsiCommand.Failed(Sense.INVALID_OPCODE);
                case DISK -> disk();
            };
        };
    }

    /** By the group of the code (SPC-4, 4.2.5.1); 0 for groups without a length. */
    private static int length(int code) {
        return switch (code >> 5) {
            case 0 -> 6;
            case 1, 2 -> 10;
            case 4 -> 16;
            case 5 -> 12;
            default -> 0;
        };
    }

    private int u8(int at) {
        return cdb.get(at) & 0xff;
    }

    private int u16(int at) {
        return cdb.getShort(at) & 0xffff;
    }

    private long u32(int at) {
        return cdb.getInt(at) & 0xffff_ffffL;
    }

    private ScsiCommand disk() throws GuestMemoryFault {
        return switch (u8(0)) {
            case ScsiCommand.TEST_UNIT_READY -> new ScsiCommand.Data(new byte[0]);
            case ScsiCommand.READ_CAPACITY_10 -> data(ByteBuffer.allocate(8).putInt((int) Math.min(disk.blocks() - 1, 0xffff_ffffL)).putInt(ScsiLayout.BLOCK_BYTES).array(), 8);
            case ScsiCommand.SERVICE_ACTION_IN_16 -> (u8(1) & 0x1f) == READ_CAPACITY_16_ACTION ? data(capacity16(), u32(10)) : new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
            case ScsiCommand.MODE_SENSE_6 -> modeSense(u8(4), false);
            case ScsiCommand.MODE_SENSE_10 -> modeSense(u16(7), true);
            case ScsiCommand.READ_6 -> read(lba6(), count6(), 0);
            case ScsiCommand.READ_10 -> read(u32(2), u16(7), u8(1));
            case ScsiCommand.READ_12 -> read(u32(2), u32(6), u8(1));
            case ScsiCommand.READ_16 -> read(cdb.getLong(2), u32(10), u8(1));
            case ScsiCommand.WRITE_6 -> write(lba6(), count6(), 0);
            case ScsiCommand.WRITE_10 -> write(u32(2), u16(7), u8(1));
            case ScsiCommand.WRITE_12 -> write(u32(2), u32(6), u8(1));
            case ScsiCommand.WRITE_16 -> write(cdb.getLong(2), u32(10), u8(1));
            case ScsiCommand.VERIFY_10 -> verify(u32(2), u16(7));
            case ScsiCommand.VERIFY_12 -> verify(u32(2), u32(6));
            case ScsiCommand.VERIFY_16 -> verify(cdb.getLong(2), u32(10));
            case ScsiCommand.SYNCHRONIZE_CACHE_10 -> synchronize(u32(2), u16(7));
            case ScsiCommand.SYNCHRONIZE_CACHE_16 -> synchronize(cdb.getLong(2), u32(10));
            // There is nothing to spin; what stops a disk wants its bytes to be safe.
            case ScsiCommand.START_STOP_UNIT -> new ScsiCommand.Work(new DiskWork.Flush(), 0, Sense.WRITE_ERROR);
            case ScsiCommand.UNMAP -> disk.geometry().discards() ? unmap() : new ScsiCommand.Failed(Sense.INVALID_OPCODE);
            case ScsiCommand.WRITE_SAME_16 -> writeSame();
            default -> new ScsiCommand.Failed(Sense.INVALID_OPCODE);
        };
    }

    /** As much of an answer as the driver allocates, if its buffer holds what it allocates (virtio 1.2, 5.6.6.1: OVERRUN). */
    private ScsiCommand data(byte[] answer, long allocated) {
        return allocated > command.inBytes() ? new ScsiCommand.Overrun() : new ScsiCommand.Data(answer.length <= allocated ? answer : Arrays.copyOf(answer, (int) allocated));
    }

    private ScsiCommand inquiry() {
        boolean page = (u8(1) & 1) != 0;
        LunAddress.Unit unit = command.lun().unit();
        byte[] answer = (u8(1) & ~1) != 0 || !page && u8(2) != 0 ? null
                : !page ? InquiryData.standard(unit) : unit == LunAddress.Unit.DISK ? InquiryData.page(u8(2), disk) : null;
        return answer == null ? new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB) : data(answer, u16(3));
    }

    private ScsiCommand requestSense() {
        Sense sense = command.lun().unit() == LunAddress.Unit.NONE ? Sense.LUN_NOT_SUPPORTED : attention;
        return data((u8(1) & 1) != 0 ? sense.descriptor() : sense.fixed(), u8(4));
    }

    /** Of a target its logical units; of the domain all targets' disks as the device's {@code lun} field names them. */
    private ScsiCommand reportLuns() {
        int select = u8(2);
        long allocated = u32(6);
        if (select > 2 || allocated < LUNS_ALLOCATION_MIN) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        List<byte[]> luns = new ArrayList<>();
        boolean domain = command.lun().target() == LunAddress.DOMAIN;
        for (int target = 0; select != 1 && target < (domain ? targets : 1); target++) {
            luns.add(domain ? LunAddress.disk(target) : new byte[ScsiLayout.LUN_BYTES]);
        }
        if (select != 0) {
            luns.add(LunAddress.reportLuns());
        }
        ByteBuffer b = ByteBuffer.allocate(LUNS_HEAD_BYTES + luns.size() * ScsiLayout.LUN_BYTES).putInt(luns.size() * ScsiLayout.LUN_BYTES).putInt(0);
        luns.forEach(b::put);
        return data(b.array(), allocated);
    }

    private byte[] capacity16() {
        return ByteBuffer.allocate(CAPACITY_16_BYTES).putLong(disk.blocks() - 1).putInt(ScsiLayout.BLOCK_BYTES)
                .put(13, (byte) Integer.numberOfTrailingZeros(disk.blocksPerPhysical())).put(14, (byte) (disk.geometry().discards() ? LBPME : 0)).array();
    }

    private ScsiCommand modeSense(long allocated, boolean longHeader) {
        int control = u8(2) >> 6;
        int subpage = u8(3);
        if (control == 3) {
            return new ScsiCommand.Failed(Sense.SAVING_NOT_SUPPORTED);
        }
        byte[] answer = subpage != 0 && subpage != 0xff ? null : ModeData.of(disk, u8(2) & 0x3f, control == 1, (u8(1) & 8) == 0, longHeader);
        return answer == null ? new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB) : data(answer, allocated);
    }

    private long lba6() {
        return u32(0) & 0x1f_ffff;
    }

    private long count6() {
        return u8(4) == 0 ? 256 : u8(4);
    }

    private ScsiCommand read(long lba, long count, int flags) {
        ScsiCommand wrong = wrongTransfer(lba, count, flags, command.inBytes());
        long bytes = count * ScsiLayout.BLOCK_BYTES;
        return wrong != null ? wrong : new ScsiCommand.Work(new DiskWork.Read(lba * ScsiLayout.BLOCK_BYTES, bytes, command.frame().responseBytes(), (flags & FUA) != 0), bytes,
                Sense.UNRECOVERED_READ_ERROR);
    }

    private ScsiCommand write(long lba, long count, int flags) {
        if (disk.geometry().readOnly()) {
            return new ScsiCommand.Failed(Sense.WRITE_PROTECTED);
        }
        ScsiCommand wrong = wrongTransfer(lba, count, flags, command.outBytes());
        long bytes = count * ScsiLayout.BLOCK_BYTES;
        return wrong != null ? wrong : new ScsiCommand.Work(new DiskWork.Write(lba * ScsiLayout.BLOCK_BYTES, bytes, command.frame().requestBytes(), (flags & FUA) != 0), bytes,
                Sense.WRITE_ERROR);
    }

    /** Null if it can be done. */
    private ScsiCommand wrongTransfer(long lba, long count, int flags, long room) {
        if ((flags & PROTECT) != 0 || count > ScsiLayout.TRANSFER_BLOCKS_MAX) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        if (isOutside(lba, count)) {
            return new ScsiCommand.Failed(Sense.LBA_OUT_OF_RANGE);
        }
        return count * ScsiLayout.BLOCK_BYTES > room ? new ScsiCommand.Overrun() : null;
    }

    private boolean isOutside(long lba, long count) {
        return lba < 0 || count < 0 || lba >= disk.blocks() || count > disk.blocks() - lba;
    }

    /** What was written can be read, or its read fails: only the range is looked at. Comparing (BYTCHK) is refused. */
    private ScsiCommand verify(long lba, long count) {
        if ((u8(1) & (PROTECT | 6)) != 0) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        return isOutside(lba, count) ? new ScsiCommand.Failed(Sense.LBA_OUT_OF_RANGE) : new ScsiCommand.Data(new byte[0]);
    }

    /** A range is no reason to flush less than everything. */
    private ScsiCommand synchronize(long lba, long count) {
        return isOutside(lba, count) ? new ScsiCommand.Failed(Sense.LBA_OUT_OF_RANGE) : new ScsiCommand.Work(new DiskWork.Flush(), 0, Sense.WRITE_ERROR);
    }

    /** SBC-3, 5.30: no block may be written of a list that has an error. */
    private ScsiCommand unmap() throws GuestMemoryFault {
        int length = u16(7);
        if ((u8(1) & ANCHOR) != 0) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        if (disk.geometry().readOnly()) {
            return new ScsiCommand.Failed(Sense.WRITE_PROTECTED);
        }
        if (length == 0) {
            return new ScsiCommand.Data(new byte[0]);
        }
        if (length < UNMAP_HEAD_BYTES) {
            return new ScsiCommand.Failed(Sense.PARAMETER_LIST_LENGTH);
        }
        if (length > command.outBytes()) {
            return new ScsiCommand.Overrun();
        }
        ByteBuffer list = parameters(length);
        int descriptors = Math.min(list.getShort(2) & 0xffff, length - UNMAP_HEAD_BYTES) / UNMAP_RANGE_BYTES;
        if (descriptors > ScsiLayout.RANGES_MAX) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_PARAMETERS);
        }
        List<DiskWork.Range> ranges = new ArrayList<>();
        for (int at = UNMAP_HEAD_BYTES; at < UNMAP_HEAD_BYTES + descriptors * UNMAP_RANGE_BYTES; at += UNMAP_RANGE_BYTES) {
            long lba = list.getLong(at);
            long count = list.getInt(at + 8) & 0xffff_ffffL;
            if (isOutside(lba, count)) {
                return new ScsiCommand.Failed(Sense.LBA_OUT_OF_RANGE);
            }
            if (count > ScsiLayout.RANGE_BLOCKS_MAX) {
                return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_PARAMETERS);
            }
            if (count > 0) {
                ranges.add(new DiskWork.Range(lba * ScsiLayout.BLOCK_BYTES, count * ScsiLayout.BLOCK_BYTES));
            }
        }
        return new ScsiCommand.Work(new DiskWork.Discard(ranges, false), length, Sense.WRITE_ERROR);
    }

    /** SBC-3, 5.45, of blocks of zeroes: others are refused (a deviation). With UNMAP they are zeroes all the same. */
    private ScsiCommand writeSame() throws GuestMemoryFault {
        boolean noData = (u8(1) & 1) != 0;
        long lba = cdb.getLong(2);
        long count = u32(10);
        if ((u8(1) & (PROTECT | 0x16)) != 0 || count == 0 || count > ScsiLayout.RANGE_BLOCKS_MAX) {
            return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_CDB);
        }
        if (disk.geometry().readOnly()) {
            return new ScsiCommand.Failed(Sense.WRITE_PROTECTED);
        }
        if (isOutside(lba, count)) {
            return new ScsiCommand.Failed(Sense.LBA_OUT_OF_RANGE);
        }
        if (!noData) {
            if (command.outBytes() < ScsiLayout.BLOCK_BYTES) {
                return new ScsiCommand.Overrun();
            }
            if (!Arrays.equals(parameters(ScsiLayout.BLOCK_BYTES).array(), new byte[ScsiLayout.BLOCK_BYTES])) {
                return new ScsiCommand.Failed(Sense.INVALID_FIELD_IN_PARAMETERS);
            }
        }
        DiskWork.Range range = new DiskWork.Range(lba * ScsiLayout.BLOCK_BYTES, count * ScsiLayout.BLOCK_BYTES);
        return new ScsiCommand.Work(new DiskWork.WriteZeroes(List.of(range), false), noData ? 0 : ScsiLayout.BLOCK_BYTES, Sense.WRITE_ERROR);
    }

    private ByteBuffer parameters(int length) throws GuestMemoryFault {
        byte[] list = new byte[length];
        chain.read(command.frame().requestBytes(), list);
        return ByteBuffer.wrap(list);
    }
}
