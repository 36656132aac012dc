package hv.devices.internal.imsic;

import hv.api.device.DeviceContext;
import hv.api.riscv.spi.Imsic;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;

/**
 * The incoming MSI controllers of all harts at one privilege level: a page for each hart, in which messages are stored (RISC-V Advanced Interrupt
 * Architecture 1.0, chapter 3).
 * <pre>
 *   0x1000 h + 0   seteipnum_le of hart h
 *   0x1000 h + 4   seteipnum_be
 * </pre>
 * Each file has a lock of its own, so that messages for one hart do not wait for another. One that comes while the device sleeps is kept.
 */
final class ImsicDevice extends RegisterDevice implements Imsic {
    static final int PAGE_BYTES = 0x1000;
    private static final int SUPERVISOR_EXTERNAL = 9;
    private static final int MACHINE_EXTERNAL = 11;

    private final boolean machineLevel;
    private final PendingFile[] files;

    ImsicDevice(String path, DeviceContext context, boolean machineLevel) {
        super(path, ImsicState.TAG);
        this.machineLevel = machineLevel;
        files = new PendingFile[context.guest().vcpuCount()];
        for (int h = 0; h < files.length; h++) {
            files[h] = new PendingFile(context.vcpuLine(h, machineLevel ? MACHINE_EXTERNAL : SUPERVISOR_EXTERNAL));
        }
    }

    @Override
    public boolean isMachineLevel() {
        return machineLevel;
    }

    @Override
    public PendingFile file(int hart) {
        return files[hart];
    }

    @Override
    public void message(long offset, int data) {
        long hart = offset / PAGE_BYTES;
        if (hart < files.length) {
            switch ((int) (offset % PAGE_BYTES)) {
                case 0 -> files[(int) hart].pend(data);
                case 4 -> files[(int) hart].pend(Integer.reverseBytes(data));
                default -> { } // reserved, read-only zeros (3.5)
            }
        }
    }

    @Override
    public long read(long offset, int widthBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int widthBytes, long value) {
        if (widthBytes == 4 && (offset & 3) == 0) {
            message(offset, (int) value);
        }
    }

    @Override
    public void reset() {
        for (PendingFile f : files) {
            f.reset();
        }
    }

    @Override
    public void save(StateWriter out) {
        out.section("files").putInt(files.length);
        for (PendingFile f : files) {
            f.state().write(out);
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.section("files");
        int saved = in.getInt();
        if (saved != files.length) {
            throw new StateException("IMSIC state is of " + saved + " harts, this machine has " + files.length);
        }
        ImsicState[] states = new ImsicState[saved];
        for (int h = 0; h < saved; h++) {
            states[h] = ImsicState.read(in);
        }
        in.end();
        for (int h = 0; h < saved; h++) {
            files[h].restore(states[h]);
        }
    }

    @Override
    protected void stop() {
        for (PendingFile f : files) {
            f.stop();
        }
    }

    @Override
    protected void start() {
        for (PendingFile f : files) {
            f.start();
        }
    }

    @Override
    protected void lowerLines() {
        for (PendingFile f : files) {
            f.lowerLine();
        }
    }
}
