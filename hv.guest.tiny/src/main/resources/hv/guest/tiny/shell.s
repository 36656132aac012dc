# ---- command loop
shell:  la   sp, stack_top
        sd   zero, V_SKIP(gp)
        sd   zero, V_RECOVER_SP(gp)
        la   a0, s_prompt
        call puts
        call readline
        la   a0, line
        call spaces
        lbu  t0, 0(a0)
        beqz t0, shell
        mv   s0, a0                      # command
        call word
        mv   s1, a0                      # what follows it
        la   s2, commands
1:      ld   s3, 0(s2)                   # offset of the name
        beqz s3, 3f
        la   t0, start
        add  a0, s3, t0
        mv   a1, s0
        mv   a2, s1
        call same
        bnez a0, 2f
        addi s2, s2, 16
        j    1b
2:      ld   t1, 8(s2)
        la   t0, start
        add  t1, t1, t0
        mv   a0, s1
        call spaces
        jalr t1                          # a0 = arguments
        j    shell
3:      la   a0, s_unknown
        call puts
        sb   zero, 0(s1)
        mv   a0, s0
        call puts
        la   a0, s_unknown_end
        call puts
        j    shell

# a0 = first byte from a0 on that is no space
spaces: lbu  t0, 0(a0)
        li   t2, ' '
        bne  t0, t2, 1f
        addi a0, a0, 1
        j    spaces
1:      ret

# a0 = end of the word that begins at a0
word:   lbu  t0, 0(a0)
        beqz t0, 1f
        li   t2, ' '
        beq  t0, t2, 1f
        addi a0, a0, 1
        j    word
1:      ret

# a0 = 1 if the text at a0 is the word a1 .. a2
same:   lbu  t0, 0(a0)
        beq  a1, a2, 1f
        lbu  t2, 0(a1)
        bne  t0, t2, 2f
        addi a0, a0, 1
        addi a1, a1, 1
        j    same
1:      seqz a0, t0
        ret
2:      li   a0, 0
        ret

# a0 = arguments, a1 = default. a0 = number, decimal or 0x; returns to the shell with a word if it is none
number: lbu  t0, 0(a0)
        beqz t0, 8f
        li   t3, 10
        li   t2, '0'
        bne  t0, t2, 1f
        lbu  t0, 1(a0)
        li   t2, 'x'
        bne  t0, t2, 1f
        li   t3, 16
        addi a0, a0, 2
1:      li   a1, 0
2:      lbu  t0, 0(a0)
        addi t0, t0, -'0'
        li   t2, 10
        bltu t0, t2, 3f
        addi t0, t0, '0'
        ori  t0, t0, 0x20
        addi t0, t0, 10 - 'a'
        bltu t0, t2, 9f
3:      bgeu t0, t3, 9f
        mul  a1, a1, t3
        add  a1, a1, t0
        addi a0, a0, 1
        lbu  t0, 0(a0)
        beqz t0, 8f
        li   t2, ' '
        bne  t0, t2, 2b
8:      mv   a0, a1
        ret
9:      la   a0, s_no_number
        call puts
        j    shell

# "a0 <a1>: " as the beginning of a result
result: addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        mv   s0, a1
        call puts
        mv   a0, s0
        call putu
        la   a0, s_colon
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 32
        ret

c_help: la   a0, s_help
        j    puts

c_echo: addi sp, sp, -16
        sd   ra, 0(sp)
        call puts
        call newline
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

c_uname:
        addi sp, sp, -16
        sd   ra, 0(sp)
        la   a0, s_uname
        call puts
        li   a7, 0x10
        li   a6, 0                       # SBI specification version
        ecall
        srli a0, a1, 24
        call putu
        li   a0, '.'
        call putc
        li   a7, 0x10
        li   a6, 0
        ecall
        slli a0, a1, 40
        srli a0, a0, 40
        call putu
        la   a0, s_uname_impl
        call puts
        li   a7, 0x10
        li   a6, 1                       # implementation
        ecall
        mv   a0, a1
        call putu
        la   a0, s_uname_hart
        call puts
        ld   a0, V_BOOT_HART(gp)
        call putu
        la   a0, s_uname_timer
        call puts
        call timer_name
        la   a0, s_uname_fdt
        call puts
        ld   t0, V_FDT(gp)
        lwu  t1, 0(t0)
        li   t2, 0xedfe0dd0              # big-endian 0xd00dfeed
        la   a0, s_missing
        bne  t1, t2, 1f
        la   a0, s_found
