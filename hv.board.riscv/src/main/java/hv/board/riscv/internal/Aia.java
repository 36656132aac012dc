package hv.board.riscv.internal;

import hv.api.SpecException;
import hv.api.device.DeviceSpec;
import hv.api.machine.MachineSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which interrupt controllers a board has; setting "aia", as QEMU's {@code -M virt,aia=}. */
enum Aia {
    /** A PLIC; no messages. */
    NONE,
    /** An APLIC that drives the harts' lines; no messages. */
    APLIC,
    /** An IMSIC for each hart, and an APLIC that turns lines into messages. */
    APLIC_IMSIC;

    static final String SETTING = "aia";
    private static final Map<String, String> MACHINE_MODE = Map.of("machine-mode", "true");

    /** As it is set. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Aia of(MachineSpec spec) throws SpecException {
        String text = spec.setting(SETTING, NONE.text());
        for (Aia a : values()) {
            if (a.text().equals(text)) {
                return a;
            }
        }
        throw new SpecException("machine " + spec.name() + ": setting " + SETTING + " = \"" + text + "\"; use none, aplic or aplic-imsic");
    }

    /** The controllers, IMSICs before the APLIC that sends to them. @param firmware harts have M mode */
    List<DeviceSpec> controllers(int harts, boolean firmware) {
        Map<String, String> modes = firmware ? MACHINE_MODE : Map.of();
        if (this == NONE) {
            return List.of(new DeviceSpec("plic0", "riscv-plic", VirtMap.PLIC_GPA, VirtMap.PLIC_LEN_BYTES, 0, modes));
        }
        List<DeviceSpec> out = new ArrayList<>();
        Map<String, String> properties = new HashMap<>(modes);
        if (this == APLIC_IMSIC) {
            if (firmware) {
                out.add(imsic("imsic-m", VirtMap.IMSIC_M_GPA, harts, Map.of("machine-level", "true")));
                properties.put("imsic-m", Long.toHexString(VirtMap.IMSIC_M_GPA));
            }
            out.add(imsic("imsic-s", VirtMap.IMSIC_S_GPA, harts, Map.of()));
            properties.put("imsic-s", Long.toHexString(VirtMap.IMSIC_S_GPA));
        }
        long gpa = firmware ? VirtMap.APLIC_M_GPA : VirtMap.APLIC_S_GPA;
        out.add(new DeviceSpec("aplic0", "riscv-aplic", gpa, VirtMap.APLIC_S_GPA + VirtMap.APLIC_LEN_BYTES - gpa, 0, properties));
        return out;
    }

    private static DeviceSpec imsic(String path, long gpa, int harts, Map<String, String> properties) {
        return new DeviceSpec(path, "riscv-imsic", gpa, VirtMap.IMSIC_LEN_BYTES * harts, 0, properties);
    }
}
