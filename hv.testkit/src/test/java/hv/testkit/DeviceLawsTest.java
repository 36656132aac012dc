package hv.testkit;

import hv.api.device.DeviceContext;
import hv.api.device.spi.Device;
import hv.api.state.Deadline;
import hv.api.state.PartId;
import hv.api.state.StateException;
import hv.api.state.StateReader;
import hv.api.state.StateTag;
import hv.api.state.StateWriter;
import org.junit.jupiter.api.Test;

class DeviceLawsTest {
    /** Sixteen bytes of scratch registers; the line is high while the last one is not zero. Good unless a subclass breaks it. */
    static class Scratch extends Stateless implements Device {
        final DeviceContext context;
        byte[] bytes = new byte[16];
        boolean asleep = true;

        Scratch(DeviceContext context) {
            this.context = context;
        }

        @Override
        public PartId id() {
            return new PartId("scratch", new StateTag("scratch", 1));
        }

        @Override
        public long read(long offset, int widthBytes) {
            long v = 0;
            for (int i = 0; i < widthBytes && offset + i < bytes.length; i++) {
                v |= (bytes[(int) offset + i] & 0xffL) << 8 * i;
            }
            return v;
        }

        @Override
        public void write(long offset, int widthBytes, long value) {
            for (int i = 0; i < widthBytes && offset + i < bytes.length; i++) {
                bytes[(int) offset + i] = (byte) (value >>> 8 * i);
            }
            update();
        }

        void update() {
            context.line().level(bytes[15] != 0);
        }

        @Override
        public void reset() {
            bytes = new byte[16];
            update();
        }

        @Override
        public void save(StateWriter out) {
            out.section("scratch").putBytes(bytes);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("scratch");
            byte[] b = in.getBytes(16);
            in.end();
            if (b.length != 16) {
                throw new StateException("scratch of " + b.length + " bytes");
            }
            bytes = b;
        }

        @Override
        public void sleep(Deadline by) {
            asleep = true;
        }

        @Override
        public void wake() {
            asleep = false;
            update();
        }

        @Override
        public void close() {
            if (!asleep) {
                context.line().level(false);
            }
        }
    }

    abstract static class ScratchLaws extends DeviceLaws {
        @Override
        protected long regionBytes() {
            return 32;
        }
    }

    static class Good extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context);
        }
    }

    static class ForgetsItsBounds extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public long read(long offset, int widthBytes) {
                    return bytes[(int) offset] & 0xff;
                }
            };
        }
    }

    static class ExtendsTheSign extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public long read(long offset, int widthBytes) {
                    long v = super.read(offset, widthBytes);
                    return widthBytes == 4 ? (int) v : v;
                }
            };
        }
    }

    static class ResetsHalf extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public void reset() {
                    java.util.Arrays.fill(bytes, 0, 8, (byte) 0);
                    update();
                }
            };
        }
    }

    static class LeavesItsLineHigh extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public void close() {
                    // Forgets the line.
                }
            };
        }
    }

    static class LowersItsSuccessorsLine extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public void close() {
                    context.line().level(false);
                }
            };
        }
    }

    static class ForgetsToReassert extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public void wake() {
                    // Its line stays as the host made it.
                }
            };
        }
    }

    static class LosesARegister extends ScratchLaws {
        @Override
        protected Device create(DeviceContext context) {
            return new Scratch(context) {
                @Override
                public void restore(StateReader in) throws StateException {
                    super.restore(in);
                    bytes[3] = 0;
                }
            };
        }
    }

    @Test
    void goodDevicesPass() {
        Suites.accepts(Good.class);
    }

    @Test
    void brokenDevicesAreRejected() {
        Suites.rejects(ForgetsItsBounds.class, "everyAccessIsAnswered");
        Suites.rejects(ExtendsTheSign.class, "everyAccessIsAnswered");
        Suites.rejects(ResetsHalf.class, "resetGivesTheResetState");
        Suites.rejects(LeavesItsLineHigh.class, "closingLowersItsLines");
        Suites.rejects(LowersItsSuccessorsLine.class, "closingASleeperLeavesItsSuccessorsLinesAlone");
        Suites.rejects(ForgetsToReassert.class, "aSuccessorAnswersAsTheOldOneWould");
        Suites.rejects(LosesARegister.class, "aSuccessorAnswersAsTheOldOneWould");
    }
}
