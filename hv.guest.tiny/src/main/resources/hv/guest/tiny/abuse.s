# ---- what a good hypervisor survives

# spin: for ever, with interrupts; spin hard: without
c_spin: lbu  t0, 0(a0)
        beqz t0, 1f
        csrci sstatus, 2
1:      j    1b

# wild: jumps to where nothing is
c_wild: addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        la   s0, wild_places
        li   s1, 0
1:      la   a0, s_wild
        call puts
        ld   a0, 0(s0)
        call puthex
        ld   a0, 0(s0)
        call guard
        beqz a0, 2f
        la   a0, s_wild_cause
        call puts
        ld   a0, V_CAUSE(gp)
        call putu
        addi s1, s1, 1
2:      call newline
        addi s0, s0, 8
        la   t0, wild_end
        bltu s0, t0, 1b
        mv   a0, s1
        call putu
        la   a0, s_trapped
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret

        .align 3
wild_places:
        .dword 0, 0x1000, 0x100000, 0xc000000, 0x10000000, 0x50000000, 0x100000000, 0x4000000000
        .dword 0x7ffffffffffffffe, 0x8000000000000000, 0xffffffc000000000, 0xfffffffffffffffe
wild_end:

# crash: executes random bytes; does not come back
c_crash:
        addi sp, sp, -16
        li   a1, 1
        call number
        ld   t0, V_RANDOM(gp)
        mul  a0, a0, t0
        sd   a0, V_RANDOM(gp)
        la   a0, s_crash
        call puts
        la   s0, buffer
        li   s1, 131072
1:      call random
        sd   a0, 0(s0)
        addi s0, s0, 8
        addi s1, s1, -1
        bnez s1, 1b
        fence.i
        la   s0, buffer
        jalr s0
        j    shell

# illegal N: N rounds over encodings that mean nothing or are not allowed in S mode
        .equ ILLEGALS, 8
c_illegal:
        addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        li   a1, 1000
        call number
        mv   s0, a0
        mv   s1, a0
        sd   zero, V_TRAPS(gp)
        li   t0, 1
        sd   t0, V_SKIP(gp)
1:      beqz s0, 2f
        .half 0, 0                       # twice c.unimp
        .word 0xffffffff
        .word 0xc0001073                 # a write to cycle
        csrr t0, 0x300                   # mstatus
        csrw 0x341, t0                   # mepc
        .word 0x30200073                 # mret
        .word 0x0000007f                 # an encoding of more than 32 bits, in its first word
        addi s0, s0, -1
        j    1b
2:      sd   zero, V_SKIP(gp)
        la   a0, s_illegal
        mv   a1, s1
        call result
        ld   a0, V_TRAPS(gp)
        call putu
        la   a0, s_trapped
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret

# a0 = the next number of xorshift64*
random: ld   a0, V_RANDOM(gp)
        srli t0, a0, 12
        xor  a0, a0, t0
        slli t0, a0, 25
        xor  a0, a0, t0
        srli t0, a0, 27
        xor  a0, a0, t0
        sd   a0, V_RANDOM(gp)
        li   t0, 0x2545f4914f6cdd1d
        mul  a0, a0, t0
        ret

# poke N: N accesses of random width, place and value to device registers and to holes between them. Not written: the UART's data
# register (the console stays readable) and the power device. Afterwards all devices are set up anew.
c_poke: addi sp, sp, -80
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        sd   s2, 24(sp)
        sd   s3, 32(sp)
        sd   s4, 40(sp)
        sd   s5, 48(sp)
        li   a1, 1000
        call number
        mv   s0, a0
        mv   s1, a0
        csrw sie, zero
        sd   zero, V_TRAPS(gp)
        li   t0, 1
        sd   t0, V_SKIP(gp)
1:      beqz s0, 9f
        addi s0, s0, -1
        call random
        mv   s2, a0
        srli t0, s2, 8
        andi t0, t0, 7                   # which region
        li   t1, 24
        mul  t0, t0, t1
        la   t1, poke_regions
        add  t1, t1, t0
        ld   s3, 0(t1)                   # base
        ld   t2, 8(t1)                   # mask
        srli t0, s2, 11
        andi t0, t0, 1
        beqz t0, 2f
        ld   t2, 16(t1)                  # narrow mask: where registers are
2:      srli s4, s2, 32
        and  s4, s4, t2
        srli t0, s2, 12
        andi t0, t0, 7
        beqz t0, 3f                      # one in eight stays misaligned
        andi s4, s4, -8
        srli t0, s2, 15
        andi t0, t0, 4
        or   s4, s4, t0
3:      add  s3, s3, s4
        call random
        mv   s5, a0                      # value
        srli t0, s2, 16
        andi t0, t0, 3
        beqz t0, 4f
        andi s5, s5, 15                  # mostly small
        li   t1, 1
        bne  t0, t1, 4f
        la   s5, buffer                  # or an address of RAM that may be overwritten
        slli t0, a0, 44
        srli t0, t0, 47
        slli t0, t0, 3
        add  s5, s5, t0
4:      andi t0, s2, 1
        beqz t0, 6f                      # read
        li   t0, TEST
        li   t1, 0xfffff000
        and  t1, t1, s3
        beq  t0, t1, 6f
        li   t0, UART
        beq  s3, t0, 6f
        # write
        srli t0, s2, 18
        andi t0, t0, 3
        beqz t0, 5f
        addi t0, t0, -1
        beqz t0, 51f
        addi t0, t0, -1
        beqz t0, 52f
        sd   s5, 0(s3)
        j    1b
5:      sb   s5, 0(s3)
        j    1b
51:     sh   s5, 0(s3)
        j    1b
52:     sw   s5, 0(s3)
        j    1b
6:      srli t0, s2, 18
        andi t0, t0, 3
        beqz t0, 7f
        addi t0, t0, -1
        beqz t0, 71f
        addi t0, t0, -1
        beqz t0, 72f
        ld   t0, 0(s3)
        j    1b
7:      lb   t0, 0(s3)
        j    1b
71:     lh   t0, 0(s3)
        j    1b
72:     lw   t0, 0(s3)
        j    1b
9:      li   t0, VIRTIO
        li   t1, 8
        li   t2, 0x1000
10:     sw   zero, 0x70(t0)              # reset
        add  t0, t0, t2
        addi t1, t1, -1
        bnez t1, 10b
        ld   s2, V_TRAPS(gp)
        call uart_init
        li   t0, UART
        lbu  t0, 0(t0)                   # a poke may have emptied the FIFO: some UARTs fetch more only when one is read
        call plic_init
        sd   zero, V_SKIP(gp)
        li   t0, 0x222
        csrw sie, t0
        la   a0, s_poke
        mv   a1, s1
        call result
        mv   a0, s2
        call putu
        la   a0, s_trapped
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        ld   s2, 24(sp)
        ld   s3, 32(sp)
        ld   s4, 40(sp)
        ld   s5, 48(sp)
        addi sp, sp, 80
        ret

        .align 3
poke_regions:
        .dword PLIC, 0x3fffff, 0x30ff
        .dword UART, 0xff, 7
        .dword VIRTIO, 0x7fff, 0x70ff
        .dword VIRTIO, 0x7fff, 0x707f
        .dword RTC, 0xfff, 0x1f
        .dword TEST, 0xfff, 7
        .dword 0x2000000, 0xffff, 0x401f
        .dword 0x18000000, 0xffff, 0xff
