package hv.engine.riscv.internal;

import hv.api.riscv.spi.InterruptFile;
import java.util.ArrayList;
import java.util.List;

/** An interrupt file of 256 plain registers that remembers what its hart did to it; its top is set by the test. */
final class RecordedFile implements InterruptFile {
    final long[] registers = new long[256];
    final List<Integer> claims = new ArrayList<>();
    int top;

    @Override
    public long change(int register, long clear, long set) {
        long old = registers[register];
        registers[register] = old & ~clear | set;
        return old;
    }

    @Override
    public int top() {
        return top;
    }

    @Override
    public int claim() {
        int claimed = top;
        claims.add(claimed);
        top = 0;
        return claimed;
    }
}
