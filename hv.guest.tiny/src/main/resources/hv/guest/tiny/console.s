# ---- console on the UART 16550: output polled, input by interrupt into a ring
uart_init:
        li   t0, UART
        sb   zero, 1(t0)
        li   t1, 0x03                    # 8n1, no divisor latch
        sb   t1, 3(t0)
        li   t1, 0x01                    # FIFOs on; what was typed already stays in them
        sb   t1, 2(t0)
        li   t1, 0x08                    # OUT2: interrupt to the line; no loop-back
        sb   t1, 4(t0)
        li   t1, 0x01                    # received data
        sb   t1, 1(t0)
        sd   zero, V_RX_OFF(gp)
        ret

uart_irq:
        li   t0, UART
        la   t4, ring
        ld   t1, V_HEAD(gp)
1:      lbu  t2, 5(t0)
        andi t2, t2, 1
        beqz t2, 3f
        ld   t2, V_TAIL(gp)
        sub  t2, t1, t2
        li   t3, RING_LEN
        bgeu t2, t3, 2f
        lbu  t2, 0(t0)
        addi t3, t3, -1
        and  t3, t3, t1
        add  t3, t3, t4
        sb   t2, 0(t3)
        addi t1, t1, 1
        j    1b
2:      sb   zero, 1(t0)                 # full: the rest waits in the UART
        li   t2, 1
        sd   t2, V_RX_OFF(gp)
3:      sd   t1, V_HEAD(gp)
        ret

# a0 = next byte of input; sleeps until there is one
getc:   csrci sstatus, 2
        ld   t0, V_HEAD(gp)
        ld   t1, V_TAIL(gp)
        bne  t0, t1, 1f
        wfi                              # wakes for what is pending, though interrupts are off: none can slip by
        csrsi sstatus, 2
        j    getc
1:      li   t2, RING_LEN - 1
        and  t2, t2, t1
        la   t3, ring
        add  t2, t2, t3
        lbu  a0, 0(t2)
        addi t1, t1, 1
        sd   t1, V_TAIL(gp)
        ld   t0, V_RX_OFF(gp)
        beqz t0, 2f
        sd   zero, V_RX_OFF(gp)
        li   t0, UART
        li   t1, 1
        sb   t1, 1(t0)
2:      csrsi sstatus, 2
        ret

# a0 = byte; a line feed gets its carriage return
putc:   li   t0, 10
        bne  a0, t0, 1f
        addi sp, sp, -16
        sd   ra, 0(sp)
        li   a0, 13
        call 1f
        li   a0, 10
        ld   ra, 0(sp)
        addi sp, sp, 16
1:      li   t0, UART
2:      lbu  t1, 5(t0)
        andi t1, t1, 0x20
        beqz t1, 2b
        sb   a0, 0(t0)
        ret

# a0 = text, ends with NUL
puts:   addi sp, sp, -16
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        mv   s0, a0
1:      lbu  a0, 0(s0)
        beqz a0, 2f
        addi s0, s0, 1
        call putc
        j    1b
2:      ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 16
        ret

newline:
        li   a0, 10
        j    putc

# a0 = number, printed as unsigned decimal
putu:   li   a1, 1
# ... with at least a1 digits
putud:  addi sp, sp, -48
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        addi s0, sp, 47
        sb   zero, 0(s0)
        li   t0, 10
1:      remu t1, a0, t0
        divu a0, a0, t0
        addi t1, t1, '0'
        addi s0, s0, -1
        sb   t1, 0(s0)
        addi a1, a1, -1
        bnez a0, 1b
        bgtz a1, 1b
        mv   a0, s0
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 48
        ret

# a0 = number, printed as 0x and 16 digits
puthex: addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        mv   s0, a0
        la   a0, s_0x
        call puts
        li   s1, 60
1:      srl  a0, s0, s1
        andi a0, a0, 15
        addi a0, a0, '0'
        li   t0, '9'
        bleu a0, t0, 2f
        addi a0, a0, 'a' - '9' - 1
2:      call putc
        addi s1, s1, -4
        bgez s1, 1b
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret

# reads a line into the buffer `line`, with echo, backspace, Ctrl-U and Ctrl-C
readline:
        addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        la   s0, line
        li   s1, 0                       # bytes so far
1:      call getc
        ld   t1, V_LAST_CR(gp)
        sd   zero, V_LAST_CR(gp)
        li   t0, 10
        bne  a0, t0, 2f
        bnez t1, 1b                      # the line feed of a pair
        j    9f
2:      li   t0, 13
        bne  a0, t0, 3f
        sd   t0, V_LAST_CR(gp)
        j    9f
3:      li   t0, 127
        beq  a0, t0, 5f
        li   t0, 8
        beq  a0, t0, 5f
        li   t0, 21
        beq  a0, t0, 6f
        li   t0, 3
        beq  a0, t0, 8f
        li   t0, ' '
        bltu a0, t0, 1b
        li   t0, LINE_LEN - 1
        bgeu s1, t0, 1b
        add  t0, s0, s1
        sb   a0, 0(t0)
        addi s1, s1, 1
        call putc
        j    1b
5:      beqz s1, 1b
        addi s1, s1, -1
        la   a0, s_rubout
        call puts
        j    1b
6:      beqz s1, 1b
        addi s1, s1, -1
        la   a0, s_rubout
        call puts
        j    6b
8:      la   a0, s_ctrl_c
        call puts
        li   s1, 0
9:      add  t0, s0, s1
        sb   zero, 0(t0)
        call newline
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret
