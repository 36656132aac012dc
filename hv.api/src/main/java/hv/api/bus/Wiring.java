package hv.api.bus;

import hv.api.allocator.spi.Allocator;
import hv.api.interpreter.spi.Interpreter;

/**
 * All that the handling of an exit touches, replaced as a whole; the run loop compares the generation after every exit.
 *
 * @param generation rises with each replacement in the machine or on the host
 */
public record Wiring(long generation, Allocator allocator, Interpreter interpreter, Bus bus) {
}
