# The tiny guest: header, entry, paging, variables. Linked at 0x80200000, but every address is taken relative to pc.
# gp points to the variables, sp to the hart's stack, sscratch is 0 in the kernel and the kernel's sp while user code runs.

# ---- addresses of the virt board
        .equ TEST,   0x100000
        .equ RTC,    0x101000
        .equ PLIC,   0xc000000
        .equ UART,   0x10000000
        .equ VIRTIO, 0x10001000
        .equ TIMEBASE_HZ, 10000000
        .equ TICK, 1000000               # 100 ms

# ---- variables, offsets from gp
        .equ V_BOOT_HART, 0
        .equ V_FDT, 8
        .equ V_BOOT_TIME, 16
        .equ V_TICKS, 24
        .equ V_SSTC, 32                  # 1: stimecmp, 0: SBI TIME
        .equ V_SKIP, 40                  # 1: exceptions of the kernel are counted and the instruction is skipped
        .equ V_TRAPS, 48
        .equ V_RECOVER_SP, 56            # not 0: an exception ends the guarded call
        .equ V_CAUSE, 64
        .equ V_TVAL, 72
        .equ V_EPC, 80
        .equ V_HEAD, 88                  # input ring: bytes put, bytes taken
        .equ V_TAIL, 96
        .equ V_RX_OFF, 104               # 1: the ring was full, the UART's interrupt is off
        .equ V_LAST_CR, 112
        .equ V_RANDOM, 120
        .equ V_DISK, 128                 # registers of the disk's slot
        .equ V_CAPACITY, 136
        .equ V_FEATURES, 144
        .equ V_DISK_IRQS, 152
        .equ V_READY, 160
        .equ V_DONE, 168
        .equ V_COUNT_AMO, 176
        .equ V_COUNT_LRSC, 184
        .equ V_USER_SP, 192
        .equ V_USER_TRAPS, 200
        .equ V_USER_CAUSES, 208
        .equ V_USER_CALLS, 216
        .equ V_GO, 224
        .equ VARS_LEN, 256

        .equ RING_LEN, 4096
        .equ LINE_LEN, 1024
        .equ HARTS_MAX, 8

# ---- header of a flat Image (Linux, Documentation/arch/riscv/boot-image-header.rst)
start:  j    entry
        .word 0
        .dword 0x200000                  # text_offset
        .dword image_end - start         # image_size
        .dword 0                         # flags: little-endian
        .word 2, 0                       # version 0.2
        .dword 0
        .ascii "RISCV\0\0\0"
        .word 0x05435352, 0              # "RSC\x05"

# ---- the boot hart: a0 = hart id, a1 = device tree
entry:  csrw sie, zero
        csrci sstatus, 2
        mv   s0, a0
        mv   s1, a1
        la   t0, bss
        la   t1, bss_end
1:      sd   zero, 0(t0)
        addi t0, t0, 8
        bltu t0, t1, 1b
        la   sp, stack_top
        call hart_setup
        sd   s0, V_BOOT_HART(gp)
        sd   s1, V_FDT(gp)
        rdtime t0
        sd   t0, V_BOOT_TIME(gp)
        li   t0, 0x9e3779b97f4a7c15
        sd   t0, V_RANDOM(gp)
        call paging_build
        call paging_on
        call uart_init
        call plic_init
        call timer_init
        li   t0, 0x222                   # external, timer, software
        csrw sie, t0
        csrsi sstatus, 2
        la   a0, s_banner
        call puts
        j    shell

# what each hart needs: gp, traps, floating point on
hart_setup:
        la   gp, vars
        la   t0, trap
        csrw stvec, t0
        csrw sscratch, zero
        li   t0, 0x6000
        csrs sstatus, t0
        ret

# ---- Sv39: devices and RAM in place, the work buffer also at 0xffffffc000000000 in pages of 4 KiB, user pages at 0x40000000
        .equ HIGH, 0xffffffc000000000
        .equ USER, 0x40000000
        .equ PTE_DEVICE, 0xe7            # D A G . . W R V
        .equ PTE_KERNEL, 0xef            # D A G . X W R V
        .equ PTE_USER_CODE, 0xdb         # D A . U X . R V
        .equ PTE_USER_DATA, 0xd7         # D A . U . W R V

paging_build:
        la   t0, root
        li   t1, PTE_DEVICE              # 0 .. 1 GiB
        sd   t1, 0(t0)
        li   t1, (0x80000000 >> 2) | PTE_KERNEL
        sd   t1, 16(t0)                  # 2 .. 3 GiB
        li   t1, (0xc0000000 >> 2) | PTE_KERNEL
        sd   t1, 24(t0)                  # 3 .. 4 GiB
        la   t1, user_l1
        srli t2, t1, 2
        ori  t2, t2, 1
        sd   t2, 8(t0)                   # USER
        la   t3, user_l0
        srli t2, t3, 2
        ori  t2, t2, 1
        sd   t2, 0(t1)
        la   t1, user_page
        srli t2, t1, 2
        ori  t2, t2, PTE_USER_CODE
        sd   t2, 0(t3)
        la   t1, user_stack
        srli t2, t1, 2
        ori  t2, t2, PTE_USER_DATA
        sd   t2, 8(t3)
        la   t1, high_l1
        srli t2, t1, 2
        ori  t2, t2, 1
        li   t4, 2048
        add  t4, t0, t4
        sd   t2, 0(t4)                   # HIGH: entry 256 of the root
        la   t3, high_l0
        srli t2, t3, 2
        ori  t2, t2, 1
        sd   t2, 0(t1)
        la   t1, buffer
        srli t1, t1, 2
        ori  t1, t1, PTE_DEVICE
        li   t2, 256                     # pages of the buffer
        li   t4, 4096 >> 2
1:      sd   t1, 0(t3)
        add  t1, t1, t4
        addi t3, t3, 8
        addi t2, t2, -1
        bnez t2, 1b
        ret

paging_on:
        la   t0, root
        srli t0, t0, 12
        li   t1, 8
        slli t1, t1, 60
        or   t0, t0, t1
        sfence.vma
        csrw satp, t0
        sfence.vma
        ret
