package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import hv.api.state.Deadline;
import hv.api.state.NotAsleepException;
import hv.api.state.StateException;
import hv.api.state.StateImage;
import hv.api.state.StateTag;
import hv.api.state.Stateful;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What holds for every part that can be put down and picked up.
 *
 * @param <P> the part
 */
public abstract class StatefulLaws<P extends Stateful> {
    private static final long SEED = 0x5EED_57A7EL;

    /** A new part, asleep. Every call gives an equal one. */
    protected abstract P createPart() throws Exception;

    /** Gives a running part some state, so that there is something to save. The same each time. */
    protected abstract void exercise(P part) throws Exception;

    /** Releases what {@link #createPart} made. */
    protected void dispose(P part) throws Exception {
        if (part instanceof AutoCloseable c) {
            c.close();
        }
    }

    /** A part with state, asleep. */
    private P asleep() throws Exception {
        P part = createPart();
        part.wake();
        exercise(part);
        sleep(part);
        return part;
    }

    private static void sleep(Stateful part) throws NotAsleepException {
        part.sleep(Deadline.afterMillis(1_000));
    }

    private static byte[] saved(Stateful part) throws StateException {
        return StateImage.of(part).toBytes();
    }

    @Test
    void identityIsConstant() throws Exception {
        P part = createPart();
        var before = part.id();
        part.wake();
        exercise(part);
        assertEquals(before, part.id());
        sleep(part);
        assertEquals(before, part.id());
        dispose(part);
    }

    @Test
    void savingHasNoSideEffects() throws Exception {
        P part = asleep();
        byte[] first = saved(part);
        assertArrayEquals(first, saved(part), "the second save differs from the first");
        assertArrayEquals(first, saved(part), "the third save differs from the first");
        dispose(part);
    }

    @Test
    void sleepingAgainChangesNothing() throws Exception {
        P part = asleep();
        byte[] first = saved(part);
        sleep(part);
        assertArrayEquals(first, saved(part));
        dispose(part);
    }

    @Test
    void wakingUndoesASleep() throws Exception {
        P part = asleep();
        byte[] first = saved(part);
        part.wake();
        sleep(part);
        assertArrayEquals(first, saved(part));
        dispose(part);
    }

    @Test
    void savedThenRestoredThenSavedGivesTheSameBytes() throws Exception {
        P old = asleep();
        byte[] first = saved(old);
        P successor = createPart();
        StateImage.of(old).into(successor);
        assertArrayEquals(first, saved(successor), "the successor saves something else than it was given");
        successor.wake();
        sleep(successor);
        assertArrayEquals(first, saved(successor), "the successor's state changed by waking it");
        dispose(old);
        dispose(successor);
    }

    @Test
    void restoreReplacesTheWholeState() throws Exception {
        P fresh = createPart();
        byte[] empty = saved(fresh);
        P part = asleep();
        StateImage.of(fresh).into(part);
        assertArrayEquals(empty, saved(part), "something of the old state is left after a restore");
        dispose(fresh);
        dispose(part);
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        P part = asleep();
        byte[] before = saved(part);
        StateTag tag = part.id().tag();
        StateImage other = StateImage.of(new StateTag(tag.name(), tag.version() + 1), before);
        assertThrows(StateException.class, () -> other.into(part));
        assertArrayEquals(before, saved(part));
        dispose(part);
    }

    @Test
    void anUnknownSectionIsRefused() throws Exception {
        P part = asleep();
        byte[] before = saved(part);
        byte[] name = "section-of-a-later-version".getBytes(StandardCharsets.UTF_8);
        byte[] more = Arrays.copyOf(before, before.length + 2 + name.length + 4);
        more[0]++;
        more[before.length] = (byte) name.length;
        System.arraycopy(name, 0, more, before.length + 2, name.length);
        if (more[0] == 0) {
            fail("the part saves 255 sections: this law cannot add one");
        }
        assertRefusedOrStable(part, before, more, "an added section");
        assertThrows(StateException.class, () -> StateImage.of(part.id().tag(), more).into(part), "a section it does not know was accepted");
        dispose(part);
    }

    @Test
    void refusedRestoreLeavesTheStateAlone() throws Exception {
        P source = asleep();
        byte[] good = saved(source);
        dispose(source);
        P victim = asleep();
        byte[] before = saved(victim);
        Random random = new Random(SEED);
        int cuts = Math.min(good.length, 600);
        for (int i = 0; i < cuts; i++) {
            int len = good.length <= 600 ? i : random.nextInt(good.length);
            assertRefusedOrStable(victim, before, Arrays.copyOf(good, len), "cut to " + len + " bytes");
        }
        for (int i = 0; i < 3_000; i++) {
            byte[] flipped = good.clone();
            int flips = 1 + random.nextInt(3);
            StringBuilder what = new StringBuilder("flipped bit");
            for (int k = 0; k < flips; k++) {
                int bit = random.nextInt(8 * flipped.length);
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                what.append(' ').append(bit);
            }
            assertRefusedOrStable(victim, before, flipped, what.toString());
        }
        for (int i = 0; i < 500; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            assertRefusedOrStable(victim, before, noise, "random image " + i);
        }
        for (int i = 0; i < 1_000; i++) {
            // Extreme values in a well-formed image reach the part's own checks more often than noise does.
            byte[] extreme = good.clone();
            int at = random.nextInt(extreme.length);
            Arrays.fill(extreme, at, Math.min(extreme.length, at + (random.nextBoolean() ? 4 : 8)), (byte) (random.nextBoolean() ? 0xff : 0));
            if (random.nextBoolean()) {
                extreme[at] = (byte) random.nextInt();
            }
            assertRefusedOrStable(victim, before, extreme, "extreme value at " + at);
        }
        victim.wake();
        sleep(victim);
        dispose(victim);
    }

    /** Refused: unchanged. Accepted: a state like any other, which the part saves and takes again; then the state before is put back. */
    private void assertRefusedOrStable(P part, byte[] before, byte[] image, String what) throws Exception {
        StateTag tag = part.id().tag();
        boolean accepted;
        try {
            StateImage.of(tag, image).into(part);
            accepted = true;
        } catch (StateException e) {
            accepted = false;
        } catch (RuntimeException | Error e) {
            fail("restore of an image (" + what + ") threw " + e + " where StateException is due", e);
            return;
        }
        byte[] now = saved(part);
        if (!accepted) {
            assertArrayEquals(before, now, "a refused restore (" + what + ") changed the state");
            return;
        }
        StateImage.of(tag, now).into(part);
        assertArrayEquals(now, saved(part), "an accepted image (" + what + ") gives a state that does not survive save and restore");
        StateImage.of(tag, before).into(part);
        assertArrayEquals(before, saved(part), "the state before cannot be put back after " + what);
    }
}
