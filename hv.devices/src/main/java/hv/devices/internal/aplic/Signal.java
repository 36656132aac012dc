package hv.devices.internal.aplic;

/** Where an interrupt domain's interrupts go: lines of harts, and messages. */
interface Signal {
    /** The external interrupt line of a hart at the domain's privilege level. */
    void line(int hart, boolean high);

    /** A message to a hart's interrupt file at that level; the hart need not exist. */
    void message(int hart, int identity);
}
