package hv.testkit;

import hv.api.allocator.spi.Account;
import hv.api.allocator.spi.Allocator;
import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.HostResources;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AllocatorLawsTest {
    /** Plain sums; good unless a subclass breaks it. */
    static class Sums implements Allocator {
        final TreeMap<String, long[]> grants = new TreeMap<>();
        HostResources host;

        Sums(HostResources host) {
            this.host = host;
        }

        long ramLeft() {
            return (long) (host.ramBytes() * host.memoryOvercommit()) - grants.values().stream().mapToLong(g -> g[0]).sum();
        }

        @Override
        public Decision decide(ResourceRequest request) {
            return switch (request) {
                case ResourceRequest.Admit r -> admit(r);
                case ResourceRequest.Release r -> release(r.machine());
                case ResourceRequest.StartVcpu r -> set(r.machine(), r.vcpu(), true);
                case ResourceRequest.StopVcpu r -> set(r.machine(), r.vcpu(), false);
            };
        }

        Decision admit(ResourceRequest.Admit r) {
            long cpus = (long) (host.cpus() * host.cpuOvercommit()) - grants.values().stream().mapToLong(g -> g[1]).sum();
            if (r.ramBytes() < 1 || r.vcpus() < 1 || grants.containsKey(r.machine()) || r.ramBytes() > ramLeft() || r.vcpus() > cpus) {
                return new Decision.Refused(r.machine() + " wants " + r.ramBytes() + " and " + r.vcpus() + " of " + ramLeft() + " and " + cpus
                        + " beside " + grants.keySet());
            }
            grants.put(r.machine(), new long[] {r.ramBytes(), r.vcpus(), 0, 0});
            return Decision.Granted.GRANTED;
        }

        Decision release(String machine) {
            grants.remove(machine);
            return Decision.Granted.GRANTED;
        }

        Decision set(String machine, int vcpu, boolean on) {
            long[] g = grants.get(machine);
            if (g == null || vcpu < 0 || vcpu >= g[1]) {
                return new Decision.Refused("no vCPU " + vcpu);
            }
            g[3] = on ? g[3] | 1L << vcpu : g[3] & ~(1L << vcpu);
            return Decision.Granted.GRANTED;
        }

        @Override
        public void touched(String machine, long ramBytes) {
            if (grants.containsKey(machine)) {
                grants.get(machine)[2] = ramBytes;
            }
        }

        @Override
        public List<Account> accounts() {
            List<Account> out = new ArrayList<>();
            grants.forEach((name, g) -> out.add(new Account(name, g[0], g[2], (int) g[1], Long.bitCount(g[3]))));
            return out;
        }

        @Override
        public void hostChanged(HostResources changed) {
            host = changed;
        }

        @Override
        public PartId id() {
            return new PartId("allocator", new StateTag("sums", 1));
        }

        @Override
        public void sleep(Deadline by) {
            // It acts only when called.
        }

        @Override
        public void save(StateWriter out) {
            out.section("sums").putInt(grants.size());
            grants.forEach((name, g) -> out.putString(name).putLongs(g));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("sums");
            TreeMap<String, long[]> fresh = new TreeMap<>();
            for (int left = in.getInt(0, 100); left > 0; left--) {
                fresh.put(in.getString(64), in.getLongs(4));
            }
            in.end();
            grants.clear();
            grants.putAll(fresh);
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

    static class Good extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host);
        }
    }

    static class CountsOnlyTheLargest extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                long ramLeft() {
                    return (long) (host.ramBytes() * host.memoryOvercommit()) - grants.values().stream().mapToLong(g -> g[0]).max().orElse(0);
                }
            };
        }
    }

    static class KeepsALittleOnRelease extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                private long kept;

                @Override
                long ramLeft() {
                    return super.ramLeft() - kept;
                }

                @Override
                Decision release(String machine) {
                    kept += grants.containsKey(machine) ? 4096 : 0;
                    return super.release(machine);
                }
            };
        }
    }

    static class CountsStarts extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                Decision set(String machine, int vcpu, boolean on) {
                    long[] g = grants.get(machine);
                    if (g == null || vcpu < 0 || vcpu >= g[1]) {
                        return new Decision.Refused("no vCPU " + vcpu);
                    }
                    g[3] = on ? g[3] << 1 | 1 : g[3] >>> 1;
                    return Decision.Granted.GRANTED;
                }
            };
        }
    }

    static class ForgetsItsGrants extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                public void restore(StateReader in) throws StateException {
                    super.restore(in);
                    grants.pollLastEntry();
                }
            };
        }
    }

    static class Overflows extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                Decision admit(ResourceRequest.Admit r) {
                    if (r.vcpus() == 1 && ramLeft() - r.ramBytes() + 4096 < ramLeft() - r.ramBytes()) {
                        grants.put(r.machine(), new long[] {r.ramBytes(), 1, 0, 0});
                        return Decision.Granted.GRANTED;
                    }
                    return r.ramBytes() < 0 ? new Decision.Granted() : super.admit(r);
                }
            };
        }
    }

    static class RefusesWithoutReason extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                Decision admit(ResourceRequest.Admit r) {
                    return super.admit(r) instanceof Decision.Refused ? new Decision.Refused("no") : Decision.Granted.GRANTED;
                }
            };
        }
    }

    static class EvictsWhenTheHostShrinks extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                public void hostChanged(HostResources changed) {
                    super.hostChanged(changed);
                    grants.clear();
                }
            };
        }
    }

    static class AdmitsAgain extends AllocatorLaws {
        @Override
        protected Allocator create(HostResources host) {
            return new Sums(host) {
                @Override
                Decision admit(ResourceRequest.Admit r) {
                    return grants.containsKey(r.machine()) && r.ramBytes() > 0 ? Decision.Granted.GRANTED : super.admit(r);
                }
            };
        }
    }

    @Test
    void goodAllocatorsPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenAllocatorsAreRejected() {
        Suites.rejects(CountsOnlyTheLargest.class, "neverPromisesMoreThanTheLimit");
        Suites.rejects(CountsOnlyTheLargest.class, "exactlyTheLimitIsGranted");
        Suites.rejects(KeepsALittleOnRelease.class, "releaseGivesEverythingBack");
        Suites.rejects(CountsStarts.class, "startedVcpusAreCountedOnce");
        Suites.rejects(ForgetsItsGrants.class, "grantsSurviveReplacement");
        Suites.rejects(Overflows.class, "nonsenseIsRefusedAndNeverThrown");
        Suites.rejects(RefusesWithoutReason.class, "refusalShowsItsArithmeticInOneLine");
        Suites.rejects(EvictsWhenTheHostShrinks.class, "aHostThatShrinksKeepsItsPromises");
        Suites.rejects(AdmitsAgain.class, "aNameIsAdmittedOnce");
        Suites.rejects(AdmitsAgain.class, "refusalChangesNothing");
    }
}
