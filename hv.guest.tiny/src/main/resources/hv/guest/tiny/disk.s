# ---- virtio-blk over MMIO, version 2 of the registers (virtio 1.2, sections 4.2 and 5.2). One queue of 8, one request at a time
        .equ DESC, 0                     # in the page `queue`
        .equ AVAIL, 256
        .equ USED, 512
        .equ HEADER, 1024
        .equ STATUS, 1040
        .equ BLK_IN, 0
        .equ BLK_OUT, 1
        .equ BLK_FLUSH, 4
        .equ DISK_SECTORS, 64            # of a round

# disk N: N rounds; each overwrites 64 sectors with a pattern, flushes, reads them back and compares
c_disk: addi sp, sp, -80
        sd   ra, 0(sp)
        sd   s0, 8(sp)
        sd   s1, 16(sp)
        sd   s2, 24(sp)
        sd   s3, 32(sp)
        sd   s4, 40(sp)
        sd   s5, 48(sp)
        sd   s6, 56(sp)
        li   a1, 1
        call number
        mv   s0, a0
        call disk_open
        mv   s1, a0
        la   a0, s_disk_none
        bltz s1, 8f
        la   a0, s_disk_legacy
        li   t0, 16
        beq  s1, t0, 8f
        la   a0, s_disk_setup
        li   t0, 17
        beq  s1, t0, 8f
        la   a0, s_disk_slot
        call puts
        mv   a0, s1
        call putu
        la   a0, s_comma
        call puts
        ld   a0, V_CAPACITY(gp)
        call putu
        la   a0, s_disk_sectors
        call puts
        ld   t0, V_FEATURES(gp)
        andi t0, t0, 1 << 9
        beqz t0, 1f
        la   a0, s_disk_flush
        call puts
1:      ld   t0, V_FEATURES(gp)
        andi t0, t0, 1 << 5
        la   a0, s_disk_readonly
        bnez t0, 7f
        ld   t0, V_CAPACITY(gp)
        li   t1, 2 * DISK_SECTORS
        la   a0, s_disk_small
        bltu t0, t1, 8f

        li   s2, 0                       # round
        li   s3, 0                       # errors
2:      bgeu s2, s0, 5f
        ld   t0, V_CAPACITY(gp)
        addi t0, t0, -DISK_SECTORS
        slli s4, s2, 6                   # 64 sectors further each round
        remu s4, s4, t0
        addi s2, s2, 1
        mv   a0, s2
        call pattern_write
        li   s5, 0
3:      li   a0, BLK_OUT                 # 8 requests of 4 KiB
        add  a1, s4, s5
        la   a2, buffer
        slli t0, s5, 9
        add  a2, a2, t0
        li   a3, 4096
        call disk_request
        snez a0, a0
        add  s3, s3, a0
        addi s5, s5, 8
        li   t0, DISK_SECTORS
        bltu s5, t0, 3b
        ld   t0, V_FEATURES(gp)
        andi t0, t0, 1 << 9
        beqz t0, 31f
        li   a0, BLK_FLUSH
        li   a1, 0
        li   a3, 0
        call disk_request
        snez a0, a0
        add  s3, s3, a0
31:     la   t0, buffer
        li   t1, DISK_SECTORS * 64
32:     sd   zero, 0(t0)
        addi t0, t0, 8
        addi t1, t1, -1
        bnez t1, 32b
        li   s5, 0
4:      li   a0, BLK_IN                  # 2 requests of 16 KiB
        add  a1, s4, s5
        la   a2, buffer
        slli t0, s5, 9
        add  a2, a2, t0
        li   a3, 16384
        call disk_request
        snez a0, a0
        add  s3, s3, a0
        addi s5, s5, 32
        li   t0, DISK_SECTORS
        bltu s5, t0, 4b
        mv   a0, s2
        call pattern_check
        add  s3, s3, a0
        j    2b

5:      li   a0, BLK_IN                  # behind the end: must be refused
        ld   a1, V_CAPACITY(gp)
        la   a2, buffer
        li   a3, 512
        call disk_request
        li   t0, 1                       # VIRTIO_BLK_S_IOERR
        beq  a0, t0, 6f
        addi s3, s3, 1
