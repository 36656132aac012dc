package hv.devices.internal.aplic;

import hv.api.device.DeviceContext;
import hv.api.device.InterruptLine;
import hv.api.device.MsiSink;
import hv.api.device.spi.InterruptController;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.devices.internal.RegisterDevice;

/**
 * An advanced platform-level interrupt controller (RISC-V Advanced Interrupt Architecture 1.0, chapter 4): a supervisor-level interrupt domain, and where
 * harts have M mode a machine-level one above it, which is the root and delegates sources. Without M mode the supervisor-level domain is the
 * root, as a hart's whose firmware delegated everything.
 * <p>With IMSICs it sends messages, else it drives the harts' lines 9 and 11; a domain's delivery mode cannot be changed.
 */
final class Aplic extends RegisterDevice implements InterruptController {
    static final StateTag TAG = new StateTag("riscv-aplic", 1);
    /** Where the supervisor-level domain is if there is a machine-level one. */
    static final int CHILD_OFFSET = 0x100_0000;
    private static final int SUPERVISOR_EXTERNAL = 9;
    private static final int MACHINE_EXTERNAL = 11;

    private final int harts;
    private final boolean byMessage;
    private final MsiSink messages;
    private final MsiAddresses addresses;
    /** Null: no M mode. */
    private final Domain machine;
    private final Domain supervisor;
    private final Domain root;

    /** @param messages null to drive lines */
    Aplic(String path, DeviceContext context, boolean machineMode, MsiSink messages, MsiAddresses addresses) {
        super(path, TAG);
        this.harts = context.guest().vcpuCount();
        this.byMessage = messages != null;
        this.messages = messages;
        this.addresses = addresses;
        supervisor = new Domain(signal(context, false), harts, byMessage, !machineMode, null);
        machine = machineMode ? new Domain(signal(context, true), harts, byMessage, true, supervisor) : null;
        root = machineMode ? machine : supervisor;
    }

    private Signal signal(DeviceContext context, boolean machineLevel) {
        InterruptLine[] lines = new InterruptLine[harts];
        for (int h = 0; h < harts; h++) {
            lines[h] = context.vcpuLine(h, machineLevel ? MACHINE_EXTERNAL : SUPERVISOR_EXTERNAL);
        }
        return new Signal() {
            @Override
            public void line(int hart, boolean high) {
                lines[hart].level(high);
            }

            @Override
            public void message(int hart, int identity) {
                messages.send(addresses.gpa(machineLevel, hart), identity);
            }
        };
    }

    @Override
    public synchronized void input(int irq, boolean high) {
        if (irq > 0 && irq < AplicLayout.SOURCES) {
            root.wire(irq, high);
        }
    }

    /** The domain that has the register at that offset; null for none. */
    private Domain domain(long offset) {
        if (machine == null) {
            return offset < AplicLayout.DOMAIN_BYTES ? supervisor : null;
        }
        if (offset < AplicLayout.DOMAIN_BYTES) {
            return machine;
        }
        return offset >= CHILD_OFFSET && offset < CHILD_OFFSET + AplicLayout.DOMAIN_BYTES ? supervisor : null;
    }

    /** Whether it is one of the registers that say where messages go: they are machine level's. */
    private boolean isAddress(Domain d, int at) {
        return byMessage && d == machine && at >= AplicLayout.MMSIADDRCFG && at <= AplicLayout.SMSIADDRCFGH;
    }

    @Override
    public synchronized long read(long offset, int widthBytes) {
        Domain d = domain(offset);
        if (d == null || widthBytes != 4 || (offset & 3) != 0) {
            return 0;
        }
        int at = (int) offset & AplicLayout.DOMAIN_BYTES - 1;
        return (isAddress(d, at) ? addresses.read(at) : d.read(at)) & 0xffff_ffffL;
    }

    @Override
    public synchronized void write(long offset, int widthBytes, long value) {
        Domain d = domain(offset);
        if (d == null || widthBytes != 4 || (offset & 3) != 0) {
            return;
        }
        int at = (int) offset & AplicLayout.DOMAIN_BYTES - 1;
        if (isAddress(d, at)) {
            addresses.write(at, (int) value);
        } else {
            d.write(at, (int) value);
        }
    }

    @Override
    public synchronized void reset() {
        root.reset();
        supervisor.reset();
        addresses.reset();
        lowerLines();
    }

    @Override
    public synchronized void save(StateWriter out) {
        out.section("aplic").putBoolean(byMessage).putBoolean(machine != null);
        DomainState.putInts(out, root.wires());
        addresses.save(out);
        root.state().write("root", out);
        if (machine != null) {
            supervisor.state().write("child", out);
        }
    }

    @Override
    public synchronized void restore(StateReader in) throws StateException {
        in.section("aplic");
        if (in.getBoolean() != byMessage || in.getBoolean() != (machine != null)) {
            throw new StateException("APLIC state is of another delivery mode or without the same domains");
        }
        int[] wires = DomainState.getInts(in, AplicLayout.WORDS);
        if ((wires[0] & 1) != 0 || wires[AplicLayout.WORDS - 1] >>> AplicLayout.SOURCES % 32 != 0) {
            throw new StateException("APLIC state has a wire that no source has");
        }
        int[] where = MsiAddresses.read(in);
        DomainState top = DomainState.read("root", in, harts, byMessage, wires, null, machine != null);
        DomainState below = machine == null ? null : DomainState.read("child", in, harts, byMessage, wires, top, false);
        in.end();
        addresses.restore(where);
        root.restore(wires, top, null);
        if (machine != null) {
            supervisor.restore(wires, below, top);
        }
    }

    @Override
    protected void stop() {
        root.stop();
        supervisor.stop();
    }

    @Override
    protected void start() {
        root.start();
        if (machine != null) {
            supervisor.start();
        }
    }

    @Override
    protected void lowerLines() {
        root.lowerLines();
        if (machine != null) {
            supervisor.lowerLines();
        }
    }
}
