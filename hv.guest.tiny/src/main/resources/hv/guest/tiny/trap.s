# ---- traps. A frame on the kernel's stack: register n at 8n, sepc at 256, sstatus at 264
        .equ FRAME, 272
        .align 2
trap:   csrrw sp, sscratch, sp
        bnez sp, 1f                      # user code: sscratch was the kernel's sp
        csrrw sp, sscratch, sp           # kernel: undo
1:      addi sp, sp, -FRAME
        sd   x1, 8(sp)
        sd   x3, 24(sp)
        sd   x4, 32(sp)
        sd   x5, 40(sp)
        sd   x6, 48(sp)
        sd   x7, 56(sp)
        sd   x8, 64(sp)
        sd   x9, 72(sp)
        sd   x10, 80(sp)
        sd   x11, 88(sp)
        sd   x12, 96(sp)
        sd   x13, 104(sp)
        sd   x14, 112(sp)
        sd   x15, 120(sp)
        sd   x16, 128(sp)
        sd   x17, 136(sp)
        sd   x18, 144(sp)
        sd   x19, 152(sp)
        sd   x20, 160(sp)
        sd   x21, 168(sp)
        sd   x22, 176(sp)
        sd   x23, 184(sp)
        sd   x24, 192(sp)
        sd   x25, 200(sp)
        sd   x26, 208(sp)
        sd   x27, 216(sp)
        sd   x28, 224(sp)
        sd   x29, 232(sp)
        sd   x30, 240(sp)
        sd   x31, 248(sp)
        csrrw t0, sscratch, zero
        bnez t0, 1f
        addi t0, sp, FRAME
1:      sd   t0, 16(sp)
        csrr t0, sepc
        sd   t0, 256(sp)
        csrr t0, sstatus
        sd   t0, 264(sp)
        la   gp, vars
        csrr a0, scause
        bltz a0, interrupt
        csrr a1, stval
        ld   a2, 256(sp)
        andi t0, t0, 0x100
        bnez t0, 1f
        j    user_trap
1:
        ld   t0, V_SKIP(gp)
        bnez t0, skip
        ld   t0, V_RECOVER_SP(gp)
        bnez t0, recover

        # not expected: say so, and start the shell anew
        mv   s0, a0
        mv   s1, a1
        mv   s2, a2
        la   a0, s_trap
        call puts
        mv   a0, s0
        call putu
        la   a0, s_trap_pc
        call puts
        mv   a0, s2
        call puthex
        la   a0, s_trap_value
        call puts
        mv   a0, s1
        call puthex
        call newline
        la   sp, stack_top
        li   t0, 0x222
        csrw sie, t0
        csrsi sstatus, 2
        j    shell

# counts, and goes on behind the instruction
skip:   sd   a0, V_CAUSE(gp)
        ld   t0, V_TRAPS(gp)
        addi t0, t0, 1
        sd   t0, V_TRAPS(gp)
        lhu  t0, 0(a2)
        andi t0, t0, 3
        addi t0, t0, -3
        addi a2, a2, 2
        bnez t0, 1f
        addi a2, a2, 2
1:      sd   a2, 256(sp)
        j    trap_return

# ends the guarded call
recover:
        sd   a0, V_CAUSE(gp)
        sd   a1, V_TVAL(gp)
        sd   a2, V_EPC(gp)
        mv   sp, t0
        la   t0, guard_trapped
        csrw sepc, t0
        sret                             # interrupts as they were before the trap

# guard(a0 = function): calls it; a0 = 0, or 1 if an exception ended it
guard:  addi sp, sp, -112
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
        sd   sp, V_RECOVER_SP(gp)
        jalr a0
        li   a0, 0
        j    1f
guard_trapped:
        li   a0, 1
1:      sd   zero, V_RECOVER_SP(gp)
        # fall through

# unwinds a frame like guard's and returns to its caller
unwind: ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        ld   s2, 24(sp)
        ld   s3, 32(sp)
        ld   s4, 40(sp)
        ld   s5, 48(sp)
        ld   s6, 56(sp)
        ld   s7, 64(sp)
        ld   s8, 72(sp)
        ld   s9, 80(sp)
        ld   s10, 88(sp)
        ld   s11, 96(sp)
        addi sp, sp, 112
        ret

interrupt:
        andi a0, a0, 63
        li   t0, 5
        beq  a0, t0, timer_irq
        li   t0, 9
        beq  a0, t0, external_irq
        csrci sip, 2                     # software: only there to end wfi
        # fall through