6:      ld   t0, V_DISK_IRQS(gp)
        snez t0, t0
        xori t0, t0, 1
        add  s3, s3, t0                  # no interrupt ever came: an error too
        la   a0, s_comma
        call puts
        mv   a0, s2
        call putu
        la   a0, s_disk_rounds
        call puts
        mv   a0, s3
        call putu
        la   a0, s_disk_errors
        call puts
        la   a0, s_ok
        beqz s3, 9f
        la   a0, s_failed
        j    9f
7:      call puts                        # read-only: one read
        li   a0, BLK_IN
        li   a1, 0
        la   a2, buffer
        li   a3, 512
        call disk_request
        mv   s3, a0
        la   a0, s_disk_read
        call puts
        la   a0, s_ok
        beqz s3, 9f
        la   a0, s_failed
        j    9f
8:      call puts
        j    10f
9:      call puts
        ld   t0, V_DISK(gp)
        sw   zero, 0x70(t0)              # reset: nothing of ours is left in the device
10:     ld   ra, 0(sp)
        ld   s0, 8(sp)
        ld   s1, 16(sp)
        ld   s2, 24(sp)
        ld   s3, 32(sp)
        ld   s4, 40(sp)
        ld   s5, 48(sp)
        ld   s6, 56(sp)
        addi sp, sp, 80
        ret

# a0 = round: fills DISK_SECTORS of the buffer
pattern_write:
        la   t0, buffer
        li   t1, DISK_SECTORS * 64
        li   t2, LCG_A
        li   t3, LCG_C
1:      mul  a0, a0, t2
        add  a0, a0, t3
        sd   a0, 0(t0)
        addi t0, t0, 8
        addi t1, t1, -1
        bnez t1, 1b
        ret

# a0 = round; a0 = words that differ
pattern_check:
        la   t0, buffer
        li   t1, DISK_SECTORS * 64
        li   t2, LCG_A
        li   t3, LCG_C
        li   t5, 0
1:      mul  a0, a0, t2
        add  a0, a0, t3
        ld   t4, 0(t0)
        xor  t4, t4, a0
        snez t4, t4
        add  t5, t5, t4
        addi t0, t0, 8
        addi t1, t1, -1
        bnez t1, 1b
        mv   a0, t5
        ret

# finds and sets up the first disk. a0 = slot, -1: none, 16: legacy registers, 17: it refuses
disk_open:
        li   t0, VIRTIO
        li   a0, 0
1:      lwu  t1, 0(t0)                   # MagicValue "virt"
        li   t2, 0x74726976
        bne  t1, t2, 2f
        lwu  t1, 8(t0)                   # DeviceID
        li   t2, 2
        beq  t1, t2, 3f
2:      li   t2, 0x1000
        add  t0, t0, t2
        addi a0, a0, 1
        li   t2, 8
        bltu a0, t2, 1b
        li   a0, -1
        ret
3:      sd   t0, V_DISK(gp)
        sd   zero, V_DISK_IRQS(gp)
        lwu  t1, 4(t0)                   # Version
        li   t2, 2
        bne  t1, t2, 8f
        sw   zero, 0x70(t0)              # Status: reset
4:      lwu  t1, 0x70(t0)
        bnez t1, 4b
        li   t1, 1                       # ACKNOWLEDGE
        sw   t1, 0x70(t0)
        li   t1, 3                       # DRIVER
        sw   t1, 0x70(t0)
        sw   zero, 0x14(t0)              # DeviceFeaturesSel
        lwu  t1, 0x10(t0)
        andi t1, t1, (1 << 9) | (1 << 5) # FLUSH, RO
        sd   t1, V_FEATURES(gp)
        sw   zero, 0x24(t0)              # DriverFeaturesSel
        sw   t1, 0x20(t0)
        li   t1, 1
        sw   t1, 0x24(t0)
        sw   t1, 0x20(t0)                # VERSION_1
        li   t1, 11                      # FEATURES_OK
        sw   t1, 0x70(t0)
        lwu  t1, 0x70(t0)
        andi t1, t1, 8
        beqz t1, 9f
        sw   zero, 0x30(t0)              # QueueSel
        lwu  t1, 0x34(t0)                # QueueNumMax
        li   t2, 8
        bltu t1, t2, 9f
        sw   t2, 0x38(t0)                # QueueNum
        la   t1, queue
        li   t2, 512                     # a page of zeros
        mv   t3, t1
