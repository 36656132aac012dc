package hv.api.engine.spi;

/**
 * What an engine does itself, and how.
 *
 * @param isa                      guest ISA it runs, e.g. "riscv64", "x86-64"
 * @param parksInside              an idle vCPU parks inside {@code run} (KVM): it owns a thread; otherwise {@code run} ends with an Idle exit
 * @param ownsInterruptController  the interrupt controller is the engine's (KVM)
 * @param countsInstructions       budgets of instructions are exact, so {@code icount} is possible
 * @param requestLatencyInstructions requests are taken within so many guest instructions
 * @param maxVcpus                 most vCPUs of a machine
 * @param debug                    its cores are {@link DebugCore}: they stop at breakpoints and watchpoints, and step
 * @param description              one line for people
 */
public record EngineTraits(String isa, boolean parksInside, boolean ownsInterruptController, boolean countsInstructions,
        int requestLatencyInstructions, int maxVcpus, boolean debug, String description) {
}
