package hv.allocator.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class OfferedTest {
    @Test
    void theFactoryIsFoundWithoutAFramework() {
        PartFactory factory = ServiceLoader.load(PartFactory.class).findFirst().orElseThrow();
        assertEquals(PartKind.ALLOCATOR, factory.kind());
        assertEquals("allocator", factory.type());
    }
}
