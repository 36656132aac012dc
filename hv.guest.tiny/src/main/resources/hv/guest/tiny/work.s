# ---- workloads; each has a checksum that can be computed elsewhere
        .equ LCG_A, 6364136223846793005
        .equ LCG_C, 1442695040888963407

# lines N: N numbered lines of 64 bytes with their end (carriage return, line feed)
c_lines:
        addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        li   a1, 10
        call number
        mv   s1, a0
        li   s0, 0
1:      bgeu s0, s1, 2f
        addi s0, s0, 1
        la   a0, s_line
        call puts
        mv   a0, s0
        li   a1, 8
        call putud
        la   a0, s_filler
        call puts
        j    1b
2:      ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret

# sum N: x = x * A + i, x ^= x >> 29, for i = 1 .. N
c_sum:  addi sp, sp, -16
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        li   a1, 1000000
        call number
        mv   s0, a0
        la   a0, s_sum
        mv   a1, s0
        call result
        mv   a1, s0
        call sum
        call puthex
        call newline
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 16
        ret

sum:    li   a0, 0
        li   t0, 0
        li   t1, LCG_A
1:      bgeu t0, a1, 2f
        addi t0, t0, 1
        mul  a0, a0, t1
        add  a0, a0, t0
        srli t2, a0, 29
        xor  a0, a0, t2
        j    1b
2:      ret

# mem N: N times 1 MiB is written in order (v = v * A + C, from v = pass) and read with a stride of 4097 words; x = rotl(x, 1) ^ v
c_mem:  addi sp, sp, -48
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        sd   s2, 24(sp)
        sd   s3, 32(sp)
        li   a1, 4
        call number
        mv   s0, a0
        la   a0, s_mem
        mv   a1, s0
        call result
        li   s1, 0                       # pass
        li   s2, 0                       # checksum
        li   s3, HIGH
        li   t3, LCG_A
        li   t4, LCG_C
        li   t5, 131072                  # words
1:      bgeu s1, s0, 4f
        addi s1, s1, 1
        mv   t0, s1
        mv   t1, s3
        mv   t2, t5
2:      mul  t0, t0, t3
        add  t0, t0, t4
        sd   t0, 0(t1)
        addi t1, t1, 8
        addi t2, t2, -1
        bnez t2, 2b
        mv   t2, t5
        li   t1, 0                       # index
        addi t6, t5, -1
        li   a2, 4097
3:      slli t0, t1, 3
        add  t0, t0, s3
        ld   t0, 0(t0)
        slli a0, s2, 1
        srli a1, s2, 63
        or   a0, a0, a1
        xor  s2, a0, t0
        add  t1, t1, a2
        and  t1, t1, t6
        addi t2, t2, -1
        bnez t2, 3b
        j    1b
4:      mv   a0, s2
        call puthex
        call newline
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        ld   s2, 24(sp)
        ld   s3, 32(sp)
        addi sp, sp, 48
        ret

# fp N: from x = 1: x = fma(x, 0.75, i), y = sqrt(x), x = x / (y + 1); sum of the bits of x, for i = 1 .. N
c_fp:   addi sp, sp, -16
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        li   a1, 100000
        call number
        mv   s0, a0
        la   a0, s_fp
        mv   a1, s0
        call result
        li   a0, 0
        li   t0, 0
        li   t1, 0x3ff0000000000000      # 1.0
        fmv.d.x fa0, t1
        fmv.d.x fa4, t1
        li   t1, 0x3fe8000000000000      # 0.75
        fmv.d.x fa1, t1
1:      bgeu t0, s0, 2f
        addi t0, t0, 1
        fcvt.d.lu fa2, t0
        fmadd.d fa0, fa0, fa1, fa2
        fsqrt.d fa3, fa0
        fadd.d fa3, fa3, fa4
        fdiv.d fa0, fa0, fa3
        fmv.x.d t1, fa0
        add  a0, a0, t1
        j    1b
2:      call puthex
        call newline
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 16
        ret

# ---- user N: the loop of sum in U mode, and what U mode must not do
c_user: addi sp, sp, -16
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        li   a1, 100000
        call number
        mv   s0, a0
        la   t0, user_code               # copied: it needs pages of its own
        la   t1, user_code_end
        la   t2, user_page
