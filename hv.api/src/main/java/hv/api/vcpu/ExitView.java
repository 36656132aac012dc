package hv.api.vcpu;

/**
 * An exit to switch over, without {@code default}: the set is closed within a major version. Values are valid while the exit is handled.
 */
public sealed interface ExitView {
    /** Short name for counters, e.g. "mmio-read". */
    String label();

    /** An access to an address that is not RAM. A read is completed by {@link Completion#value}. */
    final class Mmio implements ExitView {
        long gpa;
        int widthBytes;
        boolean write;
        long value;

        Mmio() {
        }

        public long gpa() {
            return gpa;
        }

        /** 1, 2, 4 or 8. */
        public int widthBytes() {
            return widthBytes;
        }

        public boolean isWrite() {
            return write;
        }

        /** What is stored, zero-extended. */
        public long value() {
            return value;
        }

        @Override
        public String label() {
            return write ? "mmio-write" : "mmio-read";
        }
    }

    /** A port access (x86). A read is completed by {@link Completion#value}. */
    final class PortIo implements ExitView {
        int port;
        int widthBytes;
        boolean write;
        long value;

        PortIo() {
        }

        public int port() {
            return port;
        }

        public int widthBytes() {
            return widthBytes;
        }

        public boolean isWrite() {
            return write;
        }

        public long value() {
            return value;
        }

        @Override
        public String label() {
            return write ? "port-write" : "port-read";
        }
    }

    /** A call of the firmware. Completed by {@link Completion#pair} (RISC-V: error in a0, value in a1). */
    final class FirmwareCall implements ExitView {
        private final long[] args = new long[8];

        FirmwareCall() {
        }

        /** Argument i, 0 .. 7 (RISC-V: a0 .. a7; a7 extension, a6 function). */
        public long arg(int i) {
            return args[i];
        }

        /** Engine only. */
        public void setArg(int i, long value) {
            args[i] = value;
        }

        @Override
        public String label() {
            return "firmware-call";
        }
    }

    /** An instruction to be executed on the vCPU's registers by the interpreter, the program counter included. */
    final class Privileged implements ExitView {
        int instruction;
        int lengthBytes;
        long pc;

        Privileged() {
        }

        /** The instruction's bits; a 16-bit one zero-extended. */
        public int instruction() {
            return instruction;
        }

        public int lengthBytes() {
            return lengthBytes;
        }

        public long pc() {
            return pc;
        }

        @Override
        public String label() {
            return "privileged";
        }
    }

    /** The guest waits for an interrupt; the program counter is behind the waiting instruction. */
    final class Idle implements ExitView {
        Idle() {
        }

        @Override
        public String label() {
            return "idle";
        }
    }

    /** The budget is spent; or, where it has no bound of instructions, the guest spins (RISC-V: pause) and gives up what is left of it. */
    final class SliceEnd implements ExitView {
        SliceEnd() {
        }

        @Override
        public String label() {
            return "slice-end";
        }
    }

    /** Somebody asked the vCPU out of the guest. */
    final class Kicked implements ExitView {
        Kicked() {
        }

        @Override
        public String label() {
            return "kicked";
        }
    }

    /** A stop point of the debugger's; the instruction at the program counter was not executed, and there is nothing to complete. */
    final class Debug implements ExitView {
        boolean watchpoint;
        long va;
        boolean write;

        Debug() {
        }

        /** Whether it is an access to watched data, rather than a breakpoint. */
        public boolean isWatchpoint() {
            return watchpoint;
        }

        /** Of the instruction; for a watchpoint, of the first byte both accessed and watched. */
        public long va() {
            return va;
        }

        /** Watchpoint: whether the access is a store or an atomic read-modify-write. */
        public boolean isWrite() {
            return write;
        }

        @Override
        public String label() {
            return watchpoint ? "watchpoint" : "breakpoint";
        }
    }

    /** The engine cannot go on: the machine fails, alone. */
    final class Failure implements ExitView {
        String reason = "";

        Failure() {
        }

        public String reason() {
            return reason;
        }

        @Override
        public String label() {
            return "failure";
        }
    }
}
