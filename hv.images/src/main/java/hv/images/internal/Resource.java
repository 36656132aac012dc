package hv.images.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Texts that the bundle brings beside its classes. Any thread. */
public final class Resource {
    private Resource() {
    }

    /** @param name as in this package's folder of resources, e.g. "disk/init" @throws IllegalStateException the bundle lacks it */
    public static String text(String name) {
        try (InputStream in = Resource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its resource hv/images/internal/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