trap_return:
        ld   t0, 264(sp)
        andi t1, t0, 0x100
        bnez t1, 1f
        addi t1, sp, FRAME
        csrw sscratch, t1                # back to user code
1:      csrw sstatus, t0
        ld   t0, 256(sp)
        csrw sepc, t0
        ld   x1, 8(sp)
        ld   x3, 24(sp)
        ld   x4, 32(sp)
        ld   x5, 40(sp)
        ld   x6, 48(sp)
        ld   x7, 56(sp)
        ld   x8, 64(sp)
        ld   x9, 72(sp)
        ld   x10, 80(sp)
        ld   x11, 88(sp)
        ld   x12, 96(sp)
        ld   x13, 104(sp)
        ld   x14, 112(sp)
        ld   x15, 120(sp)
        ld   x16, 128(sp)
        ld   x17, 136(sp)
        ld   x18, 144(sp)
        ld   x19, 152(sp)
        ld   x20, 160(sp)
        ld   x21, 168(sp)
        ld   x22, 176(sp)
        ld   x23, 184(sp)
        ld   x24, 192(sp)
        ld   x25, 200(sp)
        ld   x26, 208(sp)
        ld   x27, 216(sp)
        ld   x28, 224(sp)
        ld   x29, 232(sp)
        ld   x30, 240(sp)
        ld   x31, 248(sp)
        ld   x2, 16(sp)
        sret

# ---- timer: stimecmp where the hart has it, else SBI TIME
timer_init:
        addi sp, sp, -16
        sd   ra, 0(sp)
        sd   zero, V_TRAPS(gp)
        li   t0, 1
        sd   t0, V_SKIP(gp)
        li   t0, -1
        csrw stimecmp, t0
        sd   zero, V_SKIP(gp)
        ld   t0, V_TRAPS(gp)
        seqz t0, t0
        sd   t0, V_SSTC(gp)
        call timer_next
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

timer_next:
        rdtime a0
        li   t0, TICK
        add  a0, a0, t0
        ld   t0, V_SSTC(gp)
        beqz t0, 1f
        csrw stimecmp, a0
        ret
1:      li   a7, 0x54494d45              # SBI TIME, set_timer
        li   a6, 0
        ecall
        ret

timer_irq:
        ld   t0, V_TICKS(gp)
        addi t0, t0, 1
        sd   t0, V_TICKS(gp)
        call timer_next
        j    trap_return

# ---- PLIC: the context of this hart's S mode is 2*hart+1
# a0 = enable registers, a1 = threshold, a2 = claim and complete
plic_context:
        ld   t0, V_BOOT_HART(gp)
        slli t0, t0, 1
        addi t0, t0, 1
        li   a0, PLIC + 0x2000
        slli t1, t0, 7
        add  a0, a0, t1
        li   a1, PLIC + 0x200000
        slli t1, t0, 12
        add  a1, a1, t1
        addi a2, a1, 4
        ret

plic_init:
        addi sp, sp, -16
        sd   ra, 0(sp)
        call plic_context
        li   t0, -1                      # all on, so that each can be completed, should one be claimed
        sw   t0, 0(a0)
        sw   t0, 4(a0)
        sw   t0, 8(a0)
        li   t0, 1
        li   t1, 96
1:      sw   t0, 0(a2)
        addi t0, t0, 1
        bltu t0, t1, 1b
        sw   zero, 4(a0)
        sw   zero, 8(a0)
        li   t0, (1 << 10) | 0x1fe       # UART, virtio slots
        sw   t0, 0(a0)
        sw   zero, 0(a1)
        li   t0, PLIC
        li   t1, 10
        li   t2, 1
2:      addi t0, t0, 4
        sw   t2, 0(t0)                   # priority 1 for sources 1 .. 10
        addi t1, t1, -1
        bnez t1, 2b
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

external_irq:
        call plic_context
        mv   s1, a2
1:      lwu  s0, 0(s1)
        beqz s0, trap_return
        li   t0, 10
        bne  s0, t0, 2f
        call uart_irq
        j    3f
2:      li   t0, 8
        bgtu s0, t0, 3f
        addi t0, s0, -1                  # virtio slot
        slli t0, t0, 12
        li   t1, VIRTIO
        add  t0, t0, t1
        lwu  t1, 0x60(t0)
        sw   t1, 0x64(t0)
        ld   t1, V_DISK_IRQS(gp)
        addi t1, t1, 1
        sd   t1, V_DISK_IRQS(gp)
3:      sw   s0, 0(s1)
        j    1b
