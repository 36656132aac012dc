package hv.testkit.fake;

import hv.api.pci.PciBus;
import hv.api.pci.spi.PciFunction;

/** A PCI bus of functions that were put on it; counts what they announce. One thread. */
public final class FakePciBus implements PciBus {
    private final PciFunction[] functions = new PciFunction[32];
    private int changes;

    /** Puts a function at a place; null takes away. */
    public void put(int device, PciFunction function) {
        functions[device] = function;
    }

    /** How often windows were announced as changed. */
    public int changes() {
        return changes;
    }

    @Override
    public long readConfig(int device, int offset, int widthBytes) {
        return functions[device] == null ? -1L >>> 64 - 8 * widthBytes : functions[device].readConfig(offset, widthBytes);
    }

    @Override
    public void writeConfig(int device, int offset, int widthBytes, long value) {
        if (functions[device] != null) {
            functions[device].writeConfig(offset, widthBytes, value);
        }
    }

    @Override
    public void windowsChanged() {
        changes++;
    }
}
