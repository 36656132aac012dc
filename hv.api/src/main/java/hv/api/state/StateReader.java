package hv.api.state;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives a part's state back. Reading past a section's end, a value of another type, or a length over the bound is a {@link StateException}.
 * A part reads everything into locals, calls {@link #end()}, and only then changes itself.
 */
@ProviderType
public interface StateReader {
    /** Opens a mandatory section. */
    void section(String name) throws StateException;

    /** Opens an optional section (written by a newer minor format); false if the image has none of that name. */
    boolean optionalSection(String name);

    boolean getBoolean() throws StateException;

    int getInt() throws StateException;

    /** @throws StateException if the value is below min or above max */
    int getInt(int min, int max) throws StateException;

    long getLong() throws StateException;

    /** @throws StateException if there are not exactly {@code count} values */
    long[] getLongs(int count) throws StateException;

    /** @param maxBytes the most that is accepted */
    byte[] getBytes(int maxBytes) throws StateException;

    /** @param maxChars the most that is accepted */
    String getString(int maxChars) throws StateException;

    /** To be called after all is read and before anything is changed. @throws StateException a section was never opened: it is not understood */
    void end() throws StateException;
}
