package hv.engine.riscv.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Translates hot code of one machine in a thread of its own, and keeps what it made: harts that meet the same instructions get the same region. A region is
 * given to harts after HotSpot compiled it, so that no guest runs it in HotSpot's slow stages (doc/adr/0021).
 *
 * <p>Bounded: what does not fit in the queue is asked for again when it is hot once more. At the limit of regions all are forgotten, and those that are
 * still hot are made anew.
 */
final class Translator implements HotCode, AutoCloseable {
    private static final Logger LOG = System.getLogger("hv.engine.riscv");
    private static final int QUEUE = 2_000;
    /**
     * Calls of a new region that only enter it. HotSpot compiles it on the way, in this thread's time, with the flags that the platform's start sets; more
     * than its thresholds by far, since they grow with its queue. Without those flags it compiles while guests run it.
     */
    private static final int CALLS = 200;
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final Region NONE = new Region(Integer.MAX_VALUE) {
        @Override
        void link(HartCore stage) {
            throw new IllegalStateException("this shape was not translated");
        }

        @Override
        long run(HartCore c, long pc0, long left) {
            throw new IllegalStateException("this shape was not translated");
        }
    };

    /**
     * When translation is worth it, and what it may use.
     *
     * @param executions of a block until it is translated; at least 1
     * @param regions    most at once
     * @param atOnce     on the hart's thread, which waits for it, and without a rehearsal: for tests, that know what is executed
     */
    record Limits(int executions, int regions, boolean atOnce) {
    }

    /** @param block gets the region; by then it may be out of use */
    private record Request(Block block, RegionShape shape) {
    }

    private final String machine;
    private final MemorySegment ram;
    private final Limits limits;
    /** Drops all decoded code of the machine, and with it what harts hold of regions. */
    private final Runnable dropCode;
    private final ArrayBlockingQueue<Request> queue = new ArrayBlockingQueue<>(QUEUE);
    private final ConcurrentHashMap<RegionShape, Region> made = new ConcurrentHashMap<>();
    private final HartCore stage = Rehearsal.stage();
    /** Null: at once. */
    private final Thread thread;
    private volatile boolean closed;

    Translator(String machine, MemorySegment ram, Limits limits, Runnable dropCode) {
        this.machine = machine;
        this.ram = ram;
        this.limits = limits;
        this.dropCode = dropCode;
        thread = limits.atOnce ? null : new Thread(this::serve, "hv translator of " + machine);
        if (thread != null) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Regions that harts can meet now. */
    int regions() {
        return made.size();
    }

    @Override
    public int executions() {
        return limits.executions;
    }

    @Override
    public void hot(Block block) {
        RegionShape shape = RegionShape.of(block);
        if (shape == null) {
            return;
        }
        Region known = made.get(shape);
        if (known != null) {
            block.region = known == NONE ? null : known;
        } else if (limits.atOnce) {
            serve(new Request(block, shape));
        } else if (!queue.offer(new Request(block, shape))) {
            block.heat = limits.executions;
        }
    }

    private void serve() {
        try {
            while (!closed) {
                serve(queue.take());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void serve(Request r) {
        if (made.size() >= limits.regions) {
            LOG.log(Level.DEBUG, "{0}: {1} regions, the limit: all are forgotten", machine, made.size());
            made.clear();
            queue.clear();
            dropCode.run();
            return;
        }
        Region region = made.get(r.shape);
        if (region == null) {
            region = translate(r.shape);
            made.put(r.shape, region);
        }
        if (region != NONE) {
            r.block.region = region;
        }
    }

    private Region translate(RegionShape shape) {
        try {
            Region region = make(shape, ram, stage);
            for (int k = 0; k < CALLS && !closed && !limits.atOnce; k++) {
                enter(region, stage);
            }
            return region;
        } catch (RuntimeException | LinkageError e) {
            // One shape less; the guest's code is interpreted as before.
            LOG.log(Level.WARNING, machine + ": " + shape.at.length + " instructions cannot be translated, and are interpreted", e);
            return NONE;
        }
    }

    /** A region for code in that RAM, with all that it calls resolved. */
    static Region make(RegionShape shape, MemorySegment ram, HartCore stage) {
        byte[] bytes = RegionWriter.write(shape, ram);
        try {
            Region region = (Region) LOOKUP.defineHiddenClassWithClassData(bytes, ram, true).lookupClass().getDeclaredConstructor().newInstance();
            stage.rehearses = false;
            region.link(stage);
            return region;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a translated region cannot be made", e);
        }
    }

    private static void enter(Region region, HartCore stage) {
        stage.rehearses = true;
        try {
            region.run(stage, 0, 0);
            throw new IllegalStateException("a region did not leave its rehearsal");
        } catch (RegionRuntime.Rehearsed e) {
            // As it should: it was entered, no more.
            return;
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
