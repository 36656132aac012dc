package hv.testkit;

import hv.api.allocator.spi.Decision;
import hv.api.allocator.spi.ResourceRequest;
import hv.api.bus.Wiring;
import hv.api.dispatcher.spi.Dispatcher;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Route;
import hv.api.vcpu.Vcpu;
import org.junit.jupiter.api.Test;

class DispatcherLawsTest {
    /** Good unless a subclass breaks it. */
    static class Sample extends Stateless implements Dispatcher {
        @Override
        public Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring) {
            return switch (exit.view()) {
                case ExitView.FirmwareCall c when c.arg(7) == 0x48534D && c.arg(6) == 0 -> start(exit, c, vcpu, wiring);
                case ExitView.FirmwareCall c when c.arg(7) == 0x48534D && c.arg(6) == 1 -> {
                    if (wiring.allocator().decide(new ResourceRequest.StopVcpu(vcpu.guest().name(), vcpu.index())) instanceof Decision.Refused) {
                        exit.routed(Route.ALLOCATOR);
                        exit.completion().pair(-1, 0);
                        yield Next.RESUME;
                    }
                    Next n = wiring.interpreter().interpret(exit, vcpu, wiring.bus());
                    exit.routed(Route.ALLOCATOR_AND_INTERPRETER);
                    yield n;
                }
                case ExitView.Mmio _, ExitView.PortIo _, ExitView.Privileged _, ExitView.FirmwareCall _ -> interpret(exit, vcpu, wiring);
                case ExitView.Idle _ -> Next.PARK;
                case ExitView.SliceEnd _, ExitView.Kicked _, ExitView.Debug _ -> Next.RESUME;
                case ExitView.Failure f -> fail(f, vcpu);
            };
        }

        Next fail(ExitView.Failure f, Vcpu vcpu) {
            vcpu.guest().fail(f.reason());
            return Next.STOP;
        }

        Next interpret(Exit exit, Vcpu vcpu, Wiring wiring) {
            exit.routed(Route.INTERPRETER);
            return wiring.interpreter().interpret(exit, vcpu, wiring.bus());
        }

        Next start(Exit exit, ExitView.FirmwareCall c, Vcpu vcpu, Wiring wiring) {
            long target = c.arg(0);
            if (!known(target, vcpu.guest())) {
                return interpret(exit, vcpu, wiring);
            }
            Decision d = wiring.allocator().decide(new ResourceRequest.StartVcpu(vcpu.guest().name(), (int) target));
            if (d instanceof Decision.Refused) {
                exit.routed(Route.ALLOCATOR);
                exit.completion().pair(-1, 0);
                return Next.RESUME;
            }
            Next n = wiring.interpreter().interpret(exit, vcpu, wiring.bus());
            exit.routed(Route.ALLOCATOR_AND_INTERPRETER);
            if (exit.completion().first() != 0) {
                giveBack((int) target, vcpu, wiring);
            }
            return n;
        }

        boolean known(long target, Vcpu.Guest guest) {
            return target >= 0 && target < guest.vcpuCount() && !guest.vcpu((int) target).isStarted();
        }

        void giveBack(int target, Vcpu vcpu, Wiring wiring) {
            wiring.allocator().decide(new ResourceRequest.StopVcpu(vcpu.guest().name(), target));
        }
    }

    static class Good extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample();
        }
    }

    static class AsksNobody extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                Next start(Exit exit, ExitView.FirmwareCall c, Vcpu vcpu, Wiring wiring) {
                    return interpret(exit, vcpu, wiring);
                }
            };
        }
    }

    static class KeepsTheGrant extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                void giveBack(int target, Vcpu vcpu, Wiring wiring) {
                    // Forgets to.
                }
            };
        }
    }

    static class TruncatesTheTarget extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                boolean known(long target, Vcpu.Guest guest) {
                    return (int) target < guest.vcpuCount();
                }
            };
        }
    }

    static class AlwaysResumes extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                Next interpret(Exit exit, Vcpu vcpu, Wiring wiring) {
                    super.interpret(exit, vcpu, wiring);
                    return Next.RESUME;
                }
            };
        }
    }

    static class SwallowsFailures extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                Next fail(ExitView.Failure f, Vcpu vcpu) {
                    return Next.STOP;
                }
            };
        }
    }

    static class SpinsWhenIdle extends DispatcherLaws {
        @Override
        protected Dispatcher create() {
            return new Sample() {
                @Override
                public Next dispatch(Exit exit, Vcpu vcpu, Wiring wiring) {
                    return exit.view() instanceof ExitView.Idle ? Next.RESUME : super.dispatch(exit, vcpu, wiring);
                }
            };
        }
    }

    @Test
    void goodDispatchersPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenDispatchersAreRejected() {
        Suites.rejects(AsksNobody.class, "aRefusedStartIsAnErrorToTheGuestAndStartsNothing");
        Suites.rejects(KeepsTheGrant.class, "aGrantThatStartedNothingGoesBack");
        Suites.rejects(TruncatesTheTarget.class, "hostileCallsNeverThrowAndNeverAskForVcpusThatAreNotThere");
        Suites.rejects(AlwaysResumes.class, "theInterpretersDecisionIsPassedOn");
        Suites.rejects(SwallowsFailures.class, "anEnginesFailureFailsTheMachineWithItsReason");
        Suites.rejects(SpinsWhenIdle.class, "aWaitingGuestParks");
    }
}
