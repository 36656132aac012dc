package hv.images.internal;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Makes a bootable kernel of what distributions ship as {@code vmlinux} or {@code vmlinuz}: a flat RISC-V Image, an x86 bzImage or an ELF file is taken as it is, gzip and xz are
 * unpacked, and so is the payload of an EFI zboot wrapper (Linux, drivers/firmware/efi/libstub/zboot-header.S), which only firmware with EFI could start.
 */
final class KernelFile {
    static final int MAX_BYTES = 256 << 20;
    private static final int XZ_MEMORY_KIB = 256 << 10;
    /** Linux, Documentation/arch/riscv/boot-image-header.rst: magic2 at offset 56. */
    private static final int IMAGE_MAGIC_OFFSET = 56;
    /** Linux, Documentation/arch/x86/boot.rst. */
    private static final int BZIMAGE_MAGIC_OFFSET = 0x202;
    private static final int ZBOOT_HEADER_BYTES = 64;

    private KernelFile() {
    }

    /** The kernel as flat Image, bzImage or ELF. {@code name} goes into the error. */
    static byte[] unpack(String name, byte[] shipped) throws IOException {
        byte[] kernel = shipped;
        // A wrapper in a wrapper is possible (gzip of zboot); more than that is nonsense.
        for (int depth = 0; depth < 4; depth++) {
            if (starts(kernel, 0, 0x7F, 'E', 'L', 'F') || starts(kernel, IMAGE_MAGIC_OFFSET, 'R', 'S', 'C', 5)
                    || starts(kernel, BZIMAGE_MAGIC_OFFSET, 'H', 'd', 'r', 'S')) {
                return kernel;
            }
            if (starts(kernel, 0, 'M', 'Z') && starts(kernel, 4, 'z', 'i', 'm', 'g')) {
                kernel = zboot(name, kernel);
            } else if (starts(kernel, 0, 0x1F, 0x8B)) {
                kernel = bounded(name, new GZIPInputStream(new ByteArrayInputStream(kernel)));
            } else if (starts(kernel, 0, 0xFD, '7', 'z', 'X', 'Z')) {
                kernel = bounded(name, new XZInputStream(new ByteArrayInputStream(kernel), XZ_MEMORY_KIB));
            } else {
                break;
            }
        }
        throw new IOException(name + " is no kernel known here: a flat RISC-V Image, bzImage, ELF, gzip, xz or EFI zboot is expected");
    }

    private static byte[] zboot(String name, byte[] wrapper) throws IOException {
        if (wrapper.length < ZBOOT_HEADER_BYTES) {
            throw new IOException(name + " ends inside its EFI zboot header");
        }
        ByteBuffer header = ByteBuffer.wrap(wrapper).order(ByteOrder.LITTLE_ENDIAN);
        long offset = Integer.toUnsignedLong(header.getInt(8));
        long size = Integer.toUnsignedLong(header.getInt(12));
        String compression = new String(wrapper, 24, 32, StandardCharsets.ISO_8859_1).split("\0", 2)[0];
        if (offset < ZBOOT_HEADER_BYTES || size == 0 || offset + size > wrapper.length) {
            throw new IOException(name + " says its EFI zboot payload is " + size + " bytes at " + offset + ", outside the file of " + wrapper.length + " bytes");
        }
        InputStream payload = new ByteArrayInputStream(wrapper, (int) offset, (int) size);
        return switch (compression) {
            case "gzip" -> bounded(name, new GZIPInputStream(payload));
            case "xz" -> bounded(name, new XZInputStream(payload, XZ_MEMORY_KIB));
            default -> throw new IOException(name + " is packed with '" + compression.replaceAll("[^ -~]", "?") + "', which cannot be unpacked here: gzip and xz can");
        };
    }

    private static byte[] bounded(String name, InputStream in) throws IOException {
        try (InputStream unpacked = new BufferedInputStream(in)) {
            byte[] bytes = unpacked.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(name + " unpacks to more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static boolean starts(byte[] bytes, int at, int... wanted) {
        if (bytes.length < at + wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if ((bytes[at + i] & 0xFF) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
