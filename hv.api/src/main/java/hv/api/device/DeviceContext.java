package hv.api.device;

import hv.api.memory.GuestMemory;
import hv.api.pci.PciBus;
import hv.api.time.MachineClock;
import hv.api.time.Timer;
import hv.api.vcpu.Vcpu;
import org.osgi.annotation.versioning.ProviderType;

/** All that a device gets. Nothing else: no registry, no own threads, no host clock. Survives the replacement of the device's model. */
@ProviderType
public interface DeviceContext {
    /** The device's line to the interrupt controller (a line to nowhere if it has no irq). */
    InterruptLine line();

    /** Interrupt controllers: line to a vCPU (RISC-V: bit number in sip). */
    InterruptLine vcpuLine(int vcpu, int line);

    /** Where message-signalled interrupts go; null if the machine has nothing that takes them: then a device offers none. */
    MsiSink messages();

    /** The machine's PCI bus; without functions on most machines. */
    PciBus pciBus();

    IoContext io();

    GuestMemory memory();

    MachineClock clock();

    /** A new timer whose action runs in {@link #io()}. */
    Timer timer(Runnable action);

    Entropy entropy();

    /** A channel by name: "console" (hvc0) or "serial" (the UART); both ends of the machine's console. */
    CharChannel channel(String name);

    /** The machine, for power and reset devices and interrupt controllers. */
    Vcpu.Guest guest();
}
