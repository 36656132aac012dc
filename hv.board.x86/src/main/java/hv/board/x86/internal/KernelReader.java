package hv.board.x86.internal;

import static hv.board.Kernel.startsWith;

import hv.api.SpecException;
import hv.board.ElfKernel;
import hv.board.Gzip;
import hv.board.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Tells which of the formats that this board boots a file has, and parses it. Pure; takes any bytes. */
final class KernelReader {
    private KernelReader() {
    }

    /**
     * @param name   for messages: "kernel " and usually the path
     * @param ram    above 1 MiB
     * @param unpack where a compressed file is unpacked to
     * @throws SpecException it is no kernel for this board, it is damaged, or it does not fit
     */
    static LinuxKernel parse(String name, MemorySegment file, Kernel.Ram ram, SegmentAllocator unpack) throws SpecException {
        MemorySegment content = Gzip.unpacked(name, file, ram, unpack);
        if (ElfKernel.recognizes(content)) {
            return PvhKernel.parse(name, content, ram);
        }
        if (BzImage.recognizes(content)) {
            return BzImage.parse(name, content, ram);
        }
        throw new SpecException(name + ": " + whatItIs(content) + "; give an x86-64 bzImage (Debian's vmlinuz), or a 64-bit x86 ELF file with a PVH entry");
    }

    private static String whatItIs(MemorySegment content) {
        if (content.byteSize() == 0) {
            return "the file is empty";
        }
        if (startsWith(content, 0, 'M', 'Z') && startsWith(content, 4, 'z', 'i', 'm', 'g')) {
            return "it is a compressed EFI program (vmlinuz.efi) of another architecture";
        }
        if (startsWith(content, 0x38, 'R', 'S', 'C', 0x05)) {
            return "it is a kernel for RISC-V (./hv run boots those without --arch)";
        }
        if (startsWith(content, 0x38, 'A', 'R', 'M', 0x64)) {
            return "it is a kernel for arm64";
        }
        if (startsWith(content, 0, 0xfd, '7', 'z', 'X', 'Z') || startsWith(content, 0, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "it is compressed with xz or zstd; unpack it first";
        }
        return content.byteSize() < BzImage.HEADER_END ? "it ends after " + content.byteSize() + " bytes, inside its header" : "its format is not known";
    }
}
