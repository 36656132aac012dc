package hv.testkit;

import hv.api.bus.Bus;
import hv.api.interpreter.spi.Interpreter;
import hv.api.vcpu.Exit;
import hv.api.vcpu.ExitView;
import hv.api.vcpu.Next;
import hv.api.vcpu.Registers;
import hv.api.vcpu.Vcpu;
import hv.testkit.guest.RecordedGuest;
import org.junit.jupiter.api.Test;

class InterpreterLawsTest {
    /** Firmware with one call, 1: interrupt a vCPU. Good unless a subclass breaks it. */
    static class Sample extends Stateless implements Interpreter {
        @Override
        public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
            return switch (exit.view()) {
                case ExitView.Mmio a -> mmio(exit, a, bus);
                case ExitView.FirmwareCall c -> {
                    long error = c.arg(7) == 1 ? interrupt(c.arg(0), vcpu.guest()) : -2;
                    exit.completion().pair(error, 0);
                    yield Next.RESUME;
                }
                case ExitView.Privileged p -> {
                    exit.completion().trap(2, p.instruction());
                    yield Next.REFLECT;
                }
                default -> throw new IllegalStateException("not mine: " + exit.view().label());
            };
        }

        Next mmio(Exit exit, ExitView.Mmio a, Bus bus) {
            if (!bus.answers(a.gpa(), a.widthBytes())) {
                exit.completion().trap(5, a.gpa());
                return Next.REFLECT;
            }
            if (a.isWrite()) {
                bus.write(a.gpa(), a.widthBytes(), a.value());
            } else {
                exit.completion().value(bus.read(a.gpa(), a.widthBytes()));
            }
            return Next.RESUME;
        }

        @Override
        public void turnBegins(Vcpu vcpu) {
            // Its guest never asks.
        }

        @Override
        public void reset() {
            // It remembers nothing.
        }

        long interrupt(long target, Vcpu.Guest guest) {
            if (target < 0 || target >= guest.vcpuCount()) {
                return -3;
            }
            guest.vcpu((int) target).interrupt(1, true);
            return 0;
        }
    }

    abstract static class SampleLaws extends InterpreterLaws {
        @Override
        protected long[] interestingNumbers() {
            return new long[] {0, 1, 2};
        }

        @Override
        protected Registers createRegisters() {
            return new RecordedGuest(1, 4096).vcpu(0);
        }
    }

    static class Good extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample();
        }
    }

    static class BelievesTheGuest extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                long interrupt(long target, Vcpu.Guest guest) {
                    guest.vcpu((int) target).interrupt(1, true);
                    return 0;
                }
            };
        }
    }

    static class LeavesCallsUnanswered extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
                    return exit.view() instanceof ExitView.FirmwareCall c && c.arg(7) != 1 ? Next.RESUME : super.interpret(exit, vcpu, bus);
                }
            };
        }
    }

    static class AsksNobodyWhetherSomebodyAnswers extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                Next mmio(Exit exit, ExitView.Mmio a, Bus bus) {
                    exit.completion().value(a.isWrite() ? 0 : bus.read(a.gpa(), a.widthBytes()));
                    return Next.RESUME;
                }
            };
        }
    }

    static class WritesTwice extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                Next mmio(Exit exit, ExitView.Mmio a, Bus bus) {
                    super.mmio(exit, a, bus);
                    return super.mmio(exit, a, bus);
                }
            };
        }
    }

    static class ReflectsWithoutATrap extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                public Next interpret(Exit exit, Vcpu vcpu, Bus bus) {
                    return exit.view() instanceof ExitView.Privileged ? Next.REFLECT : super.interpret(exit, vcpu, bus);
                }
            };
        }
    }

    static class ReadsHalf extends SampleLaws {
        @Override
        protected Interpreter create() {
            return new Sample() {
                @Override
                Next mmio(Exit exit, ExitView.Mmio a, Bus bus) {
                    Next n = super.mmio(exit, a, bus);
                    if (!a.isWrite() && n == Next.RESUME) {
                        exit.completion().value((int) exit.completion().first());
                    }
                    return n;
                }
            };
        }
    }

    @Test
    void goodInterpretersPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenInterpretersAreRejected() {
        Suites.rejects(BelievesTheGuest.class, "hostileFirmwareCallsAlwaysComplete");
        Suites.rejects(LeavesCallsUnanswered.class, "hostileFirmwareCallsAlwaysComplete");
        Suites.rejects(AsksNobodyWhetherSomebodyAnswers.class, "anAccessWhereNobodyAnswersIsTheGuestsFault");
        Suites.rejects(WritesTwice.class, "writesReachTheBusOnce");
        Suites.rejects(ReflectsWithoutATrap.class, "hostileInstructionsAlwaysComplete");
        Suites.rejects(ReadsHalf.class, "readsGiveWhatTheBusGives");
    }
}
