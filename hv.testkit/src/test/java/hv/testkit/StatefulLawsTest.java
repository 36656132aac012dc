package hv.testkit;

import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import hv.api.state.Stateful;
import org.junit.jupiter.api.Test;

class StatefulLawsTest {
    /** A counter with a limit; good unless a subclass breaks it. */
    static class Counter implements Stateful {
        long count;
        int limit = 10;
        int calls;

        @Override
        public PartId id() {
            return new PartId("counter", new StateTag("counter", 1));
        }

        @Override
        public void sleep(Deadline by) {
            // It acts only when called.
        }

        @Override
        public void save(StateWriter out) {
            out.section("counter").putLong(count).putInt(limit);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("counter");
            long c = in.getLong();
            int l = in.getInt(1, 1000);
            if (c < 0 || c > l) {
                throw new StateException("count " + c + " above limit " + l);
            }
            in.end();
            count = c;
            limit = l;
        }

        @Override
        public void wake() {
            // Nothing to take up.
        }
    }

    abstract static class CounterLaws extends StatefulLaws<Counter> {
        @Override
        protected void exercise(Counter part) {
            part.count = 7;
            part.limit = 9;
        }
    }

    static class Good extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter();
        }
    }

    static class ChangesBeforeItChecks extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    in.section("counter");
                    count = in.getLong();
                    limit = in.getInt(1, 1000);
                    if (count < 0 || count > limit) {
                        throw new StateException("count " + count + " above limit " + limit);
                    }
                    in.end();
                }
            };
        }
    }

    static class CountsItsSaves extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void save(StateWriter out) {
                    count++;
                    super.save(out);
                }
            };
        }
    }

    static class ForgetsOneField extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    int kept = limit;
                    super.restore(in);
                    limit = kept;
                }
            };
        }
    }

    static class KeepsSomethingOfTheOldState extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    long kept = count;
                    super.restore(in);
                    count = Math.max(kept, count);
                }
            };
        }
    }

    static class LosesStateInItsSleep extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void wake() {
                    count = 0;
                }
            };
        }
    }

    static class GoesOnInItsSleep extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void sleep(Deadline by) {
                    count = Math.min(limit, count + 1);
                }
            };
        }
    }

    static class ThrowsWhatItShouldRefuse extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    in.section("counter");
                    long c = in.getLong();
                    int l = in.getInt();
                    in.end();
                    byte[] sized = new byte[l];
                    count = c;
                    limit = sized.length;
                }
            };
        }
    }

    static class IgnoresWhatItDoesNotKnow extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public void restore(StateReader in) throws StateException {
                    in.section("counter");
                    count = in.getLong();
                    limit = in.getInt();
                }
            };
        }
    }

    static class ChangesItsName extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public PartId id() {
                    return new PartId("counter/" + calls++, new StateTag("counter", 1));
                }
            };
        }
    }

    static class TakesEveryFormat extends CounterLaws {
        @Override
        protected Counter createPart() {
            return new Counter() {
                @Override
                public PartId id() {
                    return new PartId("counter", new StateTag("counter", 1 + calls++ % 2));
                }
            };
        }
    }

    @Test
    void goodPartsPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenPartsAreRejected() {
        Suites.rejects(ChangesBeforeItChecks.class, "refusedRestoreLeavesTheStateAlone");
        Suites.rejects(CountsItsSaves.class, "savingHasNoSideEffects");
        Suites.rejects(ForgetsOneField.class, "savedThenRestoredThenSavedGivesTheSameBytes");
        Suites.rejects(KeepsSomethingOfTheOldState.class, "restoreReplacesTheWholeState");
        Suites.rejects(LosesStateInItsSleep.class, "wakingUndoesASleep");
        Suites.rejects(GoesOnInItsSleep.class, "sleepingAgainChangesNothing");
        Suites.rejects(ThrowsWhatItShouldRefuse.class, "refusedRestoreLeavesTheStateAlone");
        Suites.rejects(IgnoresWhatItDoesNotKnow.class, "anUnknownSectionIsRefused");
        Suites.rejects(ChangesItsName.class, "identityIsConstant");
        Suites.rejects(TakesEveryFormat.class, "anotherFormatIsRefused");
    }
}
