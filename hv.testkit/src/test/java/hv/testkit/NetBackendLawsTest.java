package hv.testkit;

import hv.api.net.spi.LinkState;
import hv.api.net.spi.NetBackend;
import hv.api.net.spi.NetContext;
import hv.api.state.Deadline;
import hv.api.state.Handles;
import hv.api.state.StateException;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class NetBackendLawsTest {
    /** Two bounded queues; the connection is a handle. */
    static final class Cable implements Handles {
        private static final int FRAMES = 64;
        final ArrayDeque<byte[]> toWorld = new ArrayDeque<>();
        final ArrayDeque<byte[]> toGuest = new ArrayDeque<>();
        boolean plugged;
        boolean closed;
        boolean refused;
        Runnable told = () -> { };

        @Override
        public String claim() {
            return "memory:cable";
        }

        @Override
        public synchronized void close() {
            closed = true;
            notifyAll();
        }

        synchronized boolean take(byte[] f) {
            if (toWorld.size() == FRAMES) {
                refused = true;
                return false;
            }
            toWorld.add(f);
            notifyAll();
            return true;
        }
    }

    /** A backend of a cable in memory. Good unless a subclass breaks it. */
    static class Memory extends Stateless implements NetBackend {
        final Cable shared;
        final NetContext context;
        Cable cable;
        Runnable listener = () -> { };
        boolean reported;
        long dropped;

        Memory(Cable shared, NetContext context) {
            this.shared = shared;
            this.context = context;
        }

        @Override
        public void open() {
            cable = shared;
        }

        @Override
        public void onEvent(Runnable l) {
            listener = l;
        }

        @Override
        public boolean transmit(byte[] frame, int offset, int lenBytes) {
            if (!link().up()) {
                dropped++;
                return true;
            }
            return cable.take(java.util.Arrays.copyOfRange(frame, offset, offset + lenBytes));
        }

        @Override
        public void flush() {
            // Nothing waits.
        }

        @Override
        public int receive(byte[] into, int offset) {
            if (cable == null) {
                return 0;
            }
            synchronized (cable) {
                byte[] f = cable.toGuest.poll();
                cable.notifyAll();
                if (f == null) {
                    link();
                    return 0;
                }
                System.arraycopy(f, 0, into, offset, f.length);
                return f.length;
            }
        }

        @Override
        public LinkState link() {
            boolean up = cable != null && cable.plugged && !cable.closed;
            if (cable != null && cable.closed && !reported) {
                reported = true;
                context.report("the link is down: the cable was cut");
            }
            return new LinkState(up, up ? "a cable" : "the cable was cut", 1);
        }

        @Override
        public int mtu() {
            return 0;
        }

        @Override
        public long dropped() {
            return dropped;
        }

        @Override
        public void sleep(Deadline by) {
            if (cable != null) {
                cable.told = () -> { };
            }
        }

        @Override
        public void wake() {
            cable.told = () -> listener.run();
            listener.run();
        }

        @Override
        public Handles detach() {
            Cable c = cable;
            cable = null;
            return c;
        }

        @Override
        public void attach(Handles handles) throws StateException {
            if (!(handles instanceof Cable c)) {
                throw new StateException("no cable: " + handles.claim());
            }
            cable = c;
        }

        @Override
        public void close() {
            if (cable != null) {
                cable.close();
            }
        }
    }

    abstract static class MemoryLaws extends NetBackendLaws {
        final Cable cable = new Cable();

        @Override
        protected Peer connect() {
            cable.plugged = true;
            cable.told.run();
            return new Peer() {
                @Override
                public void send(byte[] frame) throws Exception {
                    synchronized (cable) {
                        while (cable.toGuest.size() >= Cable.FRAMES) {
                            cable.wait();
                        }
                        cable.toGuest.add(frame.clone());
                    }
                    cable.told.run();
                }

                @Override
                public byte[] receive(long millis) throws Exception {
                    byte[] f;
                    boolean again;
                    synchronized (cable) {
                        long end = System.nanoTime() + Math.min(millis, 500) * 1_000_000L;
                        while (cable.toWorld.isEmpty() && !cable.closed && System.nanoTime() < end) {
                            cable.wait(10);
                        }
                        f = cable.toWorld.poll();
                        again = cable.refused;
                        cable.refused = false;
                    }
                    if (again) {
                        cable.told.run();
                    }
                    return f;
                }

                @Override
                public void close() {
                    cable.close();
                    cable.told.run();
                }
            };
        }
    }

    static class Good extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context);
        }
    }

    static class TellsOfNothing extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public int receive(byte[] into, int offset) {
                    int n = super.receive(into, offset);
                    if (n == 0) {
                        listener.run();
                    }
                    return n;
                }
            };
        }
    }

    static class CutsLongFrames extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public boolean transmit(byte[] frame, int offset, int lenBytes) {
                    return super.transmit(frame, offset, Math.min(lenBytes, 2_000));
                }
            };
        }
    }

    static class KeepsTheBuffer extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public int receive(byte[] into, int offset) {
                    return super.receive(into, 0);
                }
            };
        }
    }

    static class DropsWhenFull extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public boolean transmit(byte[] frame, int offset, int lenBytes) {
                    super.transmit(frame, offset, lenBytes);
                    return true;
                }
            };
        }
    }

    static class SwapsFrames extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public int receive(byte[] into, int offset) {
                    synchronized (shared) {
                        if (shared.toGuest.size() > 8) {
                            shared.toGuest.add(shared.toGuest.poll());
                        }
                    }
                    return super.receive(into, offset);
                }
            };
        }
    }

    static class TalksInItsSleep extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public void sleep(Deadline by) {
                    // Goes on telling.
                }
            };
        }
    }

    static class ClosesWhatItGaveAway extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public void close() {
                    shared.close();
                }
            };
        }
    }

    static class TakesAnyHandle extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public void attach(Handles handles) throws StateException {
                    if (handles instanceof Cable) {
                        super.attach(handles);
                    }
                }
            };
        }
    }

    static class SaysNothingOfItsEnd extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                {
                    reported = true;
                }
            };
        }
    }

    static class LeavesItsPeerWaiting extends MemoryLaws {
        @Override
        protected NetBackend create(NetContext context) {
            return new Memory(cable, context) {
                @Override
                public void close() {
                    cable.take(new byte[20]);
                }
            };
        }
    }

    @Test
    void goodBackendsPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenBackendsAreRejected() {
        Suites.rejects(TellsOfNothing.class, "aWireOnWhichNothingComesTellsNothing");
        Suites.rejects(CutsLongFrames.class, "framesLeaveWholeAndInOrder");
        Suites.rejects(KeepsTheBuffer.class, "framesArriveWholeAndInOrder");
        Suites.rejects(DropsWhenFull.class, "aPeerThatDoesNotReadLosesNothing");
        Suites.rejects(SwapsFrames.class, "aModelThatDoesNotReadLosesNothing");
        Suites.rejects(TalksInItsSleep.class, "itSleepsWhateverItsPeerDoesAndLosesNothingByIt");
        Suites.rejects(ClosesWhatItGaveAway.class, "theConnectionMovesToASuccessorWithAllThatIsOnItsWay");
        Suites.rejects(TakesAnyHandle.class, "strangeHandlesAreRefused");
        Suites.rejects(SaysNothingOfItsEnd.class, "theLinkGoesWithThePeerAndSaysWhy");
        Suites.rejects(LeavesItsPeerWaiting.class, "itEndsWithItsConnection");
    }
}
