package hv.interpreter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.part.PartFactory;
import hv.api.part.PartKind;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class OfferedTest {
    @Test
    void theFactoriesAreFoundWithoutAFramework() {
        List<PartFactory> factories = ServiceLoader.load(PartFactory.class).stream().map(ServiceLoader.Provider::get).toList();
        factories.forEach(f -> assertEquals(PartKind.INTERPRETER, f.kind()));
        assertEquals(List.of("riscv-sbi", "x86-pc"), factories.stream().map(PartFactory::type).toList());
    }
}
