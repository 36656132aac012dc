package hv.board.riscv.internal;

import static hv.board.Kernel.hex;
import static hv.board.Kernel.startsWith;

import hv.api.SpecException;
import hv.board.ElfKernel;
import hv.board.Gzip;
import hv.board.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;

/** Tells which of the formats that this board boots a file has, and parses it. */
final class KernelReader {
    private KernelReader() {
    }

    /**
     * @param name   for messages: "kernel " and usually the path
     * @param unpack where a compressed kernel is unpacked to
     * @throws SpecException it is no kernel for this board, it is damaged, or it does not fit
     */
    static Kernel parse(String name, MemorySegment file, Kernel.Ram ram, SegmentAllocator unpack) throws SpecException {
        MemorySegment content = Gzip.unpacked(name, file, ram, unpack);
        if (ElfKernel.recognizes(content)) {
            return ElfKernel.parse(name, content, ram, ElfKernel.Target.RISCV64);
        }
        if (FlatKernel.recognizes(content)) {
            return FlatKernel.parse(name, content, ram);
        }
        throw new SpecException(name + ": " + whatItIs(content)
                + "; give a RISC-V flat 'Image' (or 'Image.gz') or a 64-bit RISC-V ELF file");
    }

    /**
     * Firmware, or what firmware is to start: also a flat binary without any header, which goes to {@code flatGpa} and is entered there.
     *
     * @param flatGpa in RAM
     * @throws SpecException it is damaged, or it does not fit
     */
    static Kernel parseBinary(String name, MemorySegment file, Kernel.Ram ram, long flatGpa, SegmentAllocator unpack) throws SpecException {
        MemorySegment content = Gzip.unpacked(name, file, ram, unpack);
        if (ElfKernel.recognizes(content)) {
            return ElfKernel.parse(name, content, ram, ElfKernel.Target.RISCV64);
        }
        if (content.byteSize() == 0) {
            throw new SpecException(name + ": the file is empty; name another");
        }
        long lenBytes = content.byteSize();
        if (FlatKernel.recognizes(content)) {
            // Checked as one, and with the work space that it asks for; its place is the firmware's to say.
            Kernel image = FlatKernel.parse(name, content, ram);
            lenBytes = image.endGpa() - image.entryGpa();
        }
        if (!ram.contains(flatGpa, lenBytes)) {
            throw new SpecException(name + ": needs " + lenBytes + " bytes from " + hex(flatGpa) + ", outside " + ram + "; give the machine more RAM");
        }
        return new Kernel("flat binary", content, List.of(new Kernel.Segment(flatGpa, 0, content.byteSize(), content.byteSize())), flatGpa, flatGpa + lenBytes);
    }

    private static String whatItIs(MemorySegment content) {
        if (content.byteSize() == 0) {
            return "the file is empty";
        }
        if (startsWith(content, 0, 'M', 'Z') && startsWith(content, 4, 'z', 'i', 'm', 'g')) {
            return "it is a compressed EFI program (vmlinuz.efi), which needs EFI firmware";
        }
        if (startsWith(content, 0x38, 'A', 'R', 'M', 0x64)) {
            return "it is a kernel for arm64";
        }
        if (startsWith(content, 0x202, 'H', 'd', 'r', 'S')) {
            return "it is a kernel for x86 (./hv run --arch x86-64 boots those)";
        }
        if (startsWith(content, 0, 0xfd, '7', 'z', 'X', 'Z') || startsWith(content, 0, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "it is compressed with xz or zstd; unpack it first";
        }
        return content.byteSize() < FlatKernel.HEADER_LEN_BYTES ? "it ends after " + content.byteSize() + " bytes, inside its header"
                : "its format is not known";
    }
}