5:      sd   zero, 0(t3)
        addi t3, t3, 8
        addi t2, t2, -1
        bnez t2, 5b
        sw   t1, 0x80(t0)                # QueueDesc
        srli t2, t1, 32
        sw   t2, 0x84(t0)
        addi t3, t1, AVAIL
        sw   t3, 0x90(t0)                # QueueDriver
        sw   t2, 0x94(t0)
        addi t3, t1, USED
        sw   t3, 0xa0(t0)                # QueueDevice
        sw   t2, 0xa4(t0)
        li   t1, 1
        sw   t1, 0x44(t0)                # QueueReady
        li   t1, 15                      # DRIVER_OK
        sw   t1, 0x70(t0)
6:      lwu  t3, 0xfc(t0)                # ConfigGeneration
        lwu  t1, 0x100(t0)               # capacity
        lwu  t2, 0x104(t0)
        lwu  t4, 0xfc(t0)
        bne  t3, t4, 6b
        slli t2, t2, 32
        or   t1, t1, t2
        sd   t1, V_CAPACITY(gp)
        ret
8:      li   a0, 16
        ret
9:      li   a0, 17
        ret

# a0 = type, a1 = sector, a2 = data, a3 = bytes; a0 = status, 255: no answer within 10 s
disk_request:
        la   t0, queue
        li   t1, HEADER
        add  t1, t1, t0
        sw   a0, 0(t1)
        sw   zero, 4(t1)
        sd   a1, 8(t1)
        sd   t1, DESC(t0)                # descriptor 0: header
        li   t2, 16
        sw   t2, DESC + 8(t0)
        li   t2, 1                       # NEXT
        sh   t2, DESC + 12(t0)
        li   t2, 1
        bnez a3, 1f
        li   t2, 2                       # no data: straight to the status
1:      sh   t2, DESC + 14(t0)
        sd   a2, DESC + 16(t0)           # descriptor 1: data
        sw   a3, DESC + 24(t0)
        li   t2, 1
        bnez a0, 2f
        li   t2, 3                       # NEXT, WRITE: the device writes
2:      sh   t2, DESC + 28(t0)
        li   t2, 2
        sh   t2, DESC + 30(t0)
        li   t1, STATUS
        add  t1, t1, t0
        li   t2, 255
        sb   t2, 0(t1)
        sd   t1, DESC + 32(t0)           # descriptor 2: status
        li   t2, 1
        sw   t2, DESC + 40(t0)
        li   t2, 2                       # WRITE
        sh   t2, DESC + 44(t0)
        sh   zero, DESC + 46(t0)
        lhu  t2, AVAIL + 2(t0)           # avail.idx
        andi t3, t2, 7
        slli t3, t3, 1
        add  t3, t3, t0
        sh   zero, AVAIL + 4(t3)         # ring[idx % 8] = descriptor 0
        fence rw, rw
        addi t2, t2, 1
        sh   t2, AVAIL + 2(t0)
        fence rw, rwio
        ld   t3, V_DISK(gp)
        sw   zero, 0x50(t3)              # QueueNotify
        slli t2, t2, 48
        srli t2, t2, 48
        rdtime t4
        li   t5, 10 * TIMEBASE_HZ
        add  t4, t4, t5
3:      csrci sstatus, 2
        lhu  t5, USED + 2(t0)
        beq  t5, t2, 4f
        wfi                              # the interrupt, or a tick
        csrsi sstatus, 2
        rdtime t5
        bltu t5, t4, 3b
4:      csrsi sstatus, 2
        fence rw, rw
        lbu  a0, STATUS(t0)
        ret
