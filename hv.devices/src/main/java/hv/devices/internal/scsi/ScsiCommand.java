package hv.devices.internal.scsi;

import hv.api.memory.GuestMemoryFault;
import hv.api.virtio.spi.Chain;
import hv.devices.internal.disk.DiskWork;

/**
 * What a command comes to, checked against its logical unit (SPC-4, SBC-3): a {@link Work} can be executed as it stands. Parsing has no effect.
 */
sealed interface ScsiCommand {
    /** Answered with GOOD at once. @param in data for the driver, as much as it asked for */
    record Data(byte[] in) implements ScsiCommand {
    }

    /** @param transferred bytes of data in or out @param failure what a disk's error is */
    record Work(DiskWork work, long transferred, Sense failure) implements ScsiCommand {
    }

    /** CHECK CONDITION. */
    record Failed(Sense sense) implements ScsiCommand {
    }

    /** The driver's buffers hold less than its command says. */
    record Overrun() implements ScsiCommand {
    }

    int TEST_UNIT_READY = 0x00;
    int REQUEST_SENSE = 0x03;
    int READ_6 = 0x08;
    int WRITE_6 = 0x0a;
    int INQUIRY = 0x12;
    int MODE_SENSE_6 = 0x1a;
    int START_STOP_UNIT = 0x1b;
    int READ_CAPACITY_10 = 0x25;
    int READ_10 = 0x28;
    int WRITE_10 = 0x2a;
    int VERIFY_10 = 0x2f;
    int SYNCHRONIZE_CACHE_10 = 0x35;
    int UNMAP = 0x42;
    int MODE_SENSE_10 = 0x5a;
    int READ_16 = 0x88;
    int WRITE_16 = 0x8a;
    int VERIFY_16 = 0x8f;
    int SYNCHRONIZE_CACHE_16 = 0x91;
    int WRITE_SAME_16 = 0x93;
    int SERVICE_ACTION_IN_16 = 0x9e;
    int REPORT_LUNS = 0xa0;
    int READ_12 = 0xa8;
    int WRITE_12 = 0xaa;
    int VERIFY_12 = 0xaf;

    /** Commands that answer whatever the state of the unit, and leave a unit attention alone (SAM-5, 5.14). */
    static boolean passesAttention(byte[] cdb) {
        int code = cdb.length == 0 ? -1 : cdb[0] & 0xff;
        return code == INQUIRY || code == REPORT_LUNS || code == REQUEST_SENSE;
    }

    /**
     * @param chain     where parameters are read from
     * @param disk      of the target; null for a command to no target
     * @param targets   of the device
     * @param attention what REQUEST SENSE reports
     */
    static ScsiCommand parse(ScsiRequest.Command command, Chain chain, Disk disk, int targets, Sense attention) throws GuestMemoryFault {
        return new CommandParser(command, chain, disk, targets, attention).parse();
    }
}
