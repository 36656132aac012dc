package hv.api.state;

import org.osgi.annotation.versioning.ProviderType;

/** Takes a part's state: named sections of primitive values, in the order in which they will be read. Little-endian. */
@ProviderType
public interface StateWriter {
    /** Begins a section; 1 .. 64 characters, each name once. Values before the first section are not allowed. */
    StateWriter section(String name);

    StateWriter putBoolean(boolean value);

    StateWriter putInt(int value);

    StateWriter putLong(long value);

    StateWriter putLongs(long[] values);

    StateWriter putBytes(byte[] value);

    StateWriter putString(String value);
}
