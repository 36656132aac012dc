package hv.testkit;

import hv.api.scheduler.spi.Pick;
import hv.api.scheduler.spi.SchedulerPolicy;
import hv.api.scheduler.spi.Share;
import hv.api.scheduler.spi.TurnEnd;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SchedulerPolicyLawsTest {
    /** First come, first served; good unless a subclass breaks it. */
    static class Plain implements SchedulerPolicy {
        final Map<Integer, Share> members = new TreeMap<>();
        final Deque<Integer> line = new ArrayDeque<>();
        final Set<Integer> running = new TreeSet<>();
        int cpus;

        @Override
        public void add(int key, int machine, Share share, long nowNanos) {
            members.put(key, share);
        }

        @Override
        public void remove(int key) {
            members.remove(key);
            line.remove(key);
        }

        @Override
        public void share(int key, Share share, long nowNanos) {
            members.replace(key, share);
        }

        @Override
        public void machineCap(int machine, int capPercent, long nowNanos) {
            // All are equal here.
        }

        @Override
        public int ready(int key, long nowNanos) {
            if (members.containsKey(key) && !running.contains(key) && !line.contains(key)) {
                line.add(key);
            }
            return NO_CPU;
        }

        @Override
        public void blocked(int key, long nowNanos) {
            line.remove(key);
        }

        @Override
        public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
            running.remove(key);
            if (end != TurnEnd.BLOCKED) {
                line.add(key);
            }
        }

        @Override
        public void hostCpus(int count) {
            cpus = count;
        }

        @Override
        public void pick(int hostCpu, long nowNanos, Pick out) {
            for (int key : line) {
                if (mayRun(key, hostCpu)) {
                    line.remove(key);
                    running.add(key);
                    out.run(key, 1_000_000);
                    return;
                }
            }
            out.nobody();
        }

        boolean mayRun(int key, int hostCpu) {
            return !members.containsKey(key) || members.get(key).mayRunOn(hostCpu);
        }

        @Override
        public PartId id() {
            return new PartId("policy", new StateTag("plain", 1));
        }

        @Override
        public void sleep(Deadline by) {
            // It acts only when called.
        }

        @Override
        public void save(StateWriter out) {
            out.section("plain").putInt(members.size()).putInt(line.size()).putInt(running.size());
            out.putLongs(members.keySet().stream().mapToLong(i -> i).toArray()).putLongs(line.stream().mapToLong(i -> i).toArray())
                    .putLongs(running.stream().mapToLong(i -> i).toArray());
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("plain");
            int m = in.getInt(0, 10_000);
            int l = in.getInt(0, 10_000);
            int r = in.getInt(0, 10_000);
            long[] ms = in.getLongs(m);
            long[] ls = in.getLongs(l);
            long[] rs = in.getLongs(r);
            in.end();
            for (long v : ms) {
                members.put((int) v, Share.USUAL);
            }
            for (long v : ls) {
                line.add((int) v);
            }
            for (long v : rs) {
                running.add((int) v);
            }
        }

        @Override
        public void wake() {
            // It acts only when called.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    /** Keeps to nothing but affinities. */
    abstract static class PlainLaws extends SchedulerPolicyLaws {
        @Override
        protected Set<Keeps> keeps() {
            return EnumSet.noneOf(Keeps.class);
        }
    }

    /** Claims to keep to all, and does to nothing. */
    static class KeepsToNothing extends SchedulerPolicyLaws {
        @Override
        protected Set<Keeps> keeps() {
            return EnumSet.allOf(Keeps.class);
        }

        @Override
        protected SchedulerPolicy create() {
            return new Plain();
        }
    }

    static class RunsAnywhere extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                boolean mayRun(int key, int hostCpu) {
                    return true;
                }
            };
        }
    }

    static class LooksAtTheFirstAlone extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    if (line.isEmpty() || !mayRun(line.peek(), hostCpu)) {
                        out.nobody();
                    } else {
                        super.pick(hostCpu, nowNanos, out);
                    }
                }
            };
        }
    }

    /** Strict priority without aging. */
    static class ForgetsTheLow extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    boolean urgent = line.stream().anyMatch(k -> members.get(k).priority() > 0);
                    line.stream().filter(k -> !urgent || members.get(k).priority() > 0).findFirst().ifPresent(k -> {
                        line.remove(k);
                        line.addFirst(k);
                    });
                    super.pick(hostCpu, nowNanos, out);
                }
            };
        }
    }

    static class Good extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain();
        }
    }

    static class PicksTheBlocked extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void blocked(int key, long nowNanos) {
                    // Forgets to leave the line.
                }
            };
        }
    }

    static class PicksTheGone extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void remove(int key) {
                    members.remove(key);
                }
            };
        }
    }

    static class PicksTwice extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    Integer key = line.peek();
                    super.pick(hostCpu, nowNanos, out);
                    if (key != null && nowNanos % 5 == 0) {
                        line.addFirst(key);
                    }
                }
            };
        }
    }

    static class LastComeFirstServed extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
                    running.remove(key);
                    if (end != TurnEnd.BLOCKED) {
                        line.addFirst(key);
                    }
                }
            };
        }
    }

    static class FavoursOne extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    super.pick(hostCpu, nowNanos, out);
                    if (out.key() == 0) {
                        out.run(0, 3_000_000);
                    }
                }
            };
        }
    }

    static class GivesNoTime extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    super.pick(hostCpu, nowNanos, out);
                    if (out.key() != Pick.NOBODY) {
                        out.run(out.key(), nowNanos % 100 == 0 ? 10 : 1_000_000);
                    }
                }
            };
        }
    }

    static class Dawdles extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                private int picks;

                @Override
                public void pick(int hostCpu, long nowNanos, Pick out) {
                    if (++picks % 10 == 0) {
                        out.nobody();
                    } else {
                        super.pick(hostCpu, nowNanos, out);
                    }
                }
            };
        }
    }

    static class LosesItsLine extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void restore(StateReader in) throws StateException {
                    super.restore(in);
                    line.poll();
                }
            };
        }
    }

    static class LosesWhoRanOnACpuThatLeft extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void ran(int key, int hostCpu, long ranNanos, TurnEnd end, long nowNanos) {
                    super.ran(key, hostCpu, ranNanos, hostCpu < cpus ? end : TurnEnd.BLOCKED, nowNanos);
                }
            };
        }
    }

    static class ForgetsWhoseShareChanged extends PlainLaws {
        @Override
        protected SchedulerPolicy create() {
            return new Plain() {
                @Override
                public void share(int key, Share share, long nowNanos) {
                    line.remove(key);
                }
            };
        }
    }

    @Test
    void goodPoliciesPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenPoliciesAreRejected() {
        Suites.rejects(PicksTheBlocked.class, "aBlockedVcpuIsNeverPicked");
        Suites.rejects(PicksTheGone.class, "aGoneVcpuIsNeverPicked");
        Suites.rejects(PicksTwice.class, "aVcpuIsNeverOnTwoHostCpus");
        Suites.rejects(LastComeFirstServed.class, "nobodyStarves");
        Suites.rejects(FavoursOne.class, "equalSharesGetEqualTime");
        Suites.rejects(GivesNoTime.class, "slicesAreWithinTheHostsBounds");
        Suites.rejects(Dawdles.class, "noHostCpuIdlesWhileAnUncappedVcpuIsReady");
        Suites.rejects(LosesItsLine.class, "handoverLosesNobody");
        Suites.rejects(LosesWhoRanOnACpuThatLeft.class, "whatRunsOnAHostCpuThatLeavesGoesOnElsewhere");
        Suites.rejects(RunsAnywhere.class, "aVcpuRunsOnlyWhereItsAffinityLetsIt");
        Suites.rejects(LooksAtTheFirstAlone.class, "aHostCpuDoesNotIdleBecauseOthersArePinned");
        Suites.rejects(ForgetsTheLow.class, "nobodyWaitsBeyondTheBoundWhateverTheShares");
        Suites.rejects(KeepsToNothing.class, "capsHold");
        Suites.rejects(KeepsToNothing.class, "sharesConvergeToWeights");
        Suites.rejects(KeepsToNothing.class, "theUrgentRunFirst");
        Suites.rejects(KeepsToNothing.class, "reservationsAreKept");
        Suites.rejects(ForgetsWhoseShareChanged.class, "sharesMayChangeAtAnyTime");
    }
}
