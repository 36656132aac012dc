package hv.dispatcher.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class OfferedTest {
    @Test
    void theFactoryIsFoundWithoutAFramework() {
        PartFactory factory = ServiceLoader.load(PartFactory.class).findFirst().orElseThrow();
        assertEquals(PartKind.DISPATCHER, factory.kind());
        assertEquals("dispatcher", factory.type());
    }
}