1:      lw   t3, 0(t0)
        sw   t3, 0(t2)
        addi t0, t0, 4
        addi t2, t2, 4
        bltu t0, t1, 1b
        fence.i
        sd   zero, V_USER_TRAPS(gp)
        sd   zero, V_USER_CAUSES(gp)
        sd   zero, V_USER_CALLS(gp)
        la   a0, s_user
        mv   a1, s0
        call result
        mv   a0, s0
        call user_run
        call puthex
        la   a0, s_user_calls
        call puts
        ld   a0, V_USER_CALLS(gp)
        call putu
        la   a0, s_user_traps
        call puts
        ld   a0, V_USER_TRAPS(gp)
        call putu
        la   a0, s_user_causes
        call puts
        ld   a0, V_USER_CAUSES(gp)
        call puthex
        call newline
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 16
        ret

user_run:
        addi sp, sp, -112
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        sd   s2, 24(sp)
        sd   s3, 32(sp)
        sd   s4, 40(sp)
        sd   s5, 48(sp)
        sd   s6, 56(sp)
        sd   s7, 64(sp)
        sd   s8, 72(sp)
        sd   s9, 80(sp)
        sd   s10, 88(sp)
        sd   s11, 96(sp)
        csrci sstatus, 2
        sd   sp, V_USER_SP(gp)
        csrw sscratch, sp
        li   t0, 0x100
        csrc sstatus, t0                 # to U mode
        li   t0, 0x20
        csrs sstatus, t0                 # with interrupts on
        li   t0, USER
        csrw sepc, t0
        li   sp, USER + 0x2000
        sret

# a0 = cause, a2 = sepc of an exception of user code
user_trap:
        li   t0, 1
        sll  t0, t0, a0
        ld   t1, V_USER_CAUSES(gp)
        or   t1, t1, t0
        sd   t1, V_USER_CAUSES(gp)
        addi a2, a2, 4                   # user code has no compressed instructions
        sd   a2, 256(sp)
        li   t0, 8
        beq  a0, t0, 1f
        ld   t0, V_USER_TRAPS(gp)
        addi t0, t0, 1
        sd   t0, V_USER_TRAPS(gp)
        li   t1, 100                     # user code that runs away ends here
        bgtu t0, t1, 2f
        j    trap_return
1:      ld   t0, 136(sp)                 # a7: 1 = counts, else exit
        li   t1, 1
        bne  t0, t1, 2f
        ld   t0, V_USER_CALLS(gp)
        addi t0, t0, 1
        sd   t0, V_USER_CALLS(gp)
        j    trap_return
2:      ld   a0, 80(sp)
        ld   sp, V_USER_SP(gp)
        csrsi sstatus, 2
        j    unwind

        .align 2
user_code:
        addi sp, sp, -16
        sd   a0, 0(sp)
        ld   a1, 0(sp)
        li   a0, 0
        li   t0, 0
        li   t1, LCG_A
1:      bgeu t0, a1, 2f
        addi t0, t0, 1
        mul  a0, a0, t1
        add  a0, a0, t0
        srli t2, a0, 29
        xor  a0, a0, t2
        j    1b
2:      li   a7, 1
        ecall
        csrr t0, sstatus                 # illegal
        li   t0, 0x80200000
        ld   t1, 0(t0)                   # the kernel's page: load page fault
        sd   t1, 0(t0)                   # store page fault
        sret                             # illegal
        ebreak
        li   t0, USER
        sd   zero, 0(t0)                 # its own code: store page fault
        li   a7, 1
        ecall
        li   a7, 0
        ecall
user_code_end:

# ---- harts: the others are started, wait for an interrupt, count together with this one, and stop
        .equ COUNTS, 100000
c_harts:
        addi sp, sp, -48
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        sd   s2, 24(sp)
        sd   s3, 32(sp)
        sd   zero, V_READY(gp)
        sd   zero, V_DONE(gp)
        sd   zero, V_COUNT_AMO(gp)
        sd   zero, V_COUNT_LRSC(gp)
        sd   zero, V_GO(gp)
        li   s0, 0                       # hart
        li   s1, 0                       # started
        li   s2, 0                       # their mask
1:      ld   t0, V_BOOT_HART(gp)
        beq  s0, t0, 2f
        mv   a0, s0
        la   a1, other_hart
        la   a2, stacks                  # its stack
        addi t0, s0, 1
        slli t0, t0, 12
        add  a2, a2, t0
        li   a7, 0x48534d                # SBI HSM, hart_start
        li   a6, 0
        ecall
        bnez a0, 2f                      # no such hart
        addi s1, s1, 1
        li   t0, 1
        sll  t0, t0, s0
        or   s2, s2, t0
