package hv.board.x86.internal;

/**
 * What a CPU executes in real mode at its reset vector as seen from there, ffff:0000: where a PC has its BIOS, the board resets the machine. Linux jumps there at a reboot
 * if the ACPI is hardware-reduced and there is no UEFI: it takes UEFI for given then, tries neither the reset register nor the keyboard controller first, and ends in
 * "reboot=bios" (Linux, {@code arch/x86/kernel/reboot.c}, {@code efi_reboot_required}). Without this, such a CPU would go round through zeroes for ever.
 */
final class ResetVector {
    private ResetVector() {
    }

    /** Position-independent code of 16 bits, for {@link X86Map#RESET_VECTOR_GPA}. */
    static byte[] code() {
        return new LittleEndian()
                .u8(0xfa)                                          // cli
                .u8(0xba).u16(X86Map.RESET_CONTROL_PORT)           // mov dx, port
                .u8(0xb0).u8(X86Map.RESET_CONTROL_VALUE)           // mov al, value
                .u8(0xee)                                          // out dx, al
                .u8(0xf4)                                          // hlt
                .u8(0xeb).u8(0xfd)                                 // jmp to hlt
                .toBytes();
    }
}