1:      call puts
        call newline
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

timer_name:
        ld   t0, V_SSTC(gp)
        la   a0, s_sbi
        beqz t0, 1f
        la   a0, s_sstc
1:      j    puts

# timer [sbi]: which one ticks; the argument changes to SBI TIME
c_timer:
        addi sp, sp, -16
        sd   ra, 0(sp)
        lbu  t0, 0(a0)
        beqz t0, 1f
        sd   zero, V_SSTC(gp)
        call timer_next
1:      call timer_name
        call newline
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

# a0 = microseconds since boot
micros: rdtime a0
        ld   t0, V_BOOT_TIME(gp)
        sub  a0, a0, t0
        li   t0, TIMEBASE_HZ / 1000000
        divu a0, a0, t0
        ret

c_time: addi sp, sp, -16
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        call micros
        li   t0, 1000
        divu s0, a0, t0
        la   a0, s_time
        call puts
        li   t0, 1000
        divu a0, s0, t0
        call putu
        li   a0, '.'
        call putc
        li   t0, 1000
        remu a0, s0, t0
        li   a1, 3
        call putud
        la   a0, s_time_ticks
        call puts
        ld   a0, V_TICKS(gp)
        call putu
        la   a0, s_time_end
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        addi sp, sp, 16
        ret

# seconds since 1970, from the goldfish RTC: reading the low half latches the high one
c_date: addi sp, sp, -16
        sd   ra, 0(sp)
        la   a0, s_date
        call puts
        li   t0, RTC
        lwu  t1, 0(t0)
        lwu  a0, 4(t0)
        slli a0, a0, 32
        or   a0, a0, t1
        li   t0, 1000000000
        divu a0, a0, t0
        call putu
        call newline
        ld   ra, 0(sp)
        addi sp, sp, 16
        ret

# sleep N: N milliseconds in wfi
c_sleep:
        addi sp, sp, -32
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        li   a1, 1000
        call number
        mv   s1, a0
        li   t0, TIMEBASE_HZ / 1000
        mul  s0, a0, t0
        rdtime t0
        add  s0, s0, t0
1:      wfi                              # the tick is 100 ms
        rdtime t0
        bltu t0, s0, 1b
        la   a0, s_sleep
        mv   a1, s1
        call result
        la   a0, s_ok
        call puts
        ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        addi sp, sp, 32
        ret

c_poweroff:
        la   a0, s_poweroff
        call puts
        li   a0, 0                       # SBI SRST: shutdown
        li   s0, 0x5555
        j    1f
c_reboot:
        la   a0, s_reboot
        call puts
        li   a0, 1                       # cold reboot
        li   s0, 0x7777
1:      li   a1, 0
        li   a7, 0x53525354
        li   a6, 0
        ecall
        li   t0, TEST                    # no such SBI call: the board's device
        sw   s0, 0(t0)
2:      wfi
        j    2b

        .align 3
commands:
        .dword n_help - start, c_help - start
        .dword n_uname - start, c_uname - start
        .dword n_echo - start, c_echo - start
        .dword n_time - start, c_time - start
        .dword n_date - start, c_date - start
        .dword n_timer - start, c_timer - start
        .dword n_sleep - start, c_sleep - start
        .dword n_lines - start, c_lines - start
        .dword n_sum - start, c_sum - start
        .dword n_mem - start, c_mem - start
        .dword n_fp - start, c_fp - start
        .dword n_user - start, c_user - start
        .dword n_disk - start, c_disk - start
        .dword n_harts - start, c_harts - start
        .dword n_spin - start, c_spin - start
        .dword n_wild - start, c_wild - start
        .dword n_crash - start, c_crash - start
        .dword n_illegal - start, c_illegal - start
        .dword n_poke - start, c_poke - start
        .dword n_poweroff - start, c_poweroff - start
        .dword n_reboot - start, c_reboot - start
        .dword 0, 0
