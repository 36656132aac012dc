package hv.board.riscv.internal;

import static hv.board.riscv.internal.FdtReader.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.board.VirtioBus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VirtTreeTest {
    private static final String ISA = "rv64imafdc_zicntr_zicsr_zifencei_zihintpause_zba_zbb_zbs_sstc_svadu";

    private static VirtTree tree(int harts, long initrdLenBytes, int... slots) {
        return tree(false, harts, initrdLenBytes, slots);
    }

    private static VirtTree tree(boolean firmware, int harts, long initrdLenBytes, int... slots) {
        return tree(Aia.NONE, firmware, harts, initrdLenBytes, slots);
    }

    private static VirtTree tree(Aia aia, boolean firmware, int harts, long initrdLenBytes, int... slots) {
        byte[] seed = new byte[VirtTree.RNG_SEED_LEN_BYTES];
        new Random(1).nextBytes(seed);
        BitSet used = new BitSet();
        for (int slot : slots) {
            used.set(slot);
        }
        return new VirtTree(256L << 20, harts, firmware, VirtTree.defaultIsa(aia, firmware), aia, VirtTree.Mmu.SV57, "console=ttyS0 quiet", 0x8f00_0000L,
                initrdLenBytes, seed, VirtioBus.MMIO, used);
    }

    @Test
    void linuxFindsWhatItNeeds() {
        VirtTree tree = tree(2, 0x1234, 0, 7);
        Map<String, String> fdt = FdtReader.read(tree.toBytes());
        assertEquals(hex("console=ttyS0 quiet"), fdt.get("/chosen/bootargs"));
        assertEquals(hex("/soc/serial@10000000"), fdt.get("/chosen/stdout-path"));
        assertEquals("000000008f000000", fdt.get("/chosen/linux,initrd-start"));
        assertEquals("000000008f001234", fdt.get("/chosen/linux,initrd-end"));
        assertEquals(hex(tree.rngSeed()), fdt.get("/chosen/rng-seed"));
        assertEquals("00000000800000000000000010000000", fdt.get("/memory@80000000/reg"));
        assertEquals("00989680", fdt.get("/cpus/timebase-frequency"));
        assertEquals(hex(ISA), fdt.get("/cpus/cpu@1/riscv,isa"));
        assertEquals(hex("rv64i"), fdt.get("/cpus/cpu@1/riscv,isa-base"));
        assertEquals(hex("i", "m", "a", "f", "d", "c", "zicntr", "zicsr", "zifencei", "zihintpause", "zba", "zbb", "zbs", "sstc", "svadu"),
                fdt.get("/cpus/cpu@1/riscv,isa-extensions"));
        assertEquals(hex("riscv,sv57"), fdt.get("/cpus/cpu@0/mmu-type"));
        assertEquals("0000000010000000" + "0000000000000100", fdt.get("/soc/serial@10000000/reg"));
        assertEquals("0000000a", fdt.get("/soc/serial@10000000/interrupts"));
        assertEquals("0000000b", fdt.get("/soc/rtc@101000/interrupts"));
        assertEquals("00000001", fdt.get("/soc/virtio_mmio@10001000/interrupts"));
        assertEquals("00000008", fdt.get("/soc/virtio_mmio@10008000/interrupts"));
        assertFalse(fdt.containsKey("/soc/virtio_mmio@10002000/"), "a slot not in use is not shown");
        assertEquals(fdt.get("/soc/test@100000/phandle"), fdt.get("/poweroff/regmap"));
        assertEquals("00005555", fdt.get("/poweroff/value"));
        assertEquals("00007777", fdt.get("/reboot/value"));
        assertEquals("00000060", fdt.get("/soc/interrupt-controller@c000000/riscv,ndev"));
    }

    @Test
    void thePlicHasAContextPairForEachHartAndOnlySModeIsReached() {
        Map<String, String> fdt = FdtReader.read(tree(3, 0).toBytes());
        StringBuilder expected = new StringBuilder();
        for (int hart = 0; hart < 3; hart++) {
            String intc = fdt.get("/cpus/cpu@" + hart + "/interrupt-controller/phandle");
            expected.append(intc).append("ffffffff").append(intc).append("00000009");
        }
        assertEquals(expected.toString(), fdt.get("/soc/interrupt-controller@c000000/interrupts-extended"));
        assertEquals(5, VirtMap.plicContextS(2));
    }

    @Test
    void firmwareFindsItsTimersAndContexts() {
        Map<String, String> fdt = FdtReader.read(tree(true, 2, 0).toBytes());
        StringBuilder plic = new StringBuilder();
        StringBuilder clint = new StringBuilder();
        for (int hart = 0; hart < 2; hart++) {
            String intc = fdt.get("/cpus/cpu@" + hart + "/interrupt-controller/phandle");
            plic.append(intc).append("0000000b").append(intc).append("00000009");
            clint.append(intc).append("00000003").append(intc).append("00000007");
        }
        assertEquals(plic.toString(), fdt.get("/soc/interrupt-controller@c000000/interrupts-extended"));
        assertEquals(clint.toString(), fdt.get("/soc/clint@2000000/interrupts-extended"));
        assertEquals("0000000002000000" + "0000000000010000", fdt.get("/soc/clint@2000000/reg"));
        assertFalse(FdtReader.read(tree(2, 0).toBytes()).containsKey("/soc/clint@2000000/reg"), "without M mode there is none");
    }

    private static String interruptsOfHarts(Map<String, String> fdt, int harts, String interrupt) {
        StringBuilder out = new StringBuilder();
        for (int hart = 0; hart < harts; hart++) {
            out.append(fdt.get("/cpus/cpu@" + hart + "/interrupt-controller/phandle")).append(interrupt);
        }
        return out.toString();
    }

    @Test
    void anAplicTakesThePlicsPlaceAndDrivesTheHarts() {
        Map<String, String> fdt = FdtReader.read(tree(Aia.APLIC, false, 2, 0, 3).toBytes());
        String aplic = "/soc/interrupt-controller@d000000/";
        assertEquals(hex("riscv,aplic"), fdt.get(aplic + "compatible"));
        assertEquals(interruptsOfHarts(fdt, 2, "00000009"), fdt.get(aplic + "interrupts-extended"));
        assertEquals("00000060", fdt.get(aplic + "riscv,num-sources"));
        assertEquals("000000000d000000" + "0000000000008000", fdt.get(aplic + "reg"));
        assertFalse(fdt.containsKey(aplic + "msi-parent"));
        assertFalse(fdt.containsKey("/soc/interrupt-controller@c000000/compatible"), "no PLIC, and no domain of machine level");
        for (String device : List.of("serial@10000000", "rtc@101000", "virtio_mmio@10004000")) {
            assertEquals(fdt.get(aplic + "phandle"), fdt.get("/soc/" + device + "/interrupt-parent"));
        }
        assertEquals("0000000a" + "00000004", fdt.get("/soc/serial@10000000/interrupts"));
        assertEquals(hex(ISA), fdt.get("/cpus/cpu@0/riscv,isa"), "the harts have no IMSIC");
    }

    @Test
    void withImsicsTheAplicSendsMessages() {
        Map<String, String> fdt = FdtReader.read(tree(Aia.APLIC_IMSIC, false, 3, 0).toBytes());
        String aplic = "/soc/interrupt-controller@d000000/";
        String imsics = "/soc/imsics@28000000/";
        assertEquals(fdt.get(imsics + "phandle"), fdt.get(aplic + "msi-parent"));
        assertFalse(fdt.containsKey(aplic + "interrupts-extended"), "a driver takes that for direct delivery");
        assertEquals(hex("riscv,imsics"), fdt.get(imsics + "compatible"));
        assertEquals("000000ff", fdt.get(imsics + "riscv,num-ids"));
        assertEquals("0000000028000000" + "0000000000003000", fdt.get(imsics + "reg"));
        assertEquals(interruptsOfHarts(fdt, 3, "00000009"), fdt.get(imsics + "interrupts-extended"));
        assertFalse(fdt.containsKey("/soc/imsics@24000000/compatible"), "without M mode there is none");
        assertEquals(hex(ISA.replace("_sstc", "_ssaia_sstc")), fdt.get("/cpus/cpu@2/riscv,isa"));
    }

    @Test
    void firmwareFindsMachineLevelControllersAboveItsOwn() {
        Map<String, String> fdt = FdtReader.read(tree(Aia.APLIC_IMSIC, true, 2, 0).toBytes());
        String root = "/soc/interrupt-controller@c000000/";
        String child = fdt.get("/soc/interrupt-controller@d000000/phandle");
        assertEquals(fdt.get("/soc/imsics@24000000/phandle"), fdt.get(root + "msi-parent"));
        assertEquals(interruptsOfHarts(fdt, 2, "0000000b"), fdt.get("/soc/imsics@24000000/interrupts-extended"));
        assertEquals(child, fdt.get(root + "riscv,children"));
        assertEquals(child + "00000001" + "00000060", fdt.get(root + "riscv,delegation"));
        assertEquals(hex(ISA.replace("_sstc", "_smaia_ssaia_sstc")), fdt.get("/cpus/cpu@1/riscv,isa"));
        Map<String, String> direct = FdtReader.read(tree(Aia.APLIC, true, 2, 0).toBytes());
        assertEquals(interruptsOfHarts(direct, 2, "0000000b"), direct.get(root + "interrupts-extended"));
    }

    @Test
    void withoutInitrdNoneIsShown() {
        assertNull(FdtReader.read(tree(1, 0).toBytes()).get("/chosen/linux,initrd-start"));
    }

    @Test
    void extensionsAreSortedAsTheIsaManualSays() {
        assertEquals(ISA, VirtTree.defaultIsa(Aia.NONE, false).canonical());
        assertEquals("rv64imac_zicsr_zmmul_zacas_zbb_zvkn_sstc_xhv",
                IsaString.rv64(List.of("xhv", "c", "zvkn", "sstc", "a", "zbb", "i", "zacas", "zmmul", "m", "zicsr")).canonical());
    }

    @Test
    void dtcReadsTheTreeAsWeDo(@TempDir Path dir) throws IOException, InterruptedException {
        assumeTrue(installed("dtc"), "dtc (package device-tree-compiler) is not installed");
        byte[] ours = tree(8, 0x100_0000, 0, 1, 2, 3, 4, 5, 6, 7).toBytes();
        Path blob = Files.write(dir.resolve("ours.dtb"), ours);
        Path source = dir.resolve("ours.dts");
        Path again = dir.resolve("again.dtb");
        assertEquals("", run(dir, "dtc", "-I", "dtb", "-O", "dts", "-o", source.toString(), blob.toString()), "dtc has no complaint");
        assertEquals("", run(dir, "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", again.toString(), source.toString()));
        assertEquals(FdtReader.read(ours), FdtReader.read(Files.readAllBytes(again)));
        assertTrue(Files.readString(source).contains("serial@10000000 {"));
    }

    private static boolean installed(String program) {
        for (String dir : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(dir, program))) {
                return true;
            }
        }
        return false;
    }

    private static String run(Path dir, String... command) throws IOException, InterruptedException {
        Path out = dir.resolve("out.txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "dtc hangs");
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