2:      addi s0, s0, 1
        li   t0, HARTS_MAX
        bltu s0, t0, 1b
        la   a0, s_harts
        call puts
        mv   a0, s1
        call putu
        la   a0, s_harts_started
        call puts
        addi a0, gp, V_READY
        mv   a1, s1
        call await
        bnez a0, 8f
        beqz s2, 3f
        # fences first: a hart that stops meanwhile would hold up the firmware of some machines
        mv   a0, s2
        li   a1, 0
        li   a7, 0x52464e43              # SBI RFENCE, remote_fence_i
        li   a6, 0
        ecall
        bnez a0, 8f
        mv   a0, s2
        li   a1, 0
        li   a2, 0
        li   a3, -1
        li   a7, 0x52464e43              # remote_sfence_vma, all addresses
        li   a6, 1
        ecall
        bnez a0, 8f
        li   t0, 1
        sd   t0, V_GO(gp)
        fence rw, rw
        mv   a0, s2
        li   a1, 0
        li   a7, 0x735049                # SBI IPI, send_ipi
        li   a6, 0
        ecall
        bnez a0, 8f
3:      call count
        addi a0, gp, V_DONE
        mv   a1, s1
        call await
        bnez a0, 8f
        ld   s3, V_COUNT_AMO(gp)
        mv   a0, s3
        call putu
        la   a0, s_harts_and
        call puts
        ld   a0, V_COUNT_LRSC(gp)
        call putu
        la   a0, s_harts_counted
        call puts
        addi t0, s1, 1
        li   t1, COUNTS
        mul  t0, t0, t1
        bne  t0, s3, 8f
        ld   s3, V_COUNT_LRSC(gp)
        bne  t0, s3, 8f
        # until all have stopped, so that they can be started again
        li   s0, 0
4:      srl  t0, s2, s0
        andi t0, t0, 1
        beqz t0, 6f
        rdtime s3
        li   t0, 10 * TIMEBASE_HZ
        add  s3, s3, t0
5:      mv   a0, s0
        li   a7, 0x48534d                # SBI HSM, hart_get_status
        li   a6, 2
        ecall
        bnez a0, 8f
        li   t0, 1                       # STOPPED
        beq  a1, t0, 6f
        rdtime t0
        bgtu t0, s3, 8f
        j    5b
6:      addi s0, s0, 1
        li   t0, HARTS_MAX
        bltu s0, t0, 4b
        la   a0, s_ok
        j    9f
8:      la   a0, s_failed
9:      call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        ld   s2, 24(sp)
        ld   s3, 32(sp)
        addi sp, sp, 48
        ret

# waits until the word at a0 is a1; a0 = 1 if it was not within 10 s
await:  rdtime t0
        li   t1, 10 * TIMEBASE_HZ
        add  t0, t0, t1
1:      ld   t1, 0(a0)
        beq  t1, a1, 2f
        rdtime t1
        bltu t1, t0, 1b
        li   a0, 1
        ret
2:      fence rw, rw
        li   a0, 0
        ret

count:  addi a0, gp, V_COUNT_AMO
        addi a1, gp, V_COUNT_LRSC
        li   t0, COUNTS
        li   t1, 1
1:      amoadd.d zero, t1, (a0)
2:      lr.d t2, (a1)
        addi t2, t2, 1
        sc.d t3, t2, (a1)
        bnez t3, 2b
        addi t0, t0, -1
        bnez t0, 1b
        ret

# a0 = hart, a1 = its stack
other_hart:
        mv   sp, a1
        call hart_setup
        call paging_on
        li   t0, 2
        csrw sie, t0                     # wfi ends with a software interrupt; none is taken, they are off
        li   t1, 1
        addi t0, gp, V_READY
        amoadd.d.aqrl zero, t1, (t0)
1:      wfi
        csrr t0, sip
        andi t0, t0, 2
        beqz t0, 1b
        csrci sip, 2
        ld   t0, V_GO(gp)
        beqz t0, 1b
        call count
        li   t1, 1
        addi t0, gp, V_DONE
        amoadd.d.aqrl zero, t1, (t0)
        li   a7, 0x48534d                # SBI HSM, hart_stop
        li   a6, 1
        ecall
2:      j    2b
