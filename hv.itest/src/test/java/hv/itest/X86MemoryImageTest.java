package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.board.spi.Board;
import hv.api.board.spi.BoardFactory;
import hv.api.machine.MachineSpec;
import hv.api.part.PartFactory;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the x86 board writes into RAM and registers, judged by others: Debian's unmodified kernel, on a machine of QEMU's (interpreted, without firmware or tables of its
 * own) that has its devices at the same places. So boot protocol, memory map, ACPI tables and interrupt wiring are tried where no host has to run x86-64 natively.
 */
@Tag("full")
class X86MemoryImageTest {
    private static final String QEMU = "qemu-system-x86_64";
    /** QEMU's CPU has no clock that says its frequency, and no board here has a timer to find it out: KVM's has. */
    private static final String NO_CALIBRATION = " tsc_early_khz=2000000";

    @TempDir
    private Path dir;

    private static Board.BootPlan plan(MachineSpec spec) throws Exception {
        BoardFactory factory = (BoardFactory) ServiceLoader.load(PartFactory.class).stream().map(ServiceLoader.Provider::get).filter(f -> f.type().equals(spec.board())).findFirst().orElseThrow();
        return factory.create(spec).plan();
    }

    /** @param machine options of QEMU's microvm @param entropy where its entropy source is */
    private QemuGuest boot(MachineSpec guest, String machine, String entropy) throws Exception {
        Assumptions.assumeTrue(HostProgram.find(QEMU).isPresent(), "needs " + QEMU);
        MachineSpec spec = guest.withVcpus(2).withCommandLine(guest.commandLine() + NO_CALIBRATION);
        Board.BootPlan plan = plan(spec);
        Path ram = dir.resolve("ram");
        try (Arena arena = Arena.ofConfined(); FileChannel file = FileChannel.open(ram, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            plan.load(file.map(FileChannel.MapMode.READ_WRITE, 0, spec.memoryBytes(), arena), seed -> new Random(1).nextBytes(seed));
        }
        ResetRom rom = new ResetRom();
        plan.begin(0, rom);
        Path romFile = Files.write(dir.resolve("rom"), rom.toBytes());
        String size = spec.memoryBytes() / MachineSpec.MIB + "M";
        return new QemuGuest(List.of(QEMU, "-M", "microvm,pic=off,pit=off,rtc=on,isa-serial=on,x-option-roms=off,memory-backend=m," + machine, "-accel", "tcg", "-cpu", "max",
                "-object", "memory-backend-file,id=m,mem-path=" + ram + ",share=off,size=" + size, "-m", size, "-smp", "2", "-bios", romFile.toString(), "-nodefaults", "-no-user-config",
                "-display", "none", "-serial", "stdio", "-no-reboot", "-global", "virtio-mmio.force-legacy=false", "-object", "rng-random,filename=/dev/urandom,id=r",
                "-device", entropy + ",rng=r"));
    }

    private static void assertFoundByTables(QemuGuest d) throws Exception {
        assertEquals("2\n", d.run("nproc", 60));
        String log = d.run("dmesg", 60);
        assertTrue(log.contains("BIOS-e820: [mem 0x0000000000100000-0x000000000fffffff] usable"), log);
        assertTrue(log.contains("ACPI: Using ACPI (MADT) for SMP configuration information"), log);
        assertTrue(log.contains("IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23"), log);
        assertTrue(log.contains("ACPI: PM: (supports S0 S5)"), log);
        assertTrue(log.contains("ttyS0 at I/O 0x3f8"), log);
        assertTrue(log.contains("rtc_cmos 00:01: registered as rtc0"), log);
        assertFalse(log.matches("(?s).*ACPI (BIOS )?(Error|Warning|Exception).*"), log);
        assertTrue(d.run("grep ttyS0 /proc/interrupts", 60).contains("IO-APIC   4-fasteoi"));
    }

    @Test
    void debianFindsAMachineOfTwoCpusAndItsVirtioDevicesByAcpi() throws Exception {
        try (QemuGuest d = boot(DebianGuest.x86Spec("image"), "acpi=off", "virtio-rng-device,bus=virtio-mmio-bus.0").awaitShell()) {
            assertFoundByTables(d);
            assertEquals(8, Integer.parseInt(d.run("head -c 8 /dev/hwrng | wc -c", 60).strip()));
            assertTrue(d.run("grep virtio0 /proc/interrupts", 60).contains("IO-APIC   5-fasteoi"));
        }
    }

    @Test
    void debianFindsThePciBusAndTakesMessages() throws Exception {
        try (QemuGuest d = boot(DebianGuest.x86Spec("image").withSetting("virtio", "pci"), "acpi=on,pcie=on", "virtio-rng-pci,disable-legacy=on,addr=2").awaitShell()) {
            assertFoundByTables(d);
            assertTrue(d.run("dmesg", 60).contains("PCI: ECAM [mem 0xe0000000-0xe00fffff] (base 0xe0000000) for domain 0000 [bus 00-00]"));
            assertEquals(8, Integer.parseInt(d.run("head -c 8 /dev/hwrng | wc -c", 60).strip()));
            assertTrue(d.run("grep virtio0-input /proc/interrupts", 60).contains("PCI-MSIX-0000:00:02.0"));
        }
    }
}
